// The two keyboards of Telegram: buttons under a message, and buttons in place of typing.

import { el, icon } from "./dom.js";

/**
 * The buttons under a message, or null.
 * @param {(data: string) => boolean} isBusy  whether a press on this button waits for its answer
 * @param {{press: Function, copy: Function, fill: Function}} act
 */
export function inlineKeyboard(message, isBusy, act) {
  const rows = message.buttons?.inline_keyboard;
  if (!rows?.length) return null;
  return el(
    "div.inline-keyboard",
    { role: "group", "aria-label": "消息按钮 buttons" },
    rows.map((row) => el("div.row", {}, row.map((button) => inlineButton(message, button, isBusy, act)))),
  );
}

function inlineButton(message, button, isBusy, act) {
  const text = el("bdi", { dir: "auto" }, button.text);
  const style = button.style ?? null;
  const address = button.url ?? button.web_app?.url;
  if (address) return outward(address, style, text);
  const busy = Boolean(button.callback_data) && isBusy(button.callback_data);
  const onclick = () => inlineAct(message, button, act);
  return el("button.key", { type: "button", "data-style": style, "aria-busy": busy ? "true" : null, onclick }, text);
}

function outward(address, style, text) {
  const safe = /^(https?|tg):/i.test(address);
  const props = safe ? { href: address, target: "_blank", rel: "noopener noreferrer", title: address } : {};
  return el("a.key", { ...props, "data-style": style }, text, icon("link"));
}

function inlineAct(message, button, act) {
  if (button.callback_data) act.press(message, button.callback_data);
  else if (button.copy_text) act.copy(button.copy_text.text);
  else if (button.switch_inline_query_current_chat !== undefined) act.fill(button.switch_inline_query_current_chat);
}

/**
 * The rows of a reply keyboard, or null.
 * @param {(button: Object) => void} choose  called with the pressed button
 */
export function replyKeyboard(markup, choose) {
  if (!markup?.keyboard?.length) return null;
  const key = (entry) => {
    const button = typeof entry === "string" ? { text: entry } : entry;
    const sign = button.request_contact ? icon("person") : null;
    return el("button.key", { type: "button", onclick: () => choose(button) }, sign, el("bdi", { dir: "auto" }, button.text));
  };
  return markup.keyboard.map((row) => el("div.row", {}, row.map(key)));
}
