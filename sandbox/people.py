"""A person with a phone: what they can do in Telegram, and what they see."""

from collections.abc import Sequence
from typing import Any

from sandbox import menus
from sandbox.api.media import FOLDERS, media_content
from sandbox.onlooker import Onlooker, messages_in
from sandbox.refusals import NotNow
from sandbox.seen import Message, transcript
from sandbox.updates import PRESS_LIFE
from sandbox.world import Chat, Entry, Json


class Person(Onlooker):
    """Drives one account. What they do is queued for the bot at once; `chat` defaults to their own chat with it."""

    async def start(self, payload: str | None = None) -> Message:
        """Press START (also unblocks), with a deep link's payload if given."""
        if self.account.blocked:
            await self.unblocks_bot()
        return await self.says(f"/start {payload}" if payload else "/start")

    async def says(self, text: str, reply_to: Message | int | None = None, chat: int | None = None) -> Message:
        """Write a message."""
        if not text.strip():
            raise NotNow("Telegram sends no empty message")
        return self._post(chat, {"text": text.strip()}, reply_to)

    async def edits(self, message: Message | int, text: str, chat: int | None = None) -> Message:
        """Change one's own message; under a picture, its caption."""
        place = self._chat(chat)
        entry = self._entry(place, message)
        if entry.author != self.id:
            raise NotNow("only one's own messages can be edited")
        field = "text" if "text" in entry.body else "caption"
        body = {k: v for k, v in entry.body.items() if k not in ("entities", "caption_entities")}
        entry.body = self._telegram.detected({**body, field: text, "edit_date": self._telegram.today})
        self._telegram.show_edit(place, entry)
        self._telegram.updates.add("edited_message", entry.body)
        return Message(self._telegram.world, place, entry)

    async def sends_photo(
        self, data: bytes, caption: str | None = None, chat: int | None = None, **more: Any
    ) -> Message:
        """Send a picture; whatever the bytes are, the phone calls it a JPEG."""
        return self._send("photo", data, "photo.jpg", "image/jpeg", caption, chat, **more)

    async def sends_document(
        self, data: bytes, name: str = "file.pdf", caption: str | None = None, mime: str = "application/pdf",
        chat: int | None = None, **more: Any,
    ) -> Message:  # fmt: skip
        """Send a file."""
        return self._send("document", data, name, mime, caption, chat, **more)

    async def sends_voice(self, data: bytes, chat: int | None = None, **more: Any) -> Message:
        """Send a voice note."""
        return self._send("voice", data, "voice.ogg", "audio/ogg", None, chat, **more)

    async def sends_location(self, latitude: float, longitude: float, chat: int | None = None) -> Message:
        """Send a place on the map."""
        return self._post(chat, {"location": {"latitude": latitude, "longitude": longitude}}, None)

    async def sends_album(
        self, pictures: Sequence[bytes], caption: str | None = None, chat: int | None = None
    ) -> list[Message]:
        """Send 2–10 pictures as one album: as many messages with one `media_group_id`, the caption on the first."""
        if not 2 <= len(pictures) <= 10:
            raise NotNow("an album has 2 to 10 pictures")
        group = {"media_group_id": str(self._telegram.world.count("album", 13_900_000_000_000_001))}
        captions = [caption, *[None] * (len(pictures) - 1)]
        return [
            self._send("photo", data, "photo.jpg", "image/jpeg", words, chat, extra=group)
            for data, words in zip(pictures, captions, strict=True)
        ]

    async def shares_contact(
        self, phone: str | None = None, user_id: int | None = -1, first_name: str | None = None, chat: int | None = None
    ) -> Message:
        """Share a contact: one's own as by the button; another `phone` or `user_id` (None for none) for a forgery."""
        number = phone or self.account.phone
        if not number:
            raise NotNow("this person has no phone number")
        contact: Json = {"phone_number": number, "first_name": first_name or self.account.first_name}
        owner = self.id if user_id == -1 else user_id
        if owner is not None:
            contact["user_id"] = owner
        return self._post(chat, {"contact": contact}, None)

    async def presses(self, label: str, on: Message | int | None = None, chat: int | None = None) -> str:
        """Press the button that reads (or contains) `label` on the newest message that has one; returns the query's id.

        A button of the reply keyboard sends its text, or the contact. AssertionError lists the buttons there are.
        """
        place = self._chat(chat)
        where = (
            [Message(self._telegram.world, place, self._entry(place, on))]
            if on
            else messages_in(self._telegram, place)[::-1]
        )
        for match in (lambda text: text == label, lambda text: label in text):
            for message in where:
                for button in (b for row in message.inline for b in row if match(b["text"])):
                    assert "callback_data" in button, f"the button {button['text']!r} is a link"
                    return await self.presses_data(button["callback_data"], message, chat)
            if on is None and await self._presses_key(match, place):
                return ""
        visible = [label for message in where for row in message.buttons for label in row]
        keys = [button["text"] for row in (place.keyboard or {}).get("keyboard", []) for button in row]
        raise AssertionError(
            f"no button {label!r}; visible: {visible}, on the keyboard: {keys}\n{transcript(where[::-1])}"
        )

    async def _presses_key(self, match: Any, place: Chat) -> bool:
        for row in (place.keyboard or {}).get("keyboard", []):
            for button in row:
                if match(button["text"]):
                    await (
                        self.shares_contact(chat=place.id)
                        if button.get("request_contact")
                        else self.says(button["text"], chat=place.id)
                    )
                    return True
        return False

    async def presses_data(self, data: str, on: Message | int, chat: int | None = None) -> str:
        """Send a press with any `callback_data`, as a forged client could; returns the query's id."""
        place = self._chat(chat)
        entry = self._entry(place, on)
        self._free()
        query = self._telegram.world.ask(self.account, entry, self._telegram.clock.now())
        body = {
            "id": query.id, "from": self.account.user(), "message": entry.body,
            "chat_instance": str(place.id * 7919), "data": data,
        }  # fmt: skip
        self._telegram.updates.add("callback_query", body, PRESS_LIFE)
        self._telegram.changes.tell()
        return query.id

    async def blocks_bot(self) -> None:
        """Stop the bot; it is told by `my_chat_member`."""
        self._turn_block(True)

    async def unblocks_bot(self) -> None:
        """Let it write again."""
        self._turn_block(False)

    async def speaks(self, code: str) -> None:
        """Change the language of the app."""
        self.account.language_code = code
        self.changed()
        chat = self._chat(None)
        shown = menus.menu(self._telegram.world, chat, self.account)
        self._telegram.feed.tell(self.id, "commands", chat.id, None, commands=shown)

    def changed(self) -> None:
        """Something about the account changed: store and show it."""
        self._telegram.world.touch("accounts", self.id)
        self._telegram.feed.tell(self.id, "person", self.id, None, person=self.card())
        self._telegram.changes.tell()

    def card(self) -> Json:
        """The account as the page shows it."""
        fields = (
            "id",
            "key",
            "first_name",
            "last_name",
            "username",
            "role",
            "language_code",
            "phone",
            "note",
            "started",
            "blocked",
        )
        return {name: getattr(self.account, name) for name in fields}

    def _turn_block(self, blocked: bool) -> None:
        if self.account.blocked == blocked:
            return
        self.account.blocked = blocked
        user = self._telegram.world.bot.user()
        free: Json = {"user": user, "status": "member"}
        kicked: Json = {"user": user, "status": "kicked", "until_date": 0}
        old, new = (free, kicked) if blocked else (kicked, free)
        self._telegram.member_changed(self._chat(None), self.account, old, new)
        self._telegram.feed.tell(self.id, "blocked", self.id, None, blocked=blocked)
        self.changed()

    def _entry(self, chat: Chat, message: Message | int) -> Entry:
        entry = chat.entries.get(message if isinstance(message, int) else message.id)
        if entry is None:
            raise NotNow("that message is not in this chat any more")
        return entry

    def _free(self) -> None:
        if self.account.blocked:
            raise NotNow("the bot is blocked; unblock it first")

    def _send(self, kind: str, data: bytes, name: str, mime: str, caption: str | None, chat: int | None,
              reply_to: Message | int | None = None, extra: Json | None = None) -> Message:  # fmt: skip
        file = self._telegram.world.keep(data, FOLDERS[kind], name, mime)
        content = {**media_content(kind, file), **(extra or {}), **({"caption": caption} if caption else {})}
        return self._post(chat, content, reply_to)

    def _post(self, chat: int | None, content: Json, reply_to: Message | int | None) -> Message:
        place = self._chat(chat)
        if place.is_private:
            self._free()
            if not self.account.started:
                self.account.started = True
                self.changed()
        answered = self._entry(place, reply_to) if reply_to else None
        body = self._telegram.compose(place, self.account, content, answered)
        entry = self._telegram.add(place, Entry(body, self.id))
        self._telegram.updates.add("message", body)
        return Message(self._telegram.world, place, entry)
