// The commands menu: opened by its button or by typing "/", narrowed while typing, steered from the input.

import { el } from "./dom.js";

let counter = 0;

export class Commands {
  /**
   * @param {HTMLTextAreaElement} input  the field that steers the menu
   * @param {(command: string) => void} run  sends the chosen command
   */
  constructor(input, run) {
    this.input = input;
    this.run = run;
    this.all = [];
    this.id = `commands-${(counter += 1)}`;
    this.element = el("ul.commands", { id: this.id, role: "listbox", "aria-label": "命令 commands", hidden: true });
    input.setAttribute("aria-controls", this.id);
    input.setAttribute("aria-autocomplete", "list");
  }

  get open() {
    return !this.element.hidden;
  }

  set(commands) {
    this.all = commands;
    if (this.open) this.narrow();
  }

  /** Open or close for what is typed now. */
  narrow() {
    const typed = /^\/(\w*)$/.exec(this.input.value);
    if (typed) this.show(this.all.filter((entry) => entry.command.startsWith(typed[1].toLowerCase())));
    else this.hide();
  }

  toggle() {
    if (this.open) this.hide();
    else this.show(this.all);
    this.input.focus();
  }

  show(entries) {
    this.element.replaceChildren(...entries.map((entry, i) => this.#option(entry, i)));
    this.element.hidden = entries.length === 0;
    this.#mark(0);
  }

  hide() {
    this.element.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Take a key of the input; true when the menu used it. */
  steer(event) {
    if (!this.open) return false;
    const count = this.element.children.length;
    if (event.key === "ArrowDown") this.#mark((this.at + 1) % count);
    else if (event.key === "ArrowUp") this.#mark((this.at + count - 1) % count);
    else if (event.key === "Enter" || event.key === "Tab") this.element.children[this.at].click();
    else if (event.key === "Escape") this.hide();
    else return false;
    return true;
  }

  #option(entry, i) {
    const choose = () => {
      this.hide();
      this.run(`/${entry.command}`);
    };
    return el(
      "li",
      { id: `${this.id}-${i}`, role: "option", onclick: choose, onpointerdown: (event) => event.preventDefault() },
      el("code", {}, `/${entry.command}`),
      el("span", { dir: "auto" }, entry.description),
    );
  }

  #mark(at) {
    this.at = at;
    [...this.element.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    const option = this.element.children[at];
    if (!option) return;
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }
}
