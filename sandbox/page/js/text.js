// A message's text with its entities as elements. Offsets count UTF-16 units, as JavaScript strings do.

import { el } from "./dom.js";

const OPENABLE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

const MAKERS = {
  bold: () => el("strong"),
  italic: () => el("em"),
  underline: () => el("u"),
  strikethrough: () => el("s"),
  code: () => el("code"),
  pre: (entity) => el("pre", { "data-language": entity.language }),
  blockquote: () => el("blockquote"),
  expandable_blockquote: expandable,
  spoiler,
  text_link: (entity) => link(entity.url),
  url: (_, text) => link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`),
  email: (_, text) => link(`mailto:${text}`),
  phone_number: (_, text) => link(`tel:${text.replace(/[^+\d]/g, "")}`),
  bot_command: (_, text, say) => el("button.command", { type: "button", onclick: () => say(text) }),
};

/**
 * A fragment for `text`. Entities may nest; one that reaches beyond its parent is cut there.
 * @param {(text: string) => void} say  sends a bot command that was pressed
 */
export function rich(text, entities, say) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, 0, text.length, sorted, say);
}

function pieces(text, from, to, entities, say) {
  const fragment = document.createDocumentFragment();
  let at = from;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    const inner = entities.slice(++i).filter((other) => other.offset < end);
    i += inner.length;
    if (end <= start) continue;
    fragment.append(text.slice(at, start));
    const node = (MAKERS[entity.type] ?? plain)(entity, text.slice(start, end), say);
    node.append(pieces(text, start, end, inner, say));
    fragment.append(node);
    at = BLOCKS.has(entity.type) && text[end] === "\n" ? end + 1 : end; // a block ends its own line
  }
  fragment.append(text.slice(at, to));
  return fragment;
}

function plain(entity) {
  return el("span", { class: `entity-${entity.type}` });
}

/** A link that opens elsewhere and tells where; one that could run something stays text. */
function link(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return el("span");
  }
  if (!OPENABLE.has(url.protocol)) return el("span", { title: address });
  return el("a", { href: url.href, title: url.href, target: "_blank", rel: "noopener noreferrer" });
}

function spoiler() {
  const node = el("span.spoiler", { role: "button", tabindex: "0", "aria-label": "点开看隐藏的文字 reveal hidden text" });
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal, { once: true });
  node.addEventListener("keydown", reveal);
  return node;
}

function expandable() {
  const node = el("blockquote.folded", { role: "button", tabindex: "0", "aria-expanded": "false" });
  const toggle = () => node.setAttribute("aria-expanded", String(!node.classList.toggle("folded")));
  node.addEventListener("click", toggle);
  node.addEventListener("keydown", (event) => event.key === "Enter" && toggle());
  return node;
}

/** What a message says in a line: for quotes, notices and the pinned bar. */
export function summary(message) {
  if (message.text || message.caption) return message.text ?? message.caption;
  if (message.photo) return "照片 Photo";
  if (message.document) return message.document.file_name ?? "文件 File";
  if (message.voice) return "语音 Voice";
  if (message.contact) return "联系方式 Contact";
  return "消息 Message";
}
