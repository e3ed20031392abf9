"""The stand-in's middle: all parts together, and the few acts that both the Bot API and the people perform."""

import asyncio
from collections.abc import Iterable
from typing import Any

from sandbox.clock import Clock
from sandbox.detect import with_detected
from sandbox.faults import Faults
from sandbox.feed import Changes, Feed
from sandbox.journal import Journal, Sent
from sandbox.limits import Limits
from sandbox.refusals import NOT_MODIFIED, bad
from sandbox.updates import Updates
from sandbox.webhook import Webhook
from sandbox.world import Account, Chat, Entry, Json, World

CONTENT = ("text", "entities", "caption", "caption_entities", "link_preview_options")


class Telegram:
    """World, queue, limits, faults, journal and feed of one pretended Telegram with one bot in it."""

    def __init__(self, token: str, bot: Account, clock: Clock, limits: bool) -> None:
        self.token = token
        self.clock = clock
        self.world = World(bot)
        self.changes = Changes()
        self.faults = Faults()
        self.limits = Limits(limits)
        self.journal = Journal()
        self.feed = Feed(int(clock.now()) * 1_000)
        self.updates = Updates(clock, self.faults, self.changes)
        self.webhook = Webhook(self.updates, clock)
        self.toasts: dict[int, list[str]] = {}
        self.closing = asyncio.Event()
        self.acting: set[asyncio.Future[Any]] = set()

    @property
    def today(self) -> int:
        """Telegram's dates are whole seconds."""
        return int(self.clock.now())

    def audience(self, chat: Chat) -> Iterable[int]:
        """Whose phones show this chat."""
        return chat.members

    def tell(self, chat: Chat, name: str, message: int | None = None, **data: object) -> None:
        """Tell everyone in a chat, and whoever waits for a change."""
        for account in self.audience(chat):
            self.feed.tell(account, name, chat.id, message, **data)
        self.changes.tell()

    def compose(self, chat: Chat, author: Account, content: Json, reply_to: Entry | None = None) -> Json:
        """A message body with the next number."""
        sender = author.user()
        if author.is_bot:
            sender.pop("language_code", None)
        body: Json = {
            "message_id": self.world.next_message_id(chat),
            "from": sender,
            "chat": self.world.chat_json(chat),
            "date": self.today,
        }
        if reply_to is not None:
            body["reply_to_message"] = {k: v for k, v in reply_to.body.items() if k != "reply_to_message"}
        body.update(content)
        detect_in(body)
        return body

    def add(self, chat: Chat, entry: Entry) -> Entry:
        """Put a composed message into its chat and on the phones."""
        chat.entries[entry.id] = entry
        self.world.touch("messages", (chat.id, entry.id))
        self._turn_keyboard(chat, entry)
        self.tell(chat, "message", entry.id)
        return entry

    def post(
        self,
        method: str,
        chat: Chat,
        content: Json,
        markup: Json | None = None,
        silent: bool = False,
        reply_to: Entry | None = None,
    ) -> Entry:
        """A message of the bot's."""
        body = self.compose(chat, self.world.bot, content, reply_to)
        if markup and "inline_keyboard" in markup:
            body["reply_markup"] = markup
        entry = self.add(chat, Entry(body, self.world.bot.id, markup, silent))
        self.note(method, entry)
        return entry

    def amend(self, method: str, chat: Chat, entry: Entry, content: Json, markup: Json | None) -> Entry:
        """The bot's change of its own message: the named content, and the keyboard as a whole."""
        body = {k: v for k, v in entry.body.items() if k not in ("reply_markup", "edit_date")}
        if content:
            body = {k: v for k, v in body.items() if k not in CONTENT}
            body.update(content)
            detect_in(body)
        if markup:
            body["reply_markup"] = markup
        if body == {k: v for k, v in entry.body.items() if k != "edit_date"}:
            raise bad(NOT_MODIFIED)
        entry.body, entry.markup = {**body, "edit_date": self.today}, markup
        self.show_edit(chat, entry)
        self.note(method, entry)
        return entry

    def show_edit(self, chat: Chat, entry: Entry) -> None:
        """A message changed: store and show it."""
        self.world.touch("messages", (chat.id, entry.id))
        self.tell(chat, "edit", entry.id)

    def remove(self, chat: Chat, entry: Entry) -> None:
        """Take a message out of the chat on both sides."""
        del chat.entries[entry.id]
        self.world.touch("messages", (chat.id, entry.id))
        if chat.pinned == entry.id:
            self.pin(chat, None)
        self.tell(chat, "delete", message_id=entry.id)

    def pin(self, chat: Chat, message: int | None) -> None:
        """Pin a message, or none."""
        chat.pinned = message
        self.world.touch("chats", chat.id)
        self.tell(chat, "pinned", message_id=message)

    def detected(self, body: Json) -> Json:
        """The body with the entities Telegram finds by itself."""
        detect_in(body)
        return body

    def member_changed(self, chat: Chat, by: Account, old: Json, new: Json) -> None:
        """Tell the bot that its place in a chat changed."""
        change = {"chat": self.world.chat_json(chat), "from": by.user(), "date": self.today}
        self.updates.add("my_chat_member", {**change, "old_chat_member": old, "new_chat_member": new})

    def note(self, method: str, entry: Entry) -> None:
        """Write an accepted message into the journal."""
        text = str(entry.body.get("text", entry.body.get("caption", "")))
        self.journal.note_sent(Sent(method, entry.chat_id, entry.id, text, entry.body, self.clock.now()))

    def _turn_keyboard(self, chat: Chat, entry: Entry) -> None:
        """The reply keyboard under a chat follows the newest message that says something about it."""
        before = chat.keyboard
        if entry.author == self.world.bot.id:
            if entry.markup is None or "inline_keyboard" in entry.markup:
                return
            chat.keyboard = None if "remove_keyboard" in entry.markup else entry.markup
        elif before and ("force_reply" in before or before.get("one_time_keyboard")):
            chat.keyboard = None
        if chat.keyboard != before:
            self.world.touch("chats", chat.id)
            self.tell(chat, "keyboard", keyboard=chat.keyboard)


def detect_in(body: Json) -> None:
    """Add the entities Telegram finds by itself."""
    for text, entities in (("text", "entities"), ("caption", "caption_entities")):
        if text in body:
            found: list[Any] = with_detected(body[text], body.get(entities, []))
            body.pop(entities, None)
            if found:
                body[entities] = found
