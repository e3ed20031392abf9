"""The status card: one message per matter and person, edited in place, showing only what is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from desk.rules.life import Role, Status, allowed
from desk.views import Happened, Matter
from handlers import labels
from handlers.buttons import Button
from handlers.services import Services
from words import Raw, Saying, Speaker

STAGES = (Status.FILED, Status.DISPATCHED, Status.ACCEPTED, Status.DELIVERED)
"""点单 → 派单 → 接单 → 送单."""

PER_ROW = 2
RECENT = 4


def text(matter: Matter, history: Sequence[Happened], roles: frozenset[Role], services: Services, say: Speaker) -> str:
    """The card's HTML as this reader may see it."""
    mine = Role.CARDHOLDER in roles
    parts = [
        say("card.title", number=matter.number, category=labels.category_name(services, say, matter.category)),
        _chain(matter, say),
        _who(matter, services, say) if mine else _for_whom(matter, services, say),
        _when(matter, say),
        _asked(matter, say),
        _result(matter, say),
        _recent(history, services, say),
    ]
    return "\n\n".join(part for part in parts if part)


def buttons(matter: Matter, roles: frozenset[Role], say: Speaker) -> list[list[Button]]:
    """What this reader may do now, as the table of the matter's life allows."""
    offered = [act for act in allowed(matter.status, roles) if say.has(f"do.{act.value}")]
    acts = [Button(say.plain(f"do.{act.value}"), f"act.{act.value}", matter.id) for act in offered]
    rows = [acts[n : n + PER_ROW] for n in range(0, len(acts), PER_ROW)]
    return [*rows, [Button(say.plain("card.more"), "mine.view", matter.id)]]


def timeline(history: Sequence[Happened], say: Speaker) -> str:
    """Every act in order, each with its moment, who did it, and the words that came with it."""
    return "\n".join(_line(event, say) for event in history)


def _chain(matter: Matter, say: Speaker) -> str:
    if matter.status in (Status.CLOSED, Status.WITHDRAWN):
        return say(f"card.chain_{matter.status.value}")
    reached = _stage(matter)
    marks = [
        say(
            "card.stage_done" if n < reached else "card.stage_now" if n == reached else "card.stage_next",
            stage=say.plain(f"stage.{stage.value}"),
        )
        for n, stage in enumerate(STAGES)
    ]
    return " → ".join(marks) + (say("card.waiting") if matter.status is Status.WAITING else "")


def _stage(matter: Matter) -> int:
    """How far along the order chain: a matter that waits for materials is with whoever accepted it."""
    if matter.status in STAGES:
        return STAGES.index(matter.status)
    return STAGES.index(Status.ACCEPTED if matter.status is Status.WAITING else Status.DISPATCHED)


def _who(matter: Matter, services: Services, say: Speaker) -> str:
    office = labels.office_name(services, say, matter.office)
    return say("card.who", office=office, name=matter.owner_name, reason=Raw(say.saying(matter.reason)))


def _for_whom(matter: Matter, services: Services, say: Speaker) -> str:
    lines = [say("card.answer", name=each[f"ask_{say.language}"], value=each["value"]) for each in matter.answers]
    if matter.concern.name:
        about = Saying(f"concern.{matter.concern.kind}_named", {"name": matter.concern.name})
        lines.insert(0, say("card.about", about=about))
    if matter.papers:
        lines.append(say("card.papers", n=matter.papers))
    reason = Raw(say.saying(matter.reason))
    return say("card.for_whom", name=matter.person_name, lines=Raw("\n".join(lines)), reason=reason)


def _when(matter: Matter, say: Speaker) -> str:
    if matter.status in (Status.CLOSED, Status.WITHDRAWN):
        return ""
    if matter.status is Status.DELIVERED:
        return say("card.delivered_at", at=matter.delivered_at or matter.filed_at)
    if matter.status is Status.WAITING:
        return say("card.paused")
    if matter.accepted_at is None:
        return say("card.by", accept=matter.accept_due, deliver=matter.deliver_due)
    return say("card.deliver_by", deliver=matter.deliver_due)


def _asked(matter: Matter, say: Speaker) -> str:
    return say("card.wanted", wanted=matter.wanted) if matter.wanted and matter.status is Status.WAITING else ""


def _result(matter: Matter, say: Speaker) -> str:
    parts = [say("card.result", result=matter.result)] if matter.result else []
    if matter.rating:
        parts.append(say("card.rating", stars="★" * matter.rating + "☆" * (5 - matter.rating)))
    return "\n".join(parts)


def _recent(history: Sequence[Happened], services: Services, say: Speaker) -> str:
    return "\n".join(_line(event, say) for event in history[-RECENT:])


def _line(event: Happened, say: Speaker) -> str:
    key = "card.event_words" if event.words else "card.event"
    shown = event.words if len(event.words) <= 200 else event.words[:199] + "…"
    what = say(f"did.{event.act.value}", actor=event.actor or say.plain("did.clock"))
    return say(key, at=event.at, what=Raw(what), words=shown)
