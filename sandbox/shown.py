"""Messages and chats as the page gets them (API.md)."""

from sandbox.world import Chat, Entry, Json, World


def message_shown(entry: Entry, account: int) -> Json:
    """A Bot API `Message` and what the phone knows besides."""
    return {
        **entry.body,
        "mine": entry.author == account,
        "buttons": entry.markup,
        "silent": entry.silent,
        "reaction": entry.reaction,
    }


def chat_shown(world: World, chat: Chat, account: int) -> Json:
    """One line of the list of chats."""
    last = next(reversed(chat.entries.values()), None)
    return {
        "id": chat.id,
        "type": chat.kind,
        "title": chat.title or world.bot.first_name,
        "keyboard": chat.keyboard,
        "pinned_message_id": chat.pinned,
        "last_message": message_shown(last, account) if last else None,
    }
