// One person's phone: the header, their chats with the bot, and what the server tells about them.

import { messageActions, personActions, takeGestures } from "./actions.js";
import * as api from "./api.js";
import { Composer } from "./composer.js";
import { avatar, el, fullName, signButton } from "./dom.js";
import { takeDrops } from "./drop.js";
import { drawPin, drawTabs, welcome } from "./head.js";
import { alertBox, toast } from "./menu.js";
import { Room } from "./room.js";
import { Thread } from "./thread.js";

export class Phone {
  /**
   * @param {Object} person
   * @param {(phone: Phone) => boolean} isSeen  whether somebody can see this phone now
   * @param {(phone: Phone) => void} changed  called when the number of unread messages changes
   */
  constructor(person, isSeen, changed) {
    this.isSeen = () => isSeen(this);
    this.changed = () => changed(this);
    this.unread = 0;
    this.rooms = new Map();
    this.name = el("bdi.name", { dir: "auto" });
    this.role = el("span.role", { dir: "auto" });
    this.face = el("span.face");
    this.more = signButton("person-more", "more", "更多 more", () => personActions(this));
    this.more.setAttribute("aria-haspopup", "menu");
    this.head = el("header.phone-head", {}, this.face, el("h2.who", {}, this.name, this.role), this.more);
    this.tabs = el("div.tabs", { role: "group", "aria-label": "聊天 chats", hidden: true });
    this.pin = el("button.pin", { type: "button", hidden: true });
    this.element = el("section.phone", { "data-person": person.key, tabindex: "-1" });
    this.thread = new Thread(this.#threadActs());
    this.composer = new Composer(this.element, this.#composerActs());
    this.element.append(this.head, this.tabs, this.pin, this.thread.element, this.composer.element);
    takeDrops(this.element, (files) => !this.composer.form.hidden && this.composer.tray.add(files));
    takeGestures(this);
    this.setPerson(person);
  }

  setPerson(person) {
    this.person = person;
    const name = fullName(person);
    this.face.replaceChildren(avatar(person.id, name));
    this.name.textContent = name;
    this.role.textContent = person.role || (person.username ? `@${person.username}` : "");
    this.head.title = person.note || "";
    this.element.setAttribute("aria-label", `${name}, ${person.role ?? ""}`);
    this.composer.gateFor(person);
  }

  /** Fetch everything anew: at the start, and when too much was missed. */
  async load() {
    const chats = await api.chats(this.person.id);
    const here = this.room?.chat.id;
    this.rooms = new Map(chats.map((chat) => [chat.id, new Room(chat)]));
    await Promise.all([...this.rooms.values()].map((room) => this.#fill(room)));
    this.show(this.rooms.get(here) ?? this.rooms.values().next().value);
  }

  async #fill(room) {
    const messages = await api.messages(this.person.id, room.chat.id);
    for (const message of messages) room.put(message);
    room.complete = messages.length < 200;
    room.commands = await api.commands(this.person.id, room.chat.id);
  }

  /** Bring one of the person's chats to the front. */
  show(room) {
    this.room = room;
    room.unread = 0;
    this.thread.show(room);
    this.composer.commands.set(room.commands);
    this.#drawKeyboard();
    drawPin(this);
    drawTabs(this);
    welcome(this);
  }

  /** Somebody looks at this phone now. */
  seen() {
    if (!this.unread || !this.isSeen()) return;
    this.unread = 0;
    this.changed();
  }

  /** Take one event of the stream; true when the chats have to be fetched anew. */
  hear(name, data) {
    if (name === "person") return void this.setPerson(data.person);
    if (name === "blocked") return void this.setPerson({ ...this.person, blocked: data.blocked });
    const room = this.rooms.get(data.chat);
    if (!room || name === "migrated" || name === "reload") return true;
    this.#roomHears[name]?.(room, data);
    return false;
  }

  #roomHears = {
    message: (room, { message }) => this.#arrived(room, message),
    edit: (room, { message }) => {
      room.put(message);
      if (room === this.room) this.thread.put(message);
    },
    delete: (room, data) => {
      const message = room.find(data.message_id);
      room.messages.delete(data.message_id);
      if (message && room === this.room) this.thread.drop(message);
    },
    keyboard: (room, { keyboard }) => {
      room.chat.keyboard = keyboard;
      if (room === this.room) this.#drawKeyboard();
    },
    typing: (room) => {
      if (room.readAll() && room === this.room) this.thread.renewTicks();
      if (room === this.room) this.thread.busy();
    },
    toast: (room, data) => this.#answered(room, data),
    pinned: (room, data) => {
      room.chat.pinned_message_id = data.message_id;
      if (room === this.room) drawPin(this);
    },
    commands: (room, { commands }) => {
      room.commands = commands;
      if (room === this.room) this.composer.commands.set(commands);
    },
  };

  #arrived(room, message) {
    const fresh = !room.find(message.message_id);
    room.put(message);
    if (room !== this.room) {
      room.unread = (room.unread ?? 0) + (fresh && !message.mine);
      drawTabs(this);
    } else {
      this.element.querySelector(".welcome")?.remove();
      this.thread.put(message);
      if (!message.mine) this.thread.renewTicks();
      if (message.buttons?.force_reply) this.#drawKeyboard();
    }
    if (!fresh || message.mine || (this.isSeen() && room === this.room)) return;
    this.unread += 1;
    this.changed();
  }

  #answered(room, data) {
    const message = room.pressAnswered(data.callback_query_id);
    if (message && room === this.room) this.thread.renew(message);
    if (data.alert) alertBox(this.element, data.text, data.url);
    else if (data.text) toast(this.element, data.text);
    else if (data.url) alertBox(this.element, "", data.url);
  }

