"""Methods that change or take away what the bot wrote: edits, deletion, pins, reactions."""

from typing import Any

from sandbox import markup
from sandbox.api.call import Call
from sandbox.api.content import caption_content, text_content
from sandbox.api.target import count_against_limits, find_chat, find_message, writable_chat
from sandbox.refusals import bad
from sandbox.telegram import Telegram
from sandbox.world import Chat, Entry, Json

DELETABLE = 48 * 3600
"""Seconds within which a message can be taken back."""


def _editable(telegram: Telegram, call: Call) -> tuple[Chat, Entry]:
    if call.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = writable_chat(telegram, call)
    entry = find_message(chat, call, "edit")
    if entry.author != telegram.world.bot.id or entry.had_keyboard or "pinned_message" in entry.body:
        raise bad("message can't be edited")
    return chat, entry


def _keyboard(call: Call) -> Json | None:
    return markup.read_inline(call.structure("reply_markup", "inline keyboard markup"))


async def edit_message_text(telegram: Telegram, call: Call) -> Any:
    """Other words, and the keyboard as a whole: without `reply_markup` the buttons go."""
    chat, entry = _editable(telegram, call)
    content = text_content(telegram, call, "MESSAGE_TOO_LONG")
    if "text" not in entry.body:
        raise bad("there is no text in the message to edit")
    buttons = _keyboard(call)
    count_against_limits(telegram, chat)
    return telegram.amend("editMessageText", chat, entry, content, buttons).body


async def edit_message_caption(telegram: Telegram, call: Call) -> Any:
    """Another caption under a picture or a file."""
    chat, entry = _editable(telegram, call)
    if "text" in entry.body:
        raise bad("there is no caption in the message to edit")
    content = caption_content(telegram, call) or {"caption": ""}
    buttons = _keyboard(call)
    count_against_limits(telegram, chat)
    return telegram.amend("editMessageCaption", chat, entry, content, buttons).body


async def edit_message_reply_markup(telegram: Telegram, call: Call) -> Any:
    """Other buttons, or none."""
    chat, entry = _editable(telegram, call)
    buttons = _keyboard(call)
    count_against_limits(telegram, chat)
    return telegram.amend("editMessageReplyMarkup", chat, entry, {}, buttons).body


async def delete_message(telegram: Telegram, call: Call) -> Any:
    """Take a message away on both sides, within 48 hours."""
    chat = find_chat(telegram, call)
    entry = find_message(chat, call, "delete")
    foreign = entry.author != telegram.world.bot.id and not chat.is_private and chat.bot_status != "administrator"
    if foreign or telegram.clock.now() - entry.body["date"] > DELETABLE:
        raise bad("message can't be deleted for everyone" if not foreign else "message can't be deleted")
    telegram.remove(chat, entry)
    return True


async def delete_messages(telegram: Telegram, call: Call) -> Any:
    """Several at once; what is not there is passed over."""
    chat = find_chat(telegram, call)
    numbers = call.structure("message_ids", "message identifiers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
        raise bad("message identifiers are not specified")
    for number in numbers:
        entry = chat.entries.get(number) if isinstance(number, int) else None
        if entry is not None:
            telegram.remove(chat, entry)
    return True


def _pinnable(telegram: Telegram, call: Call) -> Chat:
    chat = writable_chat(telegram, call)
    if not chat.is_private and chat.bot_status != "administrator":
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat


async def pin_chat_message(telegram: Telegram, call: Call) -> Any:
    """Pin a message; the chat is told by a service message, of which the bot hears too."""
    chat = _pinnable(telegram, call)
    entry = find_message(chat, call, "pin")
    telegram.pin(chat, entry.id)
    pinned = {k: v for k, v in entry.body.items() if k != "reply_to_message"}
    body = telegram.compose(chat, telegram.world.bot, {"pinned_message": pinned})
    telegram.add(chat, Entry(body, telegram.world.bot.id, silent=call.flag("disable_notification")))
    telegram.updates.add("message", body)
    return True


async def unpin_chat_message(telegram: Telegram, call: Call) -> Any:
    """Take the pin off."""
    telegram.pin(_pinnable(telegram, call), None)
    return True


async def set_message_reaction(telegram: Telegram, call: Call) -> Any:
    """The bot's emoji on a message."""
    chat = writable_chat(telegram, call)
    entry = find_message(chat, call, "react")
    reactions = call.structure("reaction", "reaction types") or []
    if not isinstance(reactions, list) or len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emoji = [item.get("emoji") if isinstance(item, dict) else None for item in reactions]
    if not all(isinstance(sign, str) and sign for sign in emoji):
        raise bad("REACTION_INVALID")
    entry.reaction = emoji[0] if emoji else None
    telegram.show_edit(chat, entry)
    return True


METHODS = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
    "setmessagereaction": set_message_reaction,
}
