// What a message carries besides words: pictures, albums, documents, voice and contacts.

import { fileUrl } from "./api.js";
import { avatar, bdi, el, fullName, icon, signButton } from "./dom.js";
import { lengthOf, sizeOf } from "./when.js";

/** The element for the attachments of the messages of one bubble (several are an album), or null. */
export function media(messages) {
  const pictures = messages.filter((message) => message.photo);
  if (pictures.length) return album(pictures);
  const parts = messages.map(attachment).filter(Boolean);
  return parts.length ? el("div.parts", {}, parts) : null;
}

function attachment(message) {
  if (message.document) return documentCard(message.document);
  if (message.voice) return voiceCard(message.voice);
  if (message.contact) return contactCard(message.contact);
  return null;
}

function album(pictures) {
  return el("div.album", { "data-count": Math.min(pictures.length, 4) }, pictures.map(picture));
}

function picture(message) {
  const size = message.photo.at(-1);
  const source = fileUrl(size.file_id);
  const image = el("img", { src: source, alt: "", width: size.width, height: size.height, decoding: "async" });
  const name = message.caption ? `照片 photo: ${message.caption}` : "照片 photo";
  return el("button.picture", { type: "button", "aria-label": name, onclick: () => enlarge(source, name) }, image);
}

/** Show a picture over the whole page until it is closed. */
function enlarge(source, name) {
  const box = el("dialog.lightbox", { "aria-label": name });
  box.append(el("img", { src: source, alt: name }), signButton("lightbox-close", "close", "关闭 close", () => box.close()));
  box.addEventListener("click", (event) => event.target.closest("img") || box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function documentCard(file) {
  const name = file.file_name ?? "文件 file";
  return el(
    "a.file-card",
    { href: fileUrl(file.file_id), download: name },
    el("span.disc", {}, icon("file")),
    el("span.card-lines", {}, el("bdi.card-title", { dir: "auto" }, name), el("small", {}, sizeOf(file.file_size ?? 0))),
  );
}

function voiceCard(voice) {
  const player = el("audio", { controls: true, preload: "none", src: fileUrl(voice.file_id), "aria-label": "语音 voice message" });
  return el("div.voice-card", {}, player, voice.duration ? el("small", {}, lengthOf(voice.duration)) : null);
}

function contactCard(contact) {
  const name = fullName(contact);
  return el(
    "div.contact-card",
    {},
    avatar(contact.user_id ?? 0, name),
    el("span.card-lines", {}, el("bdi.card-title", { dir: "auto" }, name), el("small", {}, bdi(contact.phone_number))),
  );
}
