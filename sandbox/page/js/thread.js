// The scrolling list of one conversation: days, bubbles in order, the pill that leads down, the typing sign.

import { bubble } from "./bubble.js";
import { el, icon, label } from "./dom.js";
import { dayKey, dayName } from "./when.js";

const LOG = { tabindex: "0", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": "对话内容 conversation" };
const NEAR = 80;
const TYPING_SECONDS = 5;
const TOGETHER_SECONDS = 300;

export class Thread {
  /**
   * @param {Object} act  what bubbles can do (see bubble.js), and `earlier()` to load older messages, `seen()` when the end is in view
   */
  constructor(act) {
    this.act = act;
    this.units = new Map();
    this.below = 0;
    this.list = el("ol.messages");
    this.older = el("button.older", { type: "button", hidden: true, onclick: () => act.earlier() }, ...label("更早的消息", "Earlier"));
    this.typing = el("div.typing", { hidden: true, role: "img", "aria-label": "对方正在输入 typing" }, el("i"), el("i"), el("i"));
    this.scroller = el("div.scroller", LOG, this.older, this.list, this.typing);
    this.count = el("span.badge", { hidden: true });
    this.pill = el("button.down", { type: "button", hidden: true, "aria-label": "到最新 to the newest", onclick: () => this.toEnd(true) }, this.count, icon("down"));
    this.element = el("div.thread", {}, this.scroller, this.pill);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#walk(event));
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.scroller);
    this.list.addEventListener("load", () => this.pinned && this.toEnd(), true);
    this.pinned = true;
  }

  /** Show a conversation from its beginning. */
  show(room) {
    this.room = room;
    this.units.clear();
    this.list.replaceChildren();
    for (const message of [...room.messages.values()].sort((a, b) => a.message_id - b.message_id)) this.#set(message);
    this.older.hidden = room.complete || !room.messages.size;
    this.idle();
    this.#tidy();
    this.toEnd();
  }

  /** Add or renew one message; keeps the reader's place. */
  put(message) {
    const fresh = !this.units.has(keyOf(message));
    const follow = this.pinned || message.mine;
    this.#set(message);
    this.#tidy();
    if (fresh && !message.mine) this.idle();
    if (follow) this.toEnd();
    else if (fresh) this.#waitBelow();
  }

  /** Older messages, put on top without moving what is being read. */
  prepend(messages) {
    const height = this.scroller.scrollHeight;
    for (const message of messages) this.#set(message);
    this.older.hidden = this.room.complete;
    this.#tidy();
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
  }

  drop(message) {
    this.units.get(keyOf(message))?.remove();
    this.units.delete(keyOf(message));
    const rest = this.room.unitOf(message).filter((other) => this.room.find(other.message_id));
    if (message.media_group_id && rest.length) this.#set(rest[0]);
    this.#tidy();
  }

  /** Draw own messages anew, because their ticks changed. */
  renewTicks() {
    for (const message of [...this.room.messages.values()]) {
      const shown = this.units.get(keyOf(message));
      if (message.mine && shown?.querySelector(".tick")) this.#set(message);
    }
    this.#tidy();
  }

  renew(message) {
    if (this.room.find(message.message_id)) this.#set(this.room.find(message.message_id));
    this.#tidy();
  }

  /** The bot types; it stops by itself after five seconds, or with its next message. */
  busy() {
    clearTimeout(this.typingTimer);
    this.typing.hidden = false;
    this.typingTimer = setTimeout(() => this.idle(), TYPING_SECONDS * 1000);
    if (this.pinned) this.toEnd();
  }

  idle() {
    clearTimeout(this.typingTimer);
    this.typing.hidden = true;
  }

  toEnd(smooth = false) {
    this.pinned = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.#arrived();
  }

  /** Lead the eye to a message, if it is loaded. */
  jump(id) {
    const message = this.room.find(id);
    const unit = message && this.units.get(keyOf(message));
    if (!unit) return;
    unit.scrollIntoView({ block: "center", behavior: "smooth" });
    unit.classList.add("pointed");
    setTimeout(() => unit.classList.remove("pointed"), 1600);
  }

  #set(message) {
    const key = keyOf(message);
    const old = this.units.get(key);
    const unit = bubble(this.room.unitOf(message), this.room, this.act);
    Object.assign(unit.dataset, { key, id: message.message_id, date: message.date, from: message.from?.id ?? "" });
    this.units.set(key, unit);
    if (!old) return this.#insert(unit);
    const focus = focusIn(old);
    unit.dataset.id = old.dataset.id;
    old.replaceWith(unit);
    return focus !== null && focusables(unit)[focus]?.focus();
  }

  #insert(unit) {
    let after = this.list.lastElementChild;
    while (after && (after.matches(".day") || Number(after.dataset.id) > Number(unit.dataset.id))) after = after.previousElementSibling;
    if (after) after.after(unit);
    else this.list.prepend(unit);
  }

  /** Days between the units, and which neighbours belong together. */
  #tidy() {
    for (const day of this.list.querySelectorAll(".day")) day.remove();
    let before = null;
    for (const unit of [...this.list.children]) {
      const newDay = !before || dayKey(before.dataset.date) !== dayKey(unit.dataset.date);
      if (newDay) unit.before(el("li.day", {}, el("span.pill", {}, ...label(...dayName(Number(unit.dataset.date))))));
      const joined = !newDay && before.dataset.from === unit.dataset.from && unit.dataset.date - before.dataset.date < TOGETHER_SECONDS;
      unit.classList.toggle("joined", Boolean(joined));
      before = unit;
    }
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const resized = scrollHeight !== this.height || clientHeight !== this.view;
    Object.assign(this, { height: scrollHeight, view: clientHeight });
    if (resized && this.pinned) return this.toEnd();
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR;
    this.pill.hidden = this.pinned;
    if (this.pinned) this.#arrived();
  }

  #waitBelow() {
    this.below += 1;
    this.count.textContent = String(this.below);
    this.count.hidden = false;
    this.pill.hidden = false;
  }

  #arrived() {
    this.below = 0;
    this.count.hidden = true;
    this.pill.hidden = true;
    this.act.seen();
  }

  /** Arrows walk from message to message; Enter opens its actions. */
  #walk(event) {
    const unit = event.target.closest(".unit");
    const focusedUnit = unit && event.target === unit;
    if (event.target !== this.scroller && !focusedUnit) return;
    if (focusedUnit && event.key === "Enter") unit.querySelector(".more")?.click();
    else if (event.key === "ArrowUp") neighbour(unit, "previousElementSibling", this.list.lastElementChild)?.focus();
    else if (event.key === "ArrowDown" && unit) neighbour(unit, "nextElementSibling", null)?.focus();
    else return;
    event.preventDefault();
  }
}

function keyOf(message) {
  return message.media_group_id ? `album-${message.media_group_id}` : `message-${message.message_id}`;
}

function neighbour(unit, way, otherwise) {
  let next = unit ? unit[way] : otherwise;
  while (next?.matches(".day")) next = next[way];
  return next;
}

const focusables = (unit) => [unit, ...unit.querySelectorAll("button, a")];

function focusIn(unit) {
  const at = focusables(unit).indexOf(document.activeElement);
  return at < 0 ? null : at;
}
