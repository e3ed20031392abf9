"""Which chat and which message a call means, and whether the bot may write there."""

from sandbox.api.call import Call
from sandbox.refusals import bad, forbidden
from sandbox.telegram import Telegram
from sandbox.world import Chat, Entry


def find_chat(telegram: Telegram, call: Call, name: str = "chat_id") -> Chat:
    """The chat a parameter names; raises Refusal 400 when there is none."""
    raw = str(call.params.get(name, "")).strip()
    if not raw:
        raise bad(f"{name} is empty")
    number = telegram.world.usernames.get(raw[1:].lower()) if raw.startswith("@") else _number(raw)
    chat = telegram.world.chats.get(number) if number is not None else None
    if chat is None:
        raise bad("chat not found")
    if chat.migrated_to:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    return chat


def _number(raw: str) -> int | None:
    try:
        return int(raw)
    except ValueError:
        return None


def writable_chat(telegram: Telegram, call: Call) -> Chat:
    """As `find_chat`, where the bot may also write; raises Refusal 403 where not."""
    chat = find_chat(telegram, call)
    if not chat.is_private:
        if chat.bot_status in ("kicked", "left"):
            place = "supergroup" if chat.kind == "supergroup" else "group"
            raise forbidden(f"bot was kicked from the {place} chat")
        return chat
    person = telegram.world.accounts[chat.id]
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def find_message(chat: Chat, call: Call, purpose: str, name: str = "message_id") -> Entry:
    """The message a parameter names; raises Refusal 400 `message to <purpose> not found`."""
    if call.params.get(name) in (None, ""):
        raise bad("message identifier is not specified")
    entry = chat.entries.get(call.integer(name))
    if entry is None:
        raise bad(f"message to {purpose} not found")
    return entry


def count_against_limits(telegram: Telegram, chat: Chat, count: int = 1) -> None:
    """Count messages against flood control; raises Refusal 429."""
    telegram.limits.take(chat.id, not chat.is_private, telegram.clock.now(), count)
