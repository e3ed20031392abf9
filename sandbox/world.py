"""What the pretended Telegram knows: accounts, chats, messages, files, presses and command menus."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

FIRST_PERSON = 5_000_000_001
FIRST_GROUP = -4_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001
QUERY_LIFE = 150.0
"""Seconds after which a press can no longer be answered."""


@dataclass
class Account:
    """A person's Telegram account (or the bot's); `key`, `role` and `note` are the sandbox's own labels."""

    id: int
    key: str
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    phone: str | None = None
    role: str = ""
    note: str = ""
    started: bool = False
    blocked: bool = False
    is_bot: bool = False

    def names(self) -> Json:
        """Names as Telegram writes them: absent ones left out."""
        names: Json = {"first_name": self.first_name}
        if self.last_name:
            names["last_name"] = self.last_name
        if self.username:
            names["username"] = self.username
        return names

    def user(self) -> Json:
        """A Bot API `User`."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, **self.names()}
        if self.language_code:
            user["language_code"] = self.language_code
        return user


@dataclass
class Entry:
    """One message: the Bot API body, and what the bot's copy of it does not show."""

    body: Json
    author: int
    markup: Json | None = None
    silent: bool = False
    reaction: str | None = None

    @property
    def id(self) -> int:
        return int(self.body["message_id"])

    @property
    def chat_id(self) -> int:
        return int(self.body["chat"]["id"])

    @property
    def had_keyboard(self) -> bool:
        """Sent with a reply keyboard: Telegram does not let a bot edit such a message."""
        return self.markup is not None and "inline_keyboard" not in self.markup


@dataclass
class Chat:
    """A private chat with the bot, a group or a supergroup."""

    id: int
    kind: str
    title: str | None = None
    members: list[int] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    keyboard: Json | None = None
    pinned: int | None = None
    migrated_to: int | None = None
    bot_status: str = "member"
    last_id: int = 0

    @property
    def is_private(self) -> bool:
        return self.kind == "private"


@dataclass
class StoredFile:
    """Bytes somebody sent; `path` is the `file_path` of `getFile`."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass
class Query:
    """A pressed inline button waiting for `answerCallbackQuery`."""

    id: str
    account: int
    chat: int
    message: int
    expires: float


class World:
    """All state, held in dictionaries by id. Whoever changes something says so with `touch`."""

    def __init__(self, bot: Account) -> None:
        self.bot = bot
        self.accounts: dict[int, Account] = {}
        self.keys: dict[str, int] = {}
        self.usernames: dict[str, int] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, str] = {}
        self.queries: dict[str, Query] = {}
        self.menus: dict[str, list[Json]] = {}
        self.counters: dict[str, int] = {}
        self.touched: dict[tuple[str, Any], None] | None = None

    def touch(self, kind: str, key: Any) -> None:
        """Mark a record for the store, where there is one."""
        if self.touched is not None:
            self.touched[kind, key] = None

    def count(self, name: str, start: int = 1) -> int:
        """The next number of a sequence; sequences survive a restart."""
        value = self.counters.get(name, start - 1) + 1
        self.counters[name] = value
        self.touch("counters", name)
        return value

    def enter(self, account: Account) -> None:
        """Add or renew an account and its private chat."""
        self.accounts[account.id] = account
        self.keys[account.key] = account.id
        if account.username:
            self.usernames[account.username.lower()] = account.id
        self.touch("accounts", account.id)
        if account.id not in self.chats:
            self.open(Chat(account.id, "private", members=[account.id]))

    def open(self, chat: Chat) -> Chat:
        """Add a chat."""
        self.chats[chat.id] = chat
        self.touch("chats", chat.id)
        return chat

    def chat_json(self, chat: Chat) -> Json:
        """A Bot API `Chat`."""
        if chat.is_private:
            return {"id": chat.id, **self.accounts[chat.id].names(), "type": "private"}
        body: Json = {"id": chat.id, "title": chat.title, "type": chat.kind}
        if chat.kind == "group":
            body["all_members_are_administrators"] = False
        return body

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; all other chats of a bot share one sequence, as in Telegram."""
        if chat.kind != "supergroup":
            return self.count("message")
        chat.last_id += 1
        self.touch("chats", chat.id)
        return chat.last_id

    def groups_of(self, account: Account) -> Iterator[Chat]:
        """The live groups an account is in; the page asks, no call of the bot does."""
        return (c for c in self.chats.values() if not c.is_private and account.id in c.members and not c.migrated_to)

    def keep(self, data: bytes, folder: str, name: str, mime: str) -> StoredFile:
        """Store bytes under a new file id."""
        number = self.count("file")
        suffix = name.rsplit(".", 1)[-1] if "." in name else "bin"
        file = StoredFile(
            f"AgACAgUAAxk{number:032x}", f"AQAD{number:012x}", f"{folder}/file_{number}.{suffix}", name, mime, data
        )
        self.files[file.id] = file
        self.paths[file.path] = file.id
        self.touch("files", file.id)
        return file

    def ask(self, account: Account, entry: Entry, now: float) -> Query:
        """Register a press; those long past are forgotten."""
        while (old := next(iter(self.queries.values()), None)) and old.expires <= now:
            self.forget(old)
        number = self.count("query", 4_000_000_000_000_000_001)
        query = Query(str(number), account.id, entry.chat_id, entry.id, now + QUERY_LIFE)
        self.queries[query.id] = query
        self.touch("queries", query.id)
        return query

    def forget(self, query: Query) -> None:
        """A press that was answered or is past answering."""
        self.queries.pop(query.id, None)
        self.touch("queries", query.id)
