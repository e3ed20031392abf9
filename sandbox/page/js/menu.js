// Small menus that open inside a phone, and the notes a phone shows: toasts and alerts.

import { el, icon, label } from "./dom.js";

const TOAST_SECONDS = 3.5;

/**
 * Open a menu beside `anchor`, inside `host`; one at a time. Arrows move, Enter chooses, Escape or a click elsewhere closes.
 * @param {{zh: string, en: string, sign?: string, danger?: boolean, checked?: boolean, run: Function}[]} items
 */
export function openMenu(host, anchor, name, items) {
  document.querySelector(".menu")?.dispatchEvent(new Event("dismiss"));
  const box = el("div.menu", { role: "menu", "aria-label": name }, items.map((item) => menuItem(item, () => close())));
  const close = () => {
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute?.("aria-expanded", "false");
    if (document.activeElement === document.body) anchor.focus?.();
  };
  const outside = (event) => box.contains(event.target) || close();
  box.addEventListener("dismiss", close);
  box.addEventListener("keydown", (event) => steer(event, box, close));
  document.addEventListener("pointerdown", outside, true);
  host.append(box);
  place(box, host, anchor);
  anchor.setAttribute?.("aria-expanded", "true");
  box.firstElementChild.focus();
}

function menuItem(item, close) {
  const role = item.checked === undefined ? "menuitem" : "menuitemcheckbox";
  const checked = item.checked === undefined ? null : String(item.checked);
  const run = () => {
    close();
    item.run();
  };
  const props = { type: "button", role, tabindex: "-1", "aria-checked": checked, "data-danger": item.danger, onclick: run };
  return el("button.menu-item", props, item.sign ? icon(item.sign) : null, ...label(item.zh, item.en));
}

function steer(event, box, close) {
  const items = [...box.children];
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (event.key in steps) items.at(steps[event.key] % items.length).focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function place(box, host, anchor) {
  const frame = host.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const left = Math.min(Math.max(at.left - frame.left, 8), frame.width - box.offsetWidth - 8);
  const below = at.bottom - frame.top + 6;
  const fits = below + box.offsetHeight < frame.height - 8;
  const top = fits ? below : Math.max(at.top - frame.top - box.offsetHeight - 6, 8);
  box.style.left = `${Math.max(left, 8)}px`;
  box.style.top = `${top}px`;
}

/** Show a sentence for a moment over the conversation. */
export function toast(host, text, kind = "") {
  host.querySelector(".toast")?.remove();
  const note = el("div.toast", { role: "status", "data-kind": kind, dir: "auto" }, text);
  host.append(note);
  setTimeout(() => note.remove(), TOAST_SECONDS * 1000);
}

/** Show a sentence that has to be read: it stays until it is answered. `url` adds a link to open. */
export function alertBox(host, text, url) {
  host.querySelector(".alert")?.remove();
  const before = document.activeElement;
  const close = () => {
    veil.remove();
    if (host.contains(before)) before.focus();
  };
  const ok = el("button.solid", { type: "button", onclick: close }, ...label("知道了", "OK"));
  const safe = url && /^(https?|tg):/i.test(url);
  const link = safe ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, url) : null;
  const box = el("div.alert-box", {}, el("p", { dir: "auto" }, text), link, ok);
  const veil = el("div.alert", { role: "alertdialog", "aria-modal": "true", "aria-label": text || url }, box);
  veil.addEventListener("keydown", (event) => event.key === "Escape" && close());
  host.append(veil);
  ok.focus();
}
