// One live line to the sandbox for all people. It resumes after the last event seen, for as long as it takes.

const NAMES = [
  "message", "edit", "delete", "keyboard", "typing", "toast", "pinned", "commands", "blocked", "person", "migrated", "reload",
];
const FIRST_WAIT = 300;
const LONGEST_WAIT = 4000;

export class Stream {
  /**
   * @param {(name: string, data: Object) => void} hear  called for each event
   * @param {(up: boolean) => void} tellLine  called when the line comes up or goes down
   */
  constructor(hear, tellLine) {
    this.hear = hear;
    this.tellLine = tellLine;
    this.last = null;
    this.wait = FIRST_WAIT;
  }

  /** Open the line; resolves when it is open for the first time. */
  open() {
    return new Promise((resolve) => this.#connect(resolve));
  }

  // The browser's own reconnection gives up on an answer that is not a stream, as a restarting server may send; so we do it.
  #connect(opened, again = false) {
    const source = new EventSource(this.last ? `events?after=${this.last}` : "events");
    source.onopen = () => {
      this.wait = FIRST_WAIT;
      this.tellLine(true);
      opened();
      if (again && !this.last) this.hear("reload", {}); // nothing seen yet to resume after
    };
    source.onerror = () => {
      source.close();
      this.tellLine(false);
      setTimeout(() => this.#connect(opened, true), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    };
    for (const name of NAMES) source.addEventListener(name, (event) => this.#take(name, event));
  }

  #take(name, event) {
    if (event.lastEventId) this.last = event.lastEventId;
    this.hear(name, JSON.parse(event.data));
  }
}
