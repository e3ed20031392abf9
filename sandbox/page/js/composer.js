// Where a person writes: input, reply and edit, chosen files, commands, the reply keyboard; or the one button that starts the chat.

import { Commands } from "./commands.js";
import { bdi, el, label, signButton } from "./dom.js";
import { replyKeyboard } from "./keyboards.js";
import { openMenu } from "./menu.js";
import { summary } from "./text.js";
import { Tray } from "./tray.js";

const HINT = "写消息… Message";

export class Composer {
  /**
   * @param {HTMLElement} host  the phone, for its menus
   * @param {Object} act  send(text, replyTo), edit(id, text), upload(parcels, caption, replyTo), contact(), start(), unblock(), editLast()
   */
  constructor(host, act) {
    this.host = host;
    this.act = act;
    this.context = null;
    this.input = el("textarea.input", { rows: "1", placeholder: HINT, "aria-label": "写消息 write a message", enterkeyhint: "send", dir: "auto" });
    this.commands = new Commands(this.input, (text) => this.say(text));
    this.tray = new Tray(() => this.#grow());
    this.contextBar = el("div.context", { hidden: true });
    this.keys = el("div.reply-keyboard", { role: "group", "aria-label": "快捷键盘 reply keyboard", hidden: true });
    this.menuButton = signButton("slash", "menu", "命令菜单 commands", () => this.commands.toggle());
    this.keysButton = signButton("keys", "keys", "显示或收起键盘 show or hide the keyboard", () => this.#foldKeys(!this.keys.hidden));
    this.keysButton.hidden = true;
    this.attach = signButton("attach", "attach", "附件 attach", () => this.#attachMenu());
    this.attach.setAttribute("aria-haspopup", "menu");
    this.submit = el("button.sign.send", { type: "submit", "aria-label": "发送 send", title: "发送 send" }, ...signButton("x", "send", "").children);
    this.form = el(
      "form.composer",
      { onsubmit: (event) => this.#submitted(event) },
      this.menuButton, this.input, this.keysButton, this.attach, this.submit,
    );
    this.gate = el("button.gate", { type: "button", hidden: true });
    this.element = el("footer.compose", {}, this.commands.element, this.contextBar, this.tray.element, this.form, this.gate, this.keys);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("paste", (event) => this.#pasted(event));
    this.input.addEventListener("blur", () => this.commands.hide());
  }

  /** Put words into the input, to be sent or changed. */
  fill(text) {
    this.input.value = text;
    this.#typed();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  /** Show the input, or the button that opens (or reopens) the chat. */
  gateFor(person) {
    const shut = person.blocked || !person.started;
    this.gate.replaceChildren(...(person.blocked ? label("解除停用", "Unblock") : label("开始使用", "Start")));
    this.gate.onclick = () => (person.blocked ? this.act.unblock() : this.act.start());
    this.gate.hidden = !shut;
    this.form.hidden = shut;
    if (shut) this.keys.hidden = true;
    else if (this.markup?.keyboard) this.#foldKeys(false);
  }

  /** The reply keyboard the bot shows now, or the reply it forces (`target` is the message to reply to). */
  keyboard(markup, target) {
    this.markup = markup;
    const rows = replyKeyboard(markup, (button) => this.#choose(button));
    this.keys.replaceChildren(...(rows ?? []));
    this.keysButton.hidden = !rows;
    this.#foldKeys(!rows);
    this.input.placeholder = markup?.input_field_placeholder || HINT;
    if (markup?.force_reply && target) this.reply(target, document.activeElement === this.input);
  }

  reply(message, focus = true) {
    this.#setContext({ kind: "reply", message }, focus);
  }

  edit(message) {
    this.#setContext({ kind: "edit", message });
    this.fill(message.text ?? message.caption ?? "");
  }

  /** Send a text as it stands: a command, or a key of the keyboard. */
  say(text) {
    const replyTo = this.markup?.force_reply ? this.context?.message.message_id : undefined;
    this.act.send(text, replyTo);
    if (this.input.value.startsWith("/")) this.fill("");
  }

  #setContext(context, focus = true) {
    this.context = context;
    const edit = context.kind === "edit";
    const title = edit ? label("编辑消息", "Edit message") : label("回复", "Reply");
    const leave = signButton("leave", "close", edit ? "不改了 cancel edit" : "不回复了 cancel reply", () => this.leave());
    const said = el("span.context-text", {}, bdi(summary(context.message)));
    this.contextBar.replaceChildren(el("span.context-lines", {}, el("span.context-title", {}, title), said), leave);
    this.contextBar.hidden = false;
    if (focus) this.input.focus();
  }

  /** Put reply or edit away. */
  leave() {
    if (this.context?.kind === "edit") this.input.value = "";
    this.context = null;
    this.contextBar.hidden = true;
    this.#typed();
  }

  async #submitted(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    const context = this.context;
    if (!text && !this.tray.filled) return;
    const parcels = this.tray.parcels();
    const first = parcels[0];
    const done = this.#deliver(text, context, parcels);
    this.leave();
    this.tray.clear();
    this.input.value = "";
    this.#typed();
    if (!(await done)) this.#takeBack(parcels[0] === first ? text : "", context, parcels);
  }

  #deliver(text, context, parcels) {
    const replyTo = context?.kind === "reply" ? context.message.message_id : undefined;
    if (context?.kind === "edit") return this.act.edit(context.message.message_id, text);
    if (parcels.length) return this.act.upload(parcels, text, replyTo);
    return this.act.send(text, replyTo);
  }

  /** It was refused: nothing a person wrote or chose is lost. */
  #takeBack(text, context, parcels) {
    if (!this.input.value) this.fill(text);
    if (context) this.#setContext(context, false);
    if (parcels.length) this.tray.add(parcels.flatMap((parcel) => parcel.files), parcels.every((p) => p.kind === "document"));
  }

  #choose(button) {
    if (button.request_contact) this.act.contact();
    else this.say(button.text);
    if (this.markup?.one_time_keyboard) this.#foldKeys(true);
  }

  #foldKeys(fold) {
    this.keys.hidden = fold;
    this.keysButton.setAttribute("aria-expanded", String(!fold));
  }

  #attachMenu() {
    openMenu(this.host, this.attach, "附件 attach", [
      { zh: "照片", en: "Photo", sign: "photo", run: () => this.#pick("image/*", true, (files) => this.tray.add(files)) },
      { zh: "文件", en: "File", sign: "file", run: () => this.#pick("", true, (files) => this.tray.add(files, true)) },
      { zh: "语音", en: "Voice", sign: "voice", run: () => this.#pick("audio/*", false, (files) => this.act.upload([{ kind: "voice", files }], "")) },
      { zh: "我的联系方式", en: "My contact", sign: "person", run: () => this.act.contact() },
    ]);
  }

  #pick(accept, multiple, take) {
    const chooser = el("input", { type: "file", accept, multiple, hidden: true });
    chooser.addEventListener("change", () => {
      take([...chooser.files]);
      this.input.focus();
      chooser.remove();
    });
    chooser.addEventListener("cancel", () => chooser.remove());
    this.element.append(chooser);
    chooser.click();
  }

  #pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.tray.add(files);
  }

  #typed() {
    this.commands.narrow();
    this.#grow();
  }

  #grow() {
    this.input.style.height = "auto";
    const border = this.input.offsetHeight - this.input.clientHeight; // without it the box is too low, and scrolls
    this.input.style.height = `${this.input.scrollHeight + border}px`;
    this.form.classList.toggle("ready", Boolean(this.input.value.trim()) || this.tray.filled);
  }

  #key(event) {
    if (event.isComposing) return; // an input method is still choosing characters; its Enter is not ours
    if (this.commands.steer(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "Escape") this.#escape();
    else if (event.key === "ArrowUp" && !this.input.value && this.act.editLast()) event.preventDefault();
  }

  #escape() {
    if (this.context) this.leave();
    else if (this.tray.filled) this.tray.clear();
  }
}
