// What one person sees of one chat: its messages, its reply keyboard, and the presses that wait for an answer. No elements here.

const PRESS_LIFE = 150_000; // Telegram forgets an unanswered press after 150 s

export class Room {
  constructor(chat) {
    this.chat = chat;
    this.messages = new Map();
    this.complete = false;
    this.presses = new Map();
    this.answered = new Set();
    this.lastRead = 0;
  }

  get isGroup() {
    return this.chat.type !== "private";
  }

  find(id) {
    return this.messages.get(id);
  }

  /** Add or renew a message. */
  put(message) {
    this.messages.set(message.message_id, message);
    if (!message.mine) this.lastRead = Math.max(this.lastRead, message.message_id);
  }

  /** The messages shown as one with this one: itself, or its album. */
  unitOf(message) {
    if (!message.media_group_id) return [message];
    const same = [...this.messages.values()].filter((other) => other.media_group_id === message.media_group_id);
    return same.sort((a, b) => a.message_id - b.message_id);
  }

  /** The bot has taken what was written: it has since answered, or shown that it types. */
  isRead(message) {
    return message.message_id <= this.lastRead;
  }

  /** All that was written so far has been seen; returns whether that is news. */
  readAll() {
    const newest = Math.max(0, ...this.messages.keys());
    const news = newest > this.lastRead;
    this.lastRead = newest;
    return news;
  }

  isBusy(message, data) {
    return this.presses.has(pressKey(message, data));
  }

  /** A button was pressed; its answer will come as a toast with the id the server gives. */
  pressBegins(message, data, forget) {
    const press = { message, timer: setTimeout(forget, PRESS_LIFE), query: null };
    this.presses.set(pressKey(message, data), press);
    return press;
  }

  pressEnds(message, data) {
    clearTimeout(this.presses.get(pressKey(message, data))?.timer);
    this.presses.delete(pressKey(message, data));
  }

  /** The id of a press is known; true when its answer has already come. */
  pressNamed(press, query) {
    press.query = query;
    return this.answered.delete(query);
  }

  /** A press was answered; returns the message whose button can rest, if it is known yet. */
  pressAnswered(query) {
    for (const [key, press] of this.presses) {
      if (press.query !== query) continue;
      clearTimeout(press.timer);
      this.presses.delete(key);
      return press.message;
    }
    this.answered.add(query);
    return null;
  }
}

function pressKey(message, data) {
  return `${message.message_id}:${data}`;
}
