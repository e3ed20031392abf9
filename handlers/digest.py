"""The morning digest as one message: what is late, due today, new or waiting, with a button to each matter.

For staff, at their office's opening time on workdays; whoever has nothing to hear of hears nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desk.desk import Desk
from desk.digest import Digest
from desk.post import Letter
from desk.rules.hears import Urgency
from desk.views import Matter
from desk.visits import Followed
from handlers import frames, labels
from handlers.buttons import Button, inline
from handlers.services import Services
from words import Speaker

LISTED = 12
"""Matters listed by name in a section; the rest are counted, and stand in the inbox."""
MOST_BUTTONS = 24


async def letters(desk: Desk, services: Services, digest: Digest) -> list[Letter]:
    """The digest as it is owed to its reader."""
    person = await desk.people.get(digest.person_id)
    if person is None or person.chat_id is None or person.user_id is None:
        return []
    say = labels.speaker_of(person, services)
    *early, last = frames.pages(_lines(digest, services, say), frames.MESSAGE)
    params: dict[str, Any] = {"parse_mode": "HTML"}
    pages = [{"chat_id": person.chat_id, "text": page, **params} for page in (*early, last)]
    rows = [] if digest.of_leader else _buttons(digest, services, say)
    if rows:
        pages[-1]["reply_markup"] = inline(rows, services.tokens, person.user_id)
    like = Letter(person.chat_id, "sendMessage", {}, Urgency.LATER, person_id=person.id, later=True)
    return [replace(like, params=page, replaces=f"digest:{person.id}") for page in pages]


def _lines(digest: Digest, services: Services, say: Speaker) -> list[str]:
    lines = [say("digest.title_leader" if digest.of_leader else "digest.title", day=digest.day)]
    for name, found in digest.sections.items():
        lines += _section(name, found, digest, services, say)
    lines += _teams("digest.visits_today", digest.visits_today, say)
    lines += _teams("digest.visits_due", digest.visits_due, say)
    lines += ["", *(say("digest.warning", what=each) for each in digest.warnings)] if digest.warnings else []
    return lines


def _section(name: str, found: Sequence[Matter], digest: Digest, services: Services, say: Speaker) -> list[str]:
    if not found:
        return []
    item = "digest.item_leader" if digest.of_leader else "digest.item"
    listed = [
        say(
            f"{item}_brief" if services.pages else item,
            number=each.number,
            category=labels.listed_category(services, say, each.category),
            name=each.person_name,
            handler=each.owner_name,
            by=labels.next_due(each),
        )
        for each in found[:LISTED]
    ]
    rest = [say("digest.more", n=len(found) - LISTED)] if len(found) > LISTED else []
    return ["", say(f"digest.{name}", n=len(found)), *listed, *rest]


def _teams(key: str, teams: Sequence[Followed], say: Speaker) -> list[str]:
    if not teams:
        return []
    named = [
        say("digest.team" if team.last else "digest.team_never", name=team.name, last=team.last or team.due)
        for team in teams[:LISTED]
    ]
    rest = [say("digest.more_teams", n=len(teams) - LISTED)] if len(teams) > LISTED else []
    return ["", say(key, n=len(teams)), *named, *rest]


def _buttons(digest: Digest, services: Services, say: Speaker) -> list[list[Button]]:
    rows = [
        [
            Button(
                say.plain(
                    f"digest.button_{name}",
                    number=each.number,
                    category=labels.listed_category(services, say, each.category),
                ),
                "mine.view",
                each.id,
            )
        ]
        for name, found in digest.sections.items()
        for each in found[:LISTED]
    ][:MOST_BUTTONS]
    if digest.visits_today or digest.visits_due:
        rows.append([Button(say.plain("digest.visits"), "visits.list")])
    return rows
