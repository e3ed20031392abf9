"""One person's turn: what they sent, who they are, and how a journey answers; nothing leaves before it is over.

A journey calls `reply`, `show`, `toast`, never Telegram. What it owes becomes rows when the turn is settled.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from desk import standing
from desk.desk import Desk
from desk.matter import Matter
from desk.people import Person
from desk.post import Letter
from desk.refusals import NoSuchThing, Refused
from desk.rules.authority import Actor, Power
from faq import Outcome
from handlers import frames
from handlers.buttons import Button, Link, inline
from handlers.incoming import Incoming
from handlers.services import Services
from handlers.token import Pressed
from handlers.workshop import Workshop
from words import Speaker

SENDS = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
}
"""The Bot API's method for each kind of file."""


@dataclass
class Turn:
    """Everything one journey step needs. `pressed` is set when a genuine button was pressed; `bot` is our own name.

    `secret`: what is answered from here on is about a sensitive matter.
    `tried` is what they are trying to do, and `about` the matter it is about, for the record of what was refused;
    `matter` is the one that was read for this turn; `answered`: their words were taken for a question.
    """

    incoming: Incoming
    person: Person
    say: Speaker
    desk: Desk
    services: Services
    workshop: Workshop
    bot: str
    args: tuple[str, ...] = ()
    pressed: Pressed = field(default=Pressed("", 0, 0))
    letters: list[Letter] = field(default_factory=list)
    after: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    answer: Mapping[str, Any] = field(default_factory=dict)
    wish: Mapping[str, Any] = field(default_factory=dict)
    edited_already: bool = False
    held: tuple[str, timedelta] | None = None
    secret: bool = False
    heard: tuple[str, str, Outcome] | None = None
    tried: str = ""
    about: int = 0
    matter: Matter | None = None
    answered: bool = False

    @property
    def actor(self) -> Actor:
        """This person as authority sees them today."""
        return standing.actor(self.person, self.desk.today)

    def may(self, power: Power) -> bool:
        """Whether this person has a power, to know what to offer them."""
        return standing.may(self.person, power)

    @property
    def text(self) -> str:
        """The words they sent, or nothing."""
        return self.incoming.text

    @property
    def subject(self) -> int:
        """The row the pressed button is about."""
        return self.pressed.subject

    @property
    def arg(self) -> int:
        """The pressed button's small argument."""
        return self.pressed.arg

    def button(self, key: str, action: str, subject: int = 0, arg: int = 0, **values: object) -> Button:
        """A button labelled with the sentence `key`."""
        return Button(self.say.plain(key, **values), action, subject, arg)

    def reply(self, key: str, /, *, buttons: Sequence[Sequence[Button | Link]] = (), **values: object) -> None:
        """Owe this person a new message."""
        self.tell(self.say(key, **values), buttons=buttons)

    def show(self, key: str, /, *, buttons: Sequence[Sequence[Button | Link]] = (), **values: object) -> None:
        """Answer in place when a button was pressed, else with a new message."""
        self.display(self.say(key, **values), buttons=buttons)

    def tell(
        self,
        text: str,
        *,
        buttons: Sequence[Sequence[Button | Link]] = (),
        keyboard: Mapping[str, Any] | None = None,
    ) -> None:
        """Owe this person a new message whose HTML is ready; `keyboard` is a reply keyboard in the Bot API's form."""
        *early, last = frames.fitting(text)
        for part in early:
            self._owe("sendMessage", self._params(part, ()))
        params = self._params(last, buttons)
        if keyboard is not None:
            params["reply_markup"] = dict(keyboard)
        self._owe("sendMessage", params)

    def display(self, text: str, *, buttons: Sequence[Sequence[Button | Link]] = ()) -> None:
        """Like `show`, with HTML that is ready. A second display in one turn is a new message."""
        if not self.incoming.is_press or self.edited_already:
            self.tell(text, buttons=buttons)
            return
        self.edited_already = True
        first, *more = frames.fitting(text)
        params = self._params(first, () if more else buttons)
        params.setdefault("reply_markup", {"inline_keyboard": []})
        self._owe("editMessageText", params | {"message_id": self.incoming.message_id})
        for n, part in enumerate(more, 1):
            self._owe("sendMessage", self._params(part, buttons if n == len(more) else ()))

    def answer_below(self) -> None:
        """Leave the pressed message whole, buttons included; what is shown comes as a message of its own."""
        self.edited_already = True

    def leave_as_is(self) -> None:
        """Take the buttons off the pressed message and keep its text."""
        if self.incoming.is_press and not self.edited_already:
            self.edited_already = True
            self.buttons_off(self.incoming.message_id)

    def buttons_off(self, message_id: int) -> None:
        """Take the buttons off a message of ours in this chat."""
        self._owe("editMessageReplyMarkup", {"message_id": message_id, "reply_markup": {"inline_keyboard": []}})

    def hold_back(self, name: str, pause: timedelta) -> None:
        """Wait a moment with what is said from here on; said again under the same name, only the last is sent."""
        self.held = (name, pause)

    def send_file(self, kind: str, file_id: str, caption: str) -> None:
        """Owe this person a file that Telegram has already."""
        params = {kind: file_id, "caption": caption, "parse_mode": "HTML"}
        self._owe(SENDS.get(kind, "sendDocument"), params)

    def send_made(self, kind: str, maker: str, of: object, name: str, caption: str) -> None:
        """Owe this person a file that is made just before it is sent; `maker` is one of `handlers.makings`."""
        made = {"make": maker, "of": of, "name": name}
        self._owe(SENDS[kind], {kind: made, "caption": caption, "parse_mode": "HTML"})

    def send_bytes(self, name: str, content: bytes, caption: str) -> None:
        """Owe this person a small file that is ready."""
        whole = {"base64": base64.b64encode(content).decode(), "name": name}
        self._owe("sendDocument", {"document": whole, "caption": caption, "parse_mode": "HTML"})

    def notify(self, person: Person, key: str, /, **values: object) -> None:
        """Owe somebody else one sentence, in their language; nothing for whoever has no chat with us."""
        if person.chat_id is not None:
            say = self.services.words.speaker(person.language)
            for part in frames.fitting(say(key, **values)):
                whole = {"chat_id": person.chat_id, "text": part, "parse_mode": "HTML"}
                self.letters.append(Letter(person.chat_id, "sendMessage", whole, person_id=person.id))

    def toast(self, key: str, /, *, alert: bool = False, **values: object) -> None:
        """A short word over the screen for whoever pressed; for a written message, an ordinary reply."""
        if self.incoming.is_press:
            self.answer = {"text": self.say.plain(key, **values)[:200], "show_alert": alert}
        else:
            self.tell(self.say(key, **values))

    def refuse(self, refusal: Refused) -> None:
        """Say no, in the person's language. A button that is not theirs answers like one that is out of date.

        Where there is a way on, its buttons stand under the sentence.
        """
        if refusal.ways:
            self.reply(refusal.key, buttons=[[self.button(*way)] for way in refusal.ways], **refusal.values)
            return
        unknown = isinstance(refusal, NoSuchThing) and self.incoming.is_press
        self.toast("press.unknown" if unknown else refusal.told(self.person.id), alert=True, **refusal.values)

    def _params(self, text: str, buttons: Sequence[Sequence[Button | Link]]) -> dict[str, Any]:
        params: dict[str, Any] = {
            "text": text,
            "parse_mode": "HTML",
        }
        if buttons:
            params["reply_markup"] = inline(buttons, self.services.tokens, self.incoming.user_id)
        return params

    def _owe(self, method: str, params: Mapping[str, Any]) -> None:
        name, pause = self.held or (None, timedelta())
        whole = {"chat_id": self.incoming.chat_id, **params}
        self.letters.append(Letter(self.incoming.chat_id, method, whole, replaces=name, wait=pause, secret=self.secret))
