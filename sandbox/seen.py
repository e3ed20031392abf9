"""A message as a person sees it: live, so that an edit shows in what a test already holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.world import Chat, Entry, Json, World


@dataclass(frozen=True, eq=False)
class Message:
    """One bubble in a chat."""

    world: World
    chat: Chat
    entry: Entry

    @property
    def id(self) -> int:
        return self.entry.id

    @property
    def raw(self) -> Json:
        """The Bot API `Message`."""
        return self.entry.body

    @property
    def text(self) -> str:
        """The words: text, or caption."""
        return str(self.entry.body.get("text", self.entry.body.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        """Formatting of the words, in UTF-16 units."""
        found: Any = self.entry.body.get("entities", self.entry.body.get("caption_entities", []))
        return list(found)

    @property
    def from_bot(self) -> bool:
        return self.entry.author == self.world.bot.id

    @property
    def inline(self) -> list[list[Json]]:
        """The inline buttons with all their fields."""
        rows: list[list[Json]] = self.entry.body.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[list[str]]:
        """Labels of the inline buttons, row by row."""
        return [[button["text"] for button in row] for row in self.inline]

    @property
    def keyboard(self) -> list[list[str]]:
        """Labels of the reply keyboard this message brought."""
        rows = (self.entry.markup or {}).get("keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    @property
    def edited(self) -> bool:
        return "edit_date" in self.entry.body

    @property
    def gone(self) -> bool:
        """Deleted since."""
        return self.entry.id not in self.chat.entries

    @property
    def date(self) -> datetime:
        return datetime.fromtimestamp(self.entry.body["date"], UTC)

    @property
    def media(self) -> str | None:
        """`photo`, `document`, `voice`, `contact`, or None for words alone."""
        return next((kind for kind in ("photo", "document", "voice", "contact") if kind in self.entry.body), None)

    @property
    def file(self) -> bytes | None:
        """The bytes it carries."""
        body: Any = self.entry.body.get(self.media or "")
        about = body[-1] if isinstance(body, list) else body
        file = self.world.files.get(about.get("file_id", "")) if about else None
        return file.data if file else None

    @property
    def album(self) -> str | None:
        return self.entry.body.get("media_group_id")

    @property
    def reply_to(self) -> int | None:
        """The id of the message it answers."""
        found: int | None = self.entry.body.get("reply_to_message", {}).get("message_id")
        return found

    @property
    def silent(self) -> bool:
        return self.entry.silent

    @property
    def protected(self) -> bool:
        return bool(self.entry.body.get("has_protected_content"))

    @property
    def reaction(self) -> str | None:
        """The bot's emoji on it."""
        return self.entry.reaction

    def __repr__(self) -> str:
        who = "bot" if self.from_bot else "self"
        what = f" [{self.media}]" if self.media else ""
        rows = "".join(f"\n      {' | '.join(row)}" for row in [*self.buttons, *self.keyboard])
        return f"#{self.id} {who}{what}: {self.text}{rows}"


def transcript(messages: list[Message], last: int = 6) -> str:
    """The end of a chat, to be read in a failing test."""
    return "\n".join(f"  {message!r}" for message in messages[-last:]) or "  (nothing)"
