// Who is on screen: the strip of people with their unread counts, the choice of who is shown, and the switcher of a narrow screen.

import { avatar, bdi, el, fullName, icon, label } from "./dom.js";
import { openMenu } from "./menu.js";

const HIDDEN = "hidden-people";
const narrow = matchMedia("(max-width: 700px)");

export class People {
  /**
   * @param {HTMLElement} strip  where the people are listed
   * @param {HTMLElement} desk  where the phones stand
   */
  constructor(strip, desk) {
    this.strip = strip;
    this.desk = desk;
    this.phones = [];
    this.inView = new Set();
    this.hidden = new Set(JSON.parse(localStorage.getItem(HIDDEN) ?? "[]"));
    this.watcher = new IntersectionObserver((entries) => this.#moved(entries), { root: desk, threshold: 0.6 });
    narrow.addEventListener("change", () => this.#arrange());
    document.addEventListener("visibilitychange", () => this.phones.forEach((phone) => phone.seen()));
  }

  /** Whether somebody can see this phone now. */
  isSeen(phone) {
    return !document.hidden && this.inView.has(phone.element);
  }

  add(phone) {
    this.phones.push(phone);
    this.current ??= phone;
    this.desk.append(phone.element);
    this.watcher.observe(phone.element);
    this.draw();
  }

  /** Bring a person's phone into view. */
  go(phone) {
    this.current = phone;
    this.hidden.delete(phone.person.key);
    this.#arrange();
    this.strip.querySelector(`[data-person="${CSS.escape(phone.person.key)}"]`)?.scrollIntoView({ inline: "nearest", block: "nearest" });
    phone.element.scrollIntoView({ inline: "center", block: "nearest", behavior: "smooth" });
    phone.thread.toEnd();
  }

  /** Draw the strip anew: names or counts have changed. */
  draw() {
    const chooser = el("button.chip.choose", { type: "button", "aria-haspopup": "menu", "aria-label": "显示哪些人 choose who is shown" }, icon("people"));
    chooser.onclick = () => this.#choose(chooser);
    this.strip.replaceChildren(...this.phones.map((phone) => this.#chip(phone)), chooser);
    this.#arrange();
    const unread = this.phones.reduce((sum, phone) => sum + phone.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ""}恩阳英才卡服务台 · Talent desk`;
  }

  #chip(phone) {
    const name = fullName(phone.person);
    const count = phone.unread ? el("span.badge", {}, String(Math.min(phone.unread, 99))) : null;
    const told = `${name}, ${phone.person.role ?? ""}${phone.unread ? `, ${phone.unread} 条未读 unread` : ""}`;
    const props = { type: "button", "data-person": phone.person.key, "aria-label": told, title: phone.person.role, onclick: () => this.go(phone) };
    return el("button.chip", props, avatar(phone.person.id, name), el("span.chip-name", {}, bdi(name)), count);
  }

  #arrange() {
    if (this.hidden.has(this.current?.person.key)) this.current = this.phones.find((phone) => !this.hidden.has(phone.person.key));
    for (const phone of this.phones) {
      const away = narrow.matches ? phone !== this.current : this.hidden.has(phone.person.key);
      const chip = this.strip.querySelector(`[data-person="${CSS.escape(phone.person.key)}"]`);
      phone.element.hidden = away;
      chip?.setAttribute("aria-pressed", String(!away));
    }
  }

  #choose(anchor) {
    const items = this.phones.map((phone) => ({
      zh: fullName(phone.person),
      en: "",
      checked: !this.hidden.has(phone.person.key),
      run: () => this.#flip(phone),
    }));
    openMenu(document.body, anchor, "显示哪些人 choose who is shown", items);
  }

  #flip({ person }) {
    if (!this.hidden.delete(person.key)) this.hidden.add(person.key);
    if (this.hidden.size === this.phones.length) this.hidden.delete(person.key);
    localStorage.setItem(HIDDEN, JSON.stringify([...this.hidden]));
    this.#arrange();
  }

  #moved(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.inView.add(target);
      else this.inView.delete(target);
    }
    for (const phone of this.phones) if (phone.thread.pinned) phone.seen();
  }
}

/** The top bar's examples: pressing one asks it on the phone of the person who would ask. */
export function tries(host, sentences, people, key) {
  const chip = (sentence) => {
    const ask = () => {
      const phone = people.phones.find((one) => one.person.key === key) ?? people.phones[0];
      if (!phone) return;
      people.go(phone);
      phone.ask(sentence);
    };
    return el("button.try", { type: "button", onclick: ask }, sentence);
  };
  host.replaceChildren(el("span.tries-label", {}, ...label("试着问", "Try")), ...sentences.map(chip));
}
