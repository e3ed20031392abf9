"""Alarms in words: what is wrong and what to do, for admins, and for dispatchers where a matter is concerned.

One message per kind, however many findings there are; one that has not gone out when its reason ends is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.alarms import News
from desk.desk import Desk
from desk.inspection import Finding
from desk.people import Person
from desk.post import Letter
from desk.rules.hears import Urgency
from handlers import labels
from handlers.services import Services
from words import Speaker

NAMED = 10
"""So many matters or rows are named in one message."""
ABOUT_MATTERS = ("untimed", "spent", "untold")
STATES = ("stuck_",)
"""Kinds whose end is told, too."""


async def owe_alarms(desk: Desk, services: Services, news: News) -> None:
    """Owe the alarms that are new, and the word that others are over."""
    letters: list[Letter] = []
    for kind in dict.fromkeys(finding.kind for finding in news.raised):
        found = [finding for finding in news.raised if finding.kind == kind]
        roles = ("admin", "dispatcher") if kind in ABOUT_MATTERS else ("admin",)
        letters += [_alarm(person, services, kind, found) for person in await _hearers(desk, *roles)]
    for kind, _subject in news.ended:
        unsent = await desk.post.take_back(_name(kind))
        if kind.startswith(STATES) and not unsent:
            letters += [_over(person, services, kind) for person in await _hearers(desk, "admin")]
    await desk.post.owe(letters)


async def _hearers(desk: Desk, *roles: str) -> list[Person]:
    return [person for person in await desk.people.with_role(*roles) if person.chat_id is not None]


def _alarm(person: Person, services: Services, kind: str, found: Sequence[Finding]) -> Letter:
    say = labels.speaker_of(person, services)
    values = {**found[0].values, "which": _which(say, found)}
    return _letter(person, say(f"alarm.{kind}", **values), _name(kind) if kind.startswith(STATES) else None)


def _over(person: Person, services: Services, kind: str) -> Letter:
    say = labels.speaker_of(person, services)
    return _letter(person, say("alarm.over", what=say.plain(f"alarm.name_{kind}")), _name(kind))


def _which(say: Speaker, found: Sequence[Finding]) -> str:
    named = list(dict.fromkeys(finding.values.get("number", finding.subject) for finding in found))
    names = say.listed(named[:NAMED])
    return say.plain("alarm.and_more", names=names, more=len(named) - NAMED) if named[NAMED:] else names


def _name(kind: str) -> str:
    return f"alarm:{kind}"


def _letter(person: Person, text: str, replaces: str | None) -> Letter:
    assert person.chat_id is not None
    params = {"chat_id": person.chat_id, "text": text, "parse_mode": "HTML"}
    return Letter(person.chat_id, "sendMessage", params, Urgency.NOW, person_id=person.id, replaces=replaces)
