// What stands above a conversation: the tabs of a person's chats, the pinned message, and the greeting of an empty chat.

import { avatar, bdi, el, fullName, icon } from "./dom.js";
import { summary } from "./text.js";

/** Tabs, where a person has more than the one chat with the bot. */
export function drawTabs(phone) {
  const tab = (room) =>
    el(
      "button.tab",
      { type: "button", "aria-pressed": String(room === phone.room), onclick: () => phone.show(room) },
      room.isGroup ? bdi(room.chat.title) : el("span", {}, "机器人 Bot"),
      room.unread ? el("span.badge", {}, String(room.unread)) : null,
    );
  phone.tabs.hidden = phone.rooms.size < 2;
  phone.tabs.replaceChildren(...[...phone.rooms.values()].map(tab));
}

/** The pinned message, in one line that leads to it. */
export function drawPin(phone) {
  const id = phone.room.chat.pinned_message_id;
  const message = id && phone.room.find(id);
  phone.pin.hidden = !message;
  if (!message) return;
  phone.pin.replaceChildren(icon("pin"), el("span", {}, bdi(summary(message))));
  phone.pin.setAttribute("aria-label", `置顶 pinned: ${summary(message)}`);
  phone.pin.onclick = () => phone.thread.jump(id);
}

/** Who this is, while nothing has been said. */
export function welcome(phone) {
  phone.element.querySelector(".welcome")?.remove();
  if (phone.room.messages.size) return;
  const { person } = phone;
  const about = person.note ? el("p", { dir: "auto" }, person.note) : null;
  const hint = el("p.quiet", {}, "还没有消息，请按“开始使用”", el("br"), el("small", { lang: "en" }, "No messages yet; press Start"));
  phone.thread.scroller.prepend(el("div.welcome", {}, avatar(person.id, fullName(person)), about, hint));
}
