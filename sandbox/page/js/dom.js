// Building elements without markup: whatever people write becomes text nodes and properties, never HTML.

/**
 * An element with attributes and children.
 * @param {string} tag  tag name, with classes after dots: "div.bubble.mine"
 * @param {Object} props  attributes; `on…` functions become listeners, `true` an empty attribute, null and false are left out
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) set(node, key, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else node.setAttribute(key, value === true ? "" : String(value));
}

/** A label in both languages: Chinese first, English quieter behind it. */
export function label(zh, en) {
  return [el("span", {}, zh), el("span.en", { lang: "en" }, en)];
}

/** Text of unknown direction, kept from disturbing what stands around it. */
export function bdi(text, tag = "bdi") {
  return el(tag, { dir: "auto" }, text);
}

const SHAPES = {
  attach: "M8 12.5 14.3 6.2a3.5 3.5 0 0 1 5 5L10.6 20a5.5 5.5 0 0 1-7.8-7.8l8.5-8.5",
  send: "M4 4.5 21 12 4 19.5l2.5-7.5zM6.5 12H13",
  menu: "M5 7h14M5 12h14M5 17h14",
  keys: "M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  close: "M6 6l12 12M18 6 6 18",
  more: "M12 5.5h.01M12 12h.01M12 18.5h.01",
  down: "M6 9.5l6 6 6-6",
  reply: "M10 6 4 12l6 6M4.5 12H14a6 6 0 0 1 6 6",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5",
  photo: "M4 5.5h16v13H4zM4 16l5-5 4.5 4.5L16 13l4 4M15.5 9h.01",
  voice: "M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5a3.3 3.3 0 0 1 0 6.3M18 14a6 6 0 0 1 3.5 5.5",
  tick: "M4 12.5l5 5L20 6.5",
  ticks: "M2 12.5l5 5L16.5 6.5M11 16l1.5 1.5L22 6.5",
  link: "M8 16 16.5 7.5M9.5 7h7.5v7.5",
  pin: "M9 4h6l-.7 6 3.2 3.5h-11L9.7 10zM12 13.5V20",
  ban: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12",
  globe: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
};

/** A drawn sign; decoration only, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A button that is only a sign; its name in both languages is for screen readers and the tooltip. */
export function signButton(kind, sign, name, onclick) {
  return el(`button.sign.${kind}`, { type: "button", "aria-label": name, title: name, onclick }, icon(sign));
}

/** The first letter a person would recognise, whatever else stands before it. */
export function initial(name) {
  const letters = Array.from(new Intl.Segmenter("zh", { granularity: "grapheme" }).segment(name), (s) => s.segment);
  const letter = letters.find((l) => /\p{L}|\p{N}|\p{Extended_Pictographic}/u.test(l)) ?? "?";
  return letter.length > 4 && !/\p{Extended_Pictographic}/u.test(letter) ? letter[0] : letter;
}

/** One of eight calm colours, the same for a person on every visit. */
export function tint(id) {
  return String(Math.abs(id) % 8);
}

/** An avatar with the person's initial. */
export function avatar(id, name) {
  return el("span.avatar", { "data-tint": tint(id), "aria-hidden": "true" }, initial(name));
}

/** A person's whole name, without the signs that turn the direction of what follows. */
export function fullName(person) {
  return [person.first_name, person.last_name].filter(Boolean).join(" ").replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}
