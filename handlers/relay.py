"""Passing words and files on: the letters by which one person hears what another said about a matter.

Words and files go by Telegram's own copies and escaped; a file carries its words as caption, an album goes as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from desk.conversation import Entry
from desk.copies import Copy
from desk.desk import Desk
from desk.news import News
from desk.people import Person
from desk.post import Letter
from desk.rules.life import Act
from handlers import frames, labels
from handlers.buttons import inline
from handlers.services import Services
from handlers.turn import SENDS
from words import Speaker, tidy

ALBUM_PAUSE = timedelta(seconds=1.5)
"""How long the parts of an album are waited for; Telegram delivers them one right after the other."""
LONGEST_QUOTE = 120


class Relay:
    """Makes the letters of one piece of news for one person."""

    def __init__(self, desk: Desk, services: Services, news: News, person: Person, rows: Sequence[Any]) -> None:
        assert person.chat_id is not None
        assert person.user_id is not None
        self._desk = desk
        self._services = services
        self._news = news
        self._chat = person.chat_id
        self._say: Speaker = labels.speaker_of(person, services)
        self._markup = {"reply_markup": inline(rows, services.tokens, person.user_id)} if rows and rows[0] else {}
        self._like = Letter(
            person.chat_id,
            "sendMessage",
            {"chat_id": person.chat_id},
            urgency=news.urgency,
            matter_id=news.matter.id,
            person_id=person.id,
            secret=services.house.secret(news.matter),
        )

    async def letters(self) -> list[Letter]:
        """What is owed to this person, in order."""
        news = self._news
        if news.edited and news.entry is not None and not news.uploads:
            in_place = await self._edit(news.entry)
            if in_place is not None:
                return [in_place]
        answered = await self._answered()
        albums = dict.fromkeys(upload.album for upload in news.uploads if upload.album)
        if not albums and len(news.uploads) == 1 and self._fits_under(news.uploads[0].kind):
            return [self._captioned(answered)]
        letters = [] if self._under_album else self._words(answered, carry=not albums)
        for album in albums:
            letters += await self._album(album, answered)
        return [*letters, *self._files()]

    @property
    def _under_album(self) -> bool:
        """Whether the words stand under the album's first picture, so that they need no message of their own."""
        news = self._news
        return news.more or (news.act is Act.SAY and len(news.uploads) == 1 and news.uploads[0].album is not None)

    def _frame(self, words: str, *, quote: str = "") -> str:
        """The sentence of this news around these words."""
        news = self._news
        alone = news.act is Act.DELIVER and news.key.endswith("_cardholder") and not words
        key = f"{news.key}_file" if alone else news.key
        text = self._say(key, **{**self._names(), **news.values, **self._actor(), "words": words})
        marks = self._say("relay.edited") if news.edited else ""
        return "\n".join(part for part in (quote, text, marks) if part)

    def _names(self) -> dict[str, object]:
        matter = self._news.matter
        names: dict[str, object] = {
            "office": labels.office_name(self._services, self._say, matter.office),
            "category": labels.category_name(self._services, self._say, matter.category),
        }
        if self._news.act is Act.LAPSE:
            names["reopen"] = self._services.house.reopen_until(matter)
        if self._news.act is Act.DELIVER:
            names["lapse"] = self._services.house.lapse_at(matter)
        return names

    def _actor(self) -> dict[str, object]:
        """Who acted, by the name their office lets cardholders see; who speaks may be of a further department."""
        news = self._news
        if news.actor is None or not news.key.endswith("_cardholder"):
            return {}
        found: dict[str, object] = {"actor": labels.handler_name(self._services, self._say, news.actor, news.matter)}
        office = labels.acting_office(news.actor, news.matter.office)
        if news.act is Act.SAY and office:
            found["office"] = labels.office_name(self._services, self._say, office)
        return found

    @property
    def _said(self) -> str:
        return str(self._news.values.get("words", ""))

    @property
    def _spoken(self) -> bool:
        """Whether there are words to carry: files without any are carried by themselves."""
        return bool(self._said) or not self._news.uploads

    def _purpose(self) -> str | None:
        """Unsent words are replaced by their own edit."""
        news = self._news
        return f"say:{news.matter.id}:{news.entry}:{self._like.person_id}" if news.entry is not None else None

    def _words(self, answered: dict[str, Any], *, carry: bool) -> list[Letter]:
        """The words by themselves. Those of an album are carried by the album, or its first part would look sent."""
        quote = answered.get("quote", "")
        room = frames.MESSAGE - frames.units(frames.visible(self._frame("", quote=quote)))
        said = self._said if self._spoken else self._say.plain("talk.files", n=len(self._news.uploads))
        first, *more = frames.split(said, max(room, 1))
        entry = (self._news.entry,) if carry and self._news.entry is not None and self._spoken else ()
        whole = self._html(self._frame(first, quote=quote)) | self._markup | answered.get("params", {})
        letters = [self._letter("sendMessage", whole, entries=entry, replaces=self._purpose())]
        return letters + [
            self._letter("sendMessage", {"text": tidy(part) or "…"}, entries=entry, replaces=self._purpose())
            for part in more
        ]

    def _captioned(self, answered: dict[str, Any]) -> Letter:
        upload = self._news.uploads[0]
        params = {
            upload.kind: upload.file_id,
            "caption": self._frame(self._said, quote=answered.get("quote", "")),
            "parse_mode": "HTML",
        }
        entry = (self._news.entry,) if self._news.entry is not None else ()
        whole = params | self._markup | answered.get("params", {})
        return self._letter(SENDS[upload.kind], whole, entries=entry, replaces=self._purpose())

    def _fits_under(self, kind: str) -> bool:
        return kind in SENDS and frames.units(frames.visible(self._frame(self._said))) < frames.CAPTION - LONGEST_QUOTE

    def _files(self) -> list[Letter]:
        """Files by themselves, each with its number; words before them were an entry of their own."""
        first = (self._news.entry or 0) + (1 if self._said and len(self._news.uploads) > 1 else 0)
        return [
            self._letter(SENDS[upload.kind], {upload.kind: upload.file_id}, entries=(first + n,) if first else ())
            for n, upload in enumerate(self._news.uploads)
            if upload.album is None
        ]

    async def _album(self, album: str, answered: dict[str, Any]) -> list[Letter]:
        """What has come of an album and is with nobody yet, as one; held back for the parts still to come."""
        news = self._news
        assert news.actor is not None
        purpose = f"album:{news.matter.id}:{album}:{self._like.person_id}"[:64]
        parts = [e for e in await self._desk.conversation.album(news.actor.id, album) if e.matter_id == news.matter.id]
        left = await self._desk.conversation.not_carried(parts, self._chat, purpose)
        caption = next((part.latest for part in left if part.latest), "")
        media = [_medium(part) for part in left]
        if not media:
            return []
        media[0] |= {"caption": self._under(caption, answered), "parse_mode": "HTML"}
        numbers = tuple(part.n for part in left)
        held: dict[str, Any] = {"replaces": purpose, "wait": ALBUM_PAUSE, "entries": numbers}
        if len(media) == 1:
            kind = media[0].pop("type")
            media[0][kind] = media[0].pop("media")
            return [self._letter(SENDS[kind], media[0] | answered.get("params", {}), **held)]
        return [self._letter("sendMediaGroup", {"media": media} | answered.get("params", {}), **held)]

    def _under(self, caption: str, answered: dict[str, Any]) -> str:
        """The caption of an album: what was said, or for an act that was told already only what it belongs to."""
        if self._news.act is not Act.SAY or not self._under_album:
            return self._say("relay.belongs", number=self._news.matter.number)
        quote = answered.get("quote", "")
        room = frames.CAPTION - frames.units(frames.visible(self._frame("", quote=quote)))
        return self._frame(frames.cut(caption, max(room, 1)), quote=quote)

    async def _edit(self, entry: int) -> Letter | None:
        """The one copy this person has, changed where it stands; `None` when there is none or the words outgrew it."""
        mine = [c for c in await self._desk.conversation.copies_in(self._chat, self._news.matter.id, entry) if c.ours]
        if len(mine) != 1:
            return None
        copy: Copy = mine[0]
        text = self._frame(self._said)
        if frames.units(frames.visible(text)) > (frames.CAPTION if copy.caption else frames.MESSAGE):
            return None
        params: dict[str, Any] = {"message_id": copy.message_id, **self._markup}
        if copy.caption:
            return self._letter("editMessageCaption", params | {"caption": text, "parse_mode": "HTML"})
        return self._letter("editMessageText", params | self._html(text))

    async def _answered(self) -> dict[str, Any]:
        """What this is an answer to: the very message, where this person has it, else its words as a quotation."""
        news = self._news
        if news.replies is None or news.more:
            return {}
        found = await self._desk.conversation.copies_in(self._chat, news.matter.id, news.replies)
        if found:
            to = {"message_id": found[0].message_id, "allow_sending_without_reply": True}
            return {"params": {"reply_parameters": to}}
        entry = await self._desk.conversation.entry(news.matter.id, news.replies)
        if entry is None or (entry.internal and news.act is not Act.NOTE):
            return {}
        words = frames.cut(entry.latest, LONGEST_QUOTE) or self._say.plain(f"relay.kind_{entry.kind}")
        return {"quote": self._say("relay.quote", words=words)}

    def _letter(self, method: str, params: dict[str, Any], **more: Any) -> Letter:
        return replace(self._like, method=method, params={"chat_id": self._chat, **params}, **more)

    def _html(self, text: str) -> dict[str, Any]:
        return {"text": text, "parse_mode": "HTML"}


def _medium(part: Entry) -> dict[str, Any]:
    return {"type": part.kind, "media": part.file_id}
