// Files chosen to be sent: shown above the input with the choice to send pictures as files, until sent or put away.

import { el, icon, label, signButton } from "./dom.js";
import { sizeOf } from "./when.js";

const ALBUM_SIZE = 10;
const SHOWABLE = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

export class Tray {
  /** @param {() => void} changed  called when files come or go */
  constructor(changed) {
    this.changed = changed;
    this.files = [];
    this.addresses = [];
    this.asFile = el("input", { type: "checkbox" });
    this.choice = el("label.tray-choice", {}, this.asFile, ...label("按文件发送", "As files"));
    this.list = el("ul.tray-files", { "aria-label": "待发送的文件 files to send" });
    this.element = el("div.tray", { hidden: true }, this.list, this.choice);
  }

  get filled() {
    return this.files.length > 0;
  }

  add(files, asFile = false) {
    this.files.push(...files);
    this.asFile.checked = asFile;
    this.#draw();
  }

  clear() {
    this.files = [];
    this.asFile.checked = false;
    this.#draw();
  }

  /** What to send, in order: pictures as photo or albums of ten, all else as documents. */
  parcels() {
    const shown = this.files.filter((file) => !this.asFile.checked && SHOWABLE.has(file.type));
    const parcels = [];
    for (let i = 0; i < shown.length; i += ALBUM_SIZE) {
      const files = shown.slice(i, i + ALBUM_SIZE);
      parcels.push({ kind: files.length > 1 ? "album" : "photo", files });
    }
    for (const file of this.files) if (!shown.includes(file)) parcels.push({ kind: "document", files: [file] });
    return parcels;
  }

  #draw() {
    for (const address of this.addresses.splice(0)) URL.revokeObjectURL(address);
    this.list.replaceChildren(...this.files.map((file) => this.#item(file)));
    this.element.hidden = !this.filled;
    this.choice.hidden = !this.files.some((file) => SHOWABLE.has(file.type));
    this.changed();
  }

  #item(file) {
    const remove = signButton("tray-remove", "close", `移除 remove ${file.name}`, () => {
      this.files = this.files.filter((other) => other !== file);
      this.#draw();
    });
    return el("li", { title: `${file.name}, ${sizeOf(file.size)}` }, this.#preview(file), remove);
  }

  #preview(file) {
    if (!SHOWABLE.has(file.type)) return el("span.tray-name", {}, icon("file"), el("bdi", { dir: "auto" }, file.name));
    const address = URL.createObjectURL(file);
    this.addresses.push(address);
    return el("img", { src: address, alt: file.name });
  }
}
