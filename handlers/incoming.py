"""What arrived, unpacked once: Telegram's optional fields become plain values that a journey can rely on."""

from __future__ import annotations

import json
from dataclasses import dataclass

from telegram import Bot, Message, Update

from desk.filing import Upload


class PoisonError(Exception):
    """This update will fail however often it is tried; it is given up at once."""


LARGEST_ID = 2**52
"""Telegram's own word: an id has at most 52 significant bits."""

_TEXTS = (
    "text caption data first_name last_name username language_code phone_number"
    " file_id file_unique_id file_name mime_type media_group_id"
)
_NUMBERS = "message_id user_id file_size offset length"
_OBJECTS = (
    "message edited_message callback_query my_chat_member chat from new_chat_member old_chat_member"
    " reply_to_message contact document voice audio video video_note"
)
_LISTS = "entities caption_entities photo"
KINDS: dict[str, type] = {
    **dict.fromkeys(_TEXTS.split(), str),
    **dict.fromkeys(_NUMBERS.split(), int),
    **dict.fromkeys(_OBJECTS.split(), dict),
    **dict.fromkeys(_LISTS.split(), list),
}
"""What stands under these names in what we read of an update (core.telegram.org/bots/api)."""


@dataclass(frozen=True)
class SharedContact:
    """A phone number shared by button; it is the sender's own only when `user_id` is the sender's."""

    phone: str
    user_id: int | None


@dataclass(frozen=True)
class Incoming:
    """One message or press from one person.

    `callback_id` and `data` are set for a press, whose `message_id` is the message that carried the button.
    """

    user_id: int
    chat_id: int
    name: str
    app_language: str | None
    private: bool
    message_id: int
    text: str = ""
    attachments: tuple[Upload, ...] = ()
    contact: SharedContact | None = None
    reply_to: int | None = None
    edited: bool = False
    callback_id: str | None = None
    data: str = ""

    @property
    def is_press(self) -> bool:
        """Whether a button was pressed, rather than a message written."""
        return self.callback_id is not None


def read(body: str, bot: Bot) -> Update:
    """The update, as python-telegram-bot has it; it looks at no types, so whose it is, is looked at here.

    Raises:
        PoisonError: it is none. An id that is no number would otherwise be written down, and be in the way for ever.
    """
    try:
        raw = json.loads(body)
        update = Update.de_json(raw, bot)
        ids = [one.id for one in (update.effective_user, update.effective_chat) if one is not None]
    except Exception as error:
        raise PoisonError("not an update") from error
    if not all(type(each) is int and abs(each) < LARGEST_ID for each in ids):
        raise PoisonError("an id that is none")
    if not _is_as_described(raw):
        raise PoisonError("a value of another kind")
    return update


def _is_as_described(raw: object) -> bool:
    """Whether each value we read is of its kind; a journey that met another would fail, and be tried again and again.

    What else is in the update is not looked at: Telegram may call new things as it likes.
    """
    ahead = [raw]
    while ahead:
        at = ahead.pop()
        if isinstance(at, dict):
            for name in KINDS.keys() & at.keys():
                if not _is_of(KINDS[name], at[name]):
                    return False
                ahead += at[name] if KINDS[name] is list else [at[name]]
    return True


def _is_of(kind: type, value: object) -> bool:
    """Whether a value is of this kind; an empty object is none, and python-telegram-bot takes it for nothing."""
    if type(value) is not kind:
        return False
    return abs(value) < LARGEST_ID if isinstance(value, int) else kind is not dict or bool(value)


def unpack(update: Update) -> Incoming | None:
    """The message or press in this update, or `None` when a person neither wrote nor pressed."""
    if update.callback_query is not None:
        return _press(update)
    message = update.effective_message
    user = update.effective_user
    if message is None or user is None or update.channel_post is not None:
        return None
    return Incoming(
        user_id=user.id,
        chat_id=message.chat.id,
        name=_whole(user.full_name),
        app_language=user.language_code,
        private=message.chat.type == "private",
        message_id=message.message_id,
        text=_whole(message.text or message.caption or "").strip(),
        attachments=tuple(_attachments(message)),
        contact=_contact(message),
        reply_to=message.reply_to_message.message_id if message.reply_to_message else None,
        edited=update.edited_message is not None,
    )


def _press(update: Update) -> Incoming | None:
    query = update.callback_query
    if query is None or query.message is None:
        return None
    return Incoming(
        user_id=query.from_user.id,
        chat_id=query.message.chat.id,
        name=_whole(query.from_user.full_name),
        app_language=query.from_user.language_code,
        private=query.message.chat.type == "private",
        message_id=query.message.message_id,
        callback_id=query.id,
        data=query.data or "",
    )


def _whole(text: str) -> str:
    """Without what no database keeps: a zero character, and halves of a sign that belong to nothing."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _contact(message: Message) -> SharedContact | None:
    shared = message.contact
    return SharedContact(shared.phone_number, shared.user_id) if shared else None


def _attachments(message: Message) -> list[Upload]:
    album = message.media_group_id
    found: list[Upload] = []
    if message.photo:
        best = message.photo[-1]
        found.append(Upload("photo", best.file_id, "", best.file_size or 0, album))
    for kind in ("document", "voice", "video", "audio"):
        part = getattr(message, kind)
        if part is not None:
            found.append(
                Upload(kind, part.file_id, _whole(getattr(part, "file_name", "") or ""), part.file_size or 0, album)
            )
    return found
