// The sandbox's people side, as sandbox/API.md tells it. Every refusal becomes a `Refusal` with the server's sentence.

export class Refusal extends Error {}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal("连不上服务台，请稍后再试 The sandbox does not answer; please try again");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(body.error ?? `${response.status} ${response.statusText}`);
  return body;
}

function post(path, body) {
  return call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

export const bot = () => call("bot");
export const people = () => call("people");
export const chats = (id) => call(`people/${id}/chats`);
export const commands = (id, chat) => call(`people/${id}/commands?chat=${chat}`);
export const fileUrl = (fileId) => `files/${encodeURIComponent(fileId)}`;

/** Messages, oldest first; `before` asks for those older than a message id. */
export function messages(id, chat, before) {
  return call(`people/${id}/messages?chat=${chat}${before ? `&before=${before}` : ""}`);
}

export const send = (id, chat, text, replyTo) => post(`people/${id}/send`, { chat, text, ...(replyTo && { reply_to: replyTo }) });
export const edit = (id, chat, messageId, text) => post(`people/${id}/edit`, { chat, message_id: messageId, text });
export const press = (id, chat, messageId, data) => post(`people/${id}/press`, { chat, message_id: messageId, callback_data: data });
export const contact = (id, chat) => post(`people/${id}/contact`, { chat });
export const block = (id) => post(`people/${id}/block`);
export const unblock = (id) => post(`people/${id}/unblock`);
export const language = (id, code) => post(`people/${id}/language`, { code });

/** Send files: kind is photo, document, voice or album. */
export function upload(id, chat, kind, files, caption, replyTo) {
  const form = new FormData();
  form.append("kind", kind);
  form.append("chat", String(chat));
  if (caption) form.append("caption", caption);
  if (replyTo) form.append("reply_to", String(replyTo));
  for (const file of files) form.append("file", file, file.name);
  return call(`people/${id}/upload`, { method: "POST", body: form });
}
