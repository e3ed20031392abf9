// What can be done with a message or with a phone, as menus, and the gestures that open them: right click and long press.

import * as api from "./api.js";
import { openMenu } from "./menu.js";

const LONG_PRESS = 500;

/** The actions of one message, beside `anchor`. */
export function messageActions(phone, message, anchor) {
  const words = message.text ?? message.caption;
  const items = [{ zh: "回复", en: "Reply", sign: "reply", run: () => phone.composer.reply(message) }];
  if (words) items.push({ zh: "复制", en: "Copy", sign: "copy", run: () => phone.copy(words) });
  if (message.mine && words) items.push({ zh: "编辑", en: "Edit", sign: "edit", run: () => phone.composer.edit(message) });
  openMenu(phone.element, anchor, "消息操作 message actions", items);
}

/** What the owner of a phone can do besides writing. */
export function personActions(phone) {
  const { id, blocked, language_code: code } = phone.person;
  const speak = (wanted) => () => phone.attempt(() => api.language(id, wanted));
  const chinese = (code ?? "zh").startsWith("zh");
  openMenu(phone.element, phone.more, "更多 more", [
    { zh: "重新开始", en: "Send /start", sign: "reply", run: () => phone.send("/start") },
    { zh: "手机语言：中文", en: "Chinese", sign: "globe", checked: chinese, run: speak("zh-hans") },
    { zh: "手机语言：英文", en: "English", sign: "globe", checked: !chinese, run: speak("en") },
    blocked
      ? { zh: "解除停用", en: "Unblock the bot", sign: "ban", run: () => phone.attempt(() => api.unblock(id)) }
      : { zh: "停用机器人", en: "Block the bot", sign: "ban", danger: true, run: () => phone.attempt(() => api.block(id)) },
  ]);
}

/** Let a right click or a long press on a message open its actions. */
export function takeGestures(phone) {
  phone.element.addEventListener("contextmenu", (event) => rightClick(phone, event));
  phone.element.addEventListener("pointerdown", (event) => longPress(phone, event));
}

function messageAt(phone, event) {
  const unit = event.target.closest(".unit:not(.service)");
  return unit && phone.room.find(Number(unit.dataset.id));
}

function rightClick(phone, event) {
  const message = messageAt(phone, event);
  if (!message || event.target.closest("a, img, audio") || String(getSelection())) return;
  event.preventDefault();
  messageActions(phone, message, pointAt(event));
}

function longPress(phone, event) {
  const message = event.pointerType === "touch" && messageAt(phone, event);
  if (!message || event.target.closest("button, a, audio")) return;
  const timer = setTimeout(() => messageActions(phone, message, pointAt(event)), LONG_PRESS);
  for (const name of ["pointerup", "pointercancel", "pointermove"]) {
    phone.element.addEventListener(name, () => clearTimeout(timer), { once: true });
  }
}

/** A menu can open where a pointer was, as it does at a button. */
function pointAt(event) {
  const { clientX, clientY } = event;
  return { getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0) };
}
