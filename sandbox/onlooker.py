"""What a person sees of their chats, and waiting for it."""

from sandbox import menus
from sandbox.refusals import NotNow
from sandbox.seen import Message, transcript
from sandbox.telegram import Telegram
from sandbox.waiting import until
from sandbox.world import Account, Chat


class Onlooker:
    """The screen of one account."""

    def __init__(self, telegram: Telegram, account: Account) -> None:
        self._telegram = telegram
        self.account = account

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def chat(self) -> int:
        """The id of the private chat with the bot, which is the person's own."""
        return self.account.id

    @property
    def messages(self) -> list[Message]:
        """What the private chat shows, oldest first."""
        return messages_in(self._telegram, self._chat(None))

    @property
    def last(self) -> Message:
        """The bot's newest message."""
        found = next((m for m in reversed(self.messages) if m.from_bot), None)
        assert found is not None, f"{self.account.first_name} has heard nothing from the bot"
        return found

    @property
    def toasts(self) -> list[str]:
        """Texts of the answers to presses, empty ones too."""
        return self._telegram.toasts.get(self.id, [])

    @property
    def keyboard(self) -> list[list[str]]:
        """Labels of the reply keyboard now shown."""
        shown = self._chat(None).keyboard or {}
        return [[button["text"] for button in row] for row in shown.get("keyboard", [])]

    @property
    def commands(self) -> dict[str, str]:
        """The command menu: name to description."""
        found = menus.menu(self._telegram.world, self._chat(None), self.account)
        return {item["command"]: item["description"] for item in found}

    def sees(self, text: str) -> bool:
        """Whether some message of the bot's contains this."""
        return any(text in m.text for m in self.messages if m.from_bot)

    async def hears(self, text: str, after: Message | None = None, timeout: float = 10.0) -> Message:  # noqa: ASYNC109
        """Wait for a message (or edit) of the bot's that contains `text`, newest first; `timeout` in real seconds.

        after: only messages newer than this one. Raises AssertionError with the end of the chat.
        """

        def found() -> Message | None:
            heard = (m for m in reversed(self.messages) if m.from_bot and text in m.text)
            return next((m for m in heard if after is None or m.id > after.id), None)

        def why() -> str:
            return f"{self.account.first_name} does not hear {text!r}; the chat ends:\n{transcript(self.messages)}"

        return await until(self._telegram.changes, found, timeout, why)

    def _chat(self, chat: int | None) -> Chat:
        found = self._telegram.world.chats.get(self.id if chat is None else chat)
        if found is None or self.id not in found.members:
            raise NotNow("no such chat")
        return found


def messages_in(telegram: Telegram, chat: Chat) -> list[Message]:
    """The bubbles of a chat, oldest first."""
    return [Message(telegram.world, chat, entry) for entry in chat.entries.values()]
