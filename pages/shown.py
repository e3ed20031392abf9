"""A matter as its page shows it: plain values for the template, each already in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.answers import answer_in
from desk.desk import Desk
from desk.matter import Happened, Matter, Words
from desk.people import Person
from desk.rules.life import Status
from handlers import labels, parts
from handlers.cards import STAGES, did, stage
from handlers.services import Services
from words import Speaker, tidy


@dataclass(frozen=True)
class Line:
    """One act in the history."""

    at: str
    what: str


@dataclass(frozen=True)
class Said:
    """One entry of the conversation. `file` is its name, `picture` whether it can be shown in place."""

    n: int
    at: str
    by: str
    mine: bool
    internal: bool
    text: str
    file: str
    picture: bool


@dataclass(frozen=True)
class Shown:
    """A matter's page."""

    number: str
    category: str
    status: str
    stages: Sequence[tuple[str, str]]
    who: str
    reason: str
    dates: Sequence[str]
    answers: Sequence[tuple[str, str]]
    wanted: str
    result: str
    steps: Sequence[str]
    history: Sequence[Line]
    said: Sequence[Said]


class Showing:
    """Makes pages of matters for one reader."""

    def __init__(self, desk: Desk, services: Services, say: Speaker, reader: Person) -> None:
        self._desk = desk
        self._services = services
        self._say = say
        self._reader = reader

    async def matter(self, matter: Matter, *, inside: bool) -> Shown:
        """The whole page; `inside` as those who work on it see it, with what stays among them."""
        say = self._say
        history = await self._desk.views.history(matter.id, with_internal=inside)
        words = await self._desk.views.words(matter.id, with_internal=inside)
        return Shown(
            number=matter.number,
            category=labels.category_name(self._services, say, matter.category),
            status=say.plain(f"status.{matter.status.value}"),
            stages=_stages(matter, say),
            who=self._for_whom(matter) if inside else self._who(matter),
            reason=self._reason(matter, inside=inside),
            dates=_dates(matter, say),
            answers=[
                (each[f"ask_{say.language}"], tidy(answer_in(say.language, each)) or "—") for each in matter.answers
            ],
            wanted=tidy(matter.wanted or "") if matter.status is Status.WAITING else "",
            result=tidy(matter.result or ""),
            steps=[self._step(matter, n) for n in range(len(matter.steps))],
            history=[self._line(event, inside=inside) for event in history],
            said=[await self._said(each, matter) for each in words],
        )

    def _who(self, matter: Matter) -> str:
        office = labels.office_name(self._services, self._say, matter.office)
        name = labels.shown_name(self._services, self._say, matter.owner_name, matter.office)
        return f"{office} · {name}"

    def _for_whom(self, matter: Matter) -> str:
        about = labels.about(self._say, matter.concern) if matter.concern.name else ""
        return " · ".join(part for part in (labels.holder(self._say, matter), about) if part)

    def _reason(self, matter: Matter, *, inside: bool) -> str:
        reason = matter.reason
        if not inside:
            reason = labels.shown_reason(self._services, self._say, reason, matter.office)
        return self._say.saying(reason, html=False)

    def _step(self, matter: Matter, n: int) -> str:
        step = matter.steps[n]
        office = labels.office_name(self._services, self._say, step.office)
        name = parts.holder(self._services, self._say, step)
        return f"{office} · {name} · {parts.stand(self._services, self._say, matter, step)}"

    def _line(self, event: Happened, *, inside: bool) -> Line:
        actor = labels.actor(self._say, event)
        if event.office and not inside:
            actor = labels.shown_name(self._services, self._say, actor, event.office)
        return Line(_moment(self._say, event.at), self._say.plain(did(event), actor=actor))

    async def _said(self, entry: Words, matter: Matter) -> Said:
        author = await self._desk.people.get(entry.author_id)
        by = author.name if author is not None else ""
        if author is not None and self._reader.id == matter.person_id:
            by = labels.handler_name(self._services, self._say, author, matter, former=entry.office)
        name = entry.file_name or (self._say.plain(f"relay.kind_{entry.kind}") if entry.file_id else "")
        return Said(
            entry.n,
            _moment(self._say, entry.at),
            by or self._say.plain("did.nameless"),
            entry.author_id == self._reader.id,
            entry.internal,
            tidy(entry.text),
            name,
            entry.kind == "photo",
        )


def _stages(matter: Matter, say: Speaker) -> list[tuple[str, str]]:
    """Each stage's name, and whether it is `done`, `now` or `next`."""
    reached = len(STAGES) if matter.status is Status.CLOSED else stage(matter)
    return [
        (say.plain(f"stage.{each.value}"), "done" if n < reached else "now" if n == reached else "next")
        for n, each in enumerate(STAGES)
    ]


def _dates(matter: Matter, say: Speaker) -> list[str]:
    wanted = [say.plain("card.extension", until=matter.extension.to)] if matter.extension else []
    return [*_due(matter, say), *wanted]


def _due(matter: Matter, say: Speaker) -> list[str]:
    if matter.status in (Status.CLOSED, Status.WITHDRAWN, Status.DRAFT, Status.DELIVERED):
        return []
    if matter.status is Status.WAITING:
        return [say.plain("card.paused")]
    if matter.accepted_at is None:
        return say.plain("card.by", accept=matter.accept_due, deliver=matter.deliver_due).splitlines()
    return [say.plain("card.deliver_by", deliver=matter.deliver_due)]


def _moment(say: Speaker, at: datetime) -> str:
    return say.moment(at)
