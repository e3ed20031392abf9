"""Methods that put new words into a chat: sendMessage, copyMessage, sendChatAction, answerCallbackQuery."""

from typing import Any

from sandbox.api.call import Call
from sandbox.api.content import caption_content, keyboard, protection, replied, text_content
from sandbox.api.target import count_against_limits, find_chat, find_message, writable_chat
from sandbox.entities import units
from sandbox.refusals import QUERY_TOO_OLD, bad
from sandbox.telegram import Telegram

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
LONGEST_TOAST = 200
SERVICE = ("message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup", "media_group_id",
           "has_protected_content")  # fmt: skip


async def send_message(telegram: Telegram, call: Call) -> Any:
    """A text message."""
    chat = writable_chat(telegram, call)
    content = {**text_content(telegram, call, "message is too long"), **protection(call)}
    markup = keyboard(call, chat)
    reply = replied(telegram, call, chat)
    count_against_limits(telegram, chat)
    return telegram.post("sendMessage", chat, content, markup, call.flag("disable_notification"), reply).body


async def copy_message(telegram: Telegram, call: Call) -> Any:
    """The content of a message once more, without its author."""
    chat = writable_chat(telegram, call)
    source = find_chat(telegram, call, "from_chat_id")
    entry = find_message(source, call, "copy")
    if entry.body.get("has_protected_content") or not (
        content := {k: v for k, v in entry.body.items() if k not in SERVICE}
    ):
        raise bad("message can't be copied")
    if "caption" in call.params and "text" not in content:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content.update(caption_content(telegram, call))
    markup = keyboard(call, chat)
    reply = replied(telegram, call, chat)
    count_against_limits(telegram, chat)
    content.update(protection(call))
    sent = telegram.post("copyMessage", chat, content, markup, call.flag("disable_notification"), reply)
    return {"message_id": sent.id}


async def send_chat_action(telegram: Telegram, call: Call) -> Any:
    """`typing…` and its like."""
    chat = writable_chat(telegram, call)
    action = call.text("action").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    telegram.tell(chat, "typing", action=action)
    return True


async def answer_callback_query(telegram: Telegram, call: Call) -> Any:
    """Stop a pressed button's spinner, with or without words."""
    query = telegram.world.queries.get(call.text("callback_query_id"))
    if query is None or query.expires <= telegram.clock.now():
        raise bad(QUERY_TOO_OLD)
    text = call.text("text")
    if units(text) > LONGEST_TOAST:
        raise bad("MESSAGE_TOO_LONG")
    telegram.world.forget(query)
    toast = {
        "callback_query_id": query.id,
        "text": text,
        "alert": call.flag("show_alert"),
        "url": call.text("url") or None,
    }
    telegram.feed.tell(query.account, "toast", query.chat, None, **toast)
    telegram.toasts.setdefault(query.account, []).append(text)
    telegram.changes.tell()
    return True


METHODS = {
    "sendmessage": send_message,
    "copymessage": copy_message,
    "sendchataction": send_chat_action,
    "answercallbackquery": answer_callback_query,
}
