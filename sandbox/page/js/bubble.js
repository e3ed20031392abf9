// One message, or one album, as a bubble with its quote, its files, its words, its time and its buttons.

import { bdi, el, fullName, icon, signButton, tint } from "./dom.js";
import { inlineKeyboard } from "./keyboards.js";
import { media } from "./media.js";
import { rich, summary } from "./text.js";
import { fullTimeOf, timeOf } from "./when.js";

/**
 * The list item for the messages of one unit.
 * @param {Object[]} messages  one message, or all of an album, oldest first
 * @param {Object} room  the conversation: `find(id)`, `isBusy(message, data)`, `isRead(message)`, `isGroup`
 * @param {Object} act  what pressing does: say, press, copy, fill, options, jump
 */
export function bubble(messages, room, act) {
  const first = messages[0];
  const service = serviceLine(first);
  if (service) return el("li.unit.service", { tabindex: "-1" }, el("p.pill", {}, service));
  const wide = messages.find((message) => message.buttons?.inline_keyboard);
  const side = first.mine ? "mine" : "theirs";
  const more = signButton("more", "more", "消息操作 message actions", () => act.options(first, more));
  more.tabIndex = -1;
  more.setAttribute("aria-haspopup", "menu");
  return el(
    `li.unit.${side}`,
    { tabindex: "-1", "aria-label": spoken(first) },
    el(
      "div.stack",
      {},
      el("div.bubble", {}, parts(messages, room, act)),
      wide ? inlineKeyboard(wide, (data) => room.isBusy(wide, data), act) : null,
      first.reaction ? el("span.reaction", { "aria-label": `回应 reaction ${first.reaction}` }, first.reaction) : null,
    ),
    more,
  );
}

function spoken(message) {
  return `${message.mine ? "我 me" : message.from?.first_name ?? ""}, ${timeOf(message.date)}`;
}

function parts(messages, room, act) {
  const first = messages[0];
  const worded = messages.find((message) => message.text || message.caption);
  const files = media(messages);
  const note = meta(messages.at(-1), room);
  const pictures = Boolean(first.photo);
  if (!worded) note.classList.add(pictures ? "over" : "below");
  const unknown = !worded && !files;
  return [
    room.isGroup && !first.mine ? el("p.sender", { "data-tint": tint(first.from.id) }, bdi(fullName(first.from))) : null,
    first.forward_origin ? el("p.forwarded", {}, "转发 Forwarded") : null,
    quote(first, room, act),
    files,
    worded ? words(worded, note, act) : null,
    unknown ? el("p.unknown", {}, "此处还不能显示这种消息 This kind of message is not shown here") : null,
    worded ? null : note,
  ];
}

function words(message, note, act) {
  const text = message.text ?? message.caption;
  const entities = message.text ? message.entities : message.caption_entities;
  const room = el("span.room", { "aria-hidden": "true", "data-edited": Boolean(message.edit_date) });
  return el("div.text", { dir: "auto" }, rich(text, entities, act.say), room, note);
}

function meta(message, room) {
  const mark = message.mine ? (room.isRead(message) ? "ticks" : "tick") : null;
  const read = mark === "ticks" ? "已读 read" : "已发送 sent";
  return el(
    "span.meta",
    {},
    message.edit_date ? el("span.edited", {}, "已编辑 edited") : null,
    el("time", { title: fullTimeOf(message.date), datetime: new Date(message.date * 1000).toISOString() }, timeOf(message.date)),
    mark ? el(`span.ticks.${mark}`, { role: "img", "aria-label": read }, icon(mark)) : null,
  );
}

function quote(message, room, act) {
  const target = message.reply_to_message;
  if (!target) return null;
  const known = room.find(target.message_id) ?? target;
  const who = known.mine ? "我 Me" : fullName(known.from ?? { first_name: "" });
  const said = message.quote?.text ?? summary(known);
  return el(
    "button.quote",
    { type: "button", onclick: () => act.jump(target.message_id), "aria-label": `回复 reply to: ${said}` },
    el("span.quote-who", {}, bdi(who)),
    el("span.quote-text", { dir: "auto" }, said),
  );
}

function serviceLine(message) {
  if (message.pinned_message) return `已置顶 Pinned: ${summary(message.pinned_message)}`;
  if (message.new_chat_members) return `${message.new_chat_members.map(fullName).join("、")} 加入 joined`;
  if (message.left_chat_member) return `${fullName(message.left_chat_member)} 离开 left`;
  if (message.group_chat_created || message.supergroup_chat_created) return "群组已建立 Group created";
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return "已升级为超级群 Became a supergroup";
  return null;
}