  #threadActs() {
    return {
      say: (text) => this.send(text),
      press: (message, data) => this.#press(message, data),
      copy: (text) => this.copy(text),
      fill: (text) => this.composer.fill(text),
      options: (message, anchor) => messageActions(this, message, anchor),
      jump: (id) => this.thread.jump(id),
      earlier: () => this.#earlier(),
      seen: () => this.seen(),
    };
  }

  #composerActs() {
    return {
      send: (text, replyTo) => this.send(text, replyTo),
      edit: (id, text) => this.attempt(() => api.edit(this.person.id, this.room.chat.id, id, text)),
      upload: (parcels, caption, replyTo) => this.#upload(parcels, caption, replyTo),
      contact: () => this.attempt(() => api.contact(this.person.id, this.room.chat.id)),
      start: () => this.send("/start"),
      unblock: () => this.attempt(() => api.unblock(this.person.id)),
      editLast: () => this.#editLast(),
    };
  }

  /** Do it, or tell why not; true when it was done. */
  async attempt(job) {
    try {
      await job();
      return true;
    } catch (error) {
      if (!(error instanceof api.Refusal)) throw error;
      toast(this.element, error.message, "refused");
      return false;
    }
  }

  send(text, replyTo) {
    return this.attempt(() => api.send(this.person.id, this.room.chat.id, text, replyTo));
  }

  /** Write to the bot in its own chat; one that is not open is started first, as Telegram wants it. */
  async ask(text) {
    const own = [...this.rooms.values()].find((room) => !room.isGroup);
    if (!own) return;
    if (own !== this.room) this.show(own);
    const { started, blocked } = this.person;
    if ((started && !blocked) || (await this.send("/start"))) await this.send(text);
  }

  async #upload(parcels, caption, replyTo) {
    const { id } = this.person;
    const chat = this.room.chat.id;
    this.element.setAttribute("data-uploading", "");
    const done = await this.attempt(async () => {
      for (let words = caption; parcels.length; words = "") {
        await api.upload(id, chat, parcels[0].kind, parcels[0].files, words, replyTo);
        parcels.shift(); // what is left over stays with the sender, should the next be refused
      }
    });
    this.element.removeAttribute("data-uploading");
    return done;
  }

  async #press(message, data) {
    const room = this.room;
    if (room.isBusy(message, data)) return;
    const rest = () => {
      room.pressEnds(message, data);
      if (room === this.room) this.thread.renew(message);
    };
    const press = room.pressBegins(message, data, rest);
    this.thread.renew(message);
    const sent = await this.attempt(async () => {
      const { callback_query_id: query } = await api.press(this.person.id, room.chat.id, message.message_id, data);
      if (room.pressNamed(press, query)) rest();
    });
    if (!sent) rest();
  }

  async #earlier() {
    const room = this.room;
    const oldest = Math.min(...room.messages.keys());
    await this.attempt(async () => {
      const older = await api.messages(this.person.id, room.chat.id, oldest);
      for (const message of older) room.put(message);
      room.complete = older.length < 200;
      this.thread.prepend(older);
    });
  }

  async copy(text) {
    await navigator.clipboard.writeText(text).then(
      () => toast(this.element, "已复制 Copied"),
      () => toast(this.element, "浏览器不让复制 The browser did not allow copying", "refused"),
    );
  }

  #editLast() {
    const own = [...this.room.messages.values()].filter((message) => message.mine && message.text);
    const last = own.sort((a, b) => b.message_id - a.message_id)[0];
    if (last) this.composer.edit(last);
    return Boolean(last);
  }

  #drawKeyboard() {
    const { keyboard } = this.room.chat;
    const forcing = keyboard?.force_reply && [...this.room.messages.values()].filter((message) => message.buttons?.force_reply).at(-1);
    this.composer.keyboard(keyboard, forcing);
    this.composer.gateFor(this.person);
  }
}
