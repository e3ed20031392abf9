"""The status card: one message per matter and person, edited in place, showing only what is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from desk.answers import answer_in
from desk.rules.life import Act, Role, Status
from desk.views import Happened, Matter
from handlers import frames, labels
from handlers.buttons import Button
from handlers.parts import part_line
from handlers.services import Services
from words import Raw, Saying, Speaker

STAGES = (Status.FILED, Status.DISPATCHED, Status.ACCEPTED, Status.DELIVERED)
"""点单 → 派单 → 接单 → 送单."""

OVER = frozenset({Status.CLOSED, Status.WITHDRAWN})
"""Nobody works on it any more: why it went to whom is history, and stands there."""

BEGINS = frozenset({Act.FILE, Act.PREPARE})

PER_ROW = 2
RECENT = 4
LONGEST_WORDS, LONGEST_RESULT, LONGEST_ANSWERS = 200, 400, 2000
"""In UTF-16 units: so much of what people wrote stands on a card, which has to fit in one message."""

_SHORTER = ((RECENT, LONGEST_ANSWERS), (2, LONGEST_ANSWERS), (0, LONGEST_ANSWERS), (0, LONGEST_ANSWERS // 4))
"""Latest acts, and room for answers: the first pair that fits is taken."""


def text(matter: Matter, history: Sequence[Happened], roles: frozenset[Role], services: Services, say: Speaker) -> str:
    """The card's HTML as this reader may see it; what does not fit into one message is left to the history."""
    for recent, room in _SHORTER:
        latest = history[len(history) - min(recent, len(history)) :]
        whole = _text(matter, history, latest, room, roles, services, say)
        if frames.units(frames.visible(whole)) <= frames.MESSAGE:
            break
    return whole


def _text(
    matter: Matter,
    history: Sequence[Happened],
    recent: Sequence[Happened],
    room: int,
    roles: frozenset[Role],
    services: Services,
    say: Speaker,
) -> str:
    mine = Role.CARDHOLDER in roles
    parts = [
        say("card.title", number=matter.number, category=labels.category_name(services, say, matter.category)),
        chain(matter, say, mine=mine),
        _who(matter, room, services, say) if mine else _for_whom(matter, room, services, say),
        _request(history, recent, say),
        when(matter, say, mine=mine),
        _extension(matter, say),
        _parts(matter, services, say),
        _asked(matter, say),
        _result(matter, say),
        "\n".join(_line(event, roles, services, say) for event in recent),
    ]
    return "\n\n".join(part for part in parts if part)


def buttons(matter: Matter, offered: Sequence[Act], say: Speaker) -> list[list[Button]]:
    """What this reader may do now; `offered` as the table of the matter's life allows."""
    acts = [
        Button(do_name(act, matter.status, say), f"act.{act.value}", matter.id)
        for act in offered
        if say.has(f"do.{act.value}")
    ]
    rows = [acts[n : n + PER_ROW] for n in range(0, len(acts), PER_ROW)]
    return [*rows, [Button(say.plain("card.more"), "mine.view", matter.id)]]


def do_name(act: Act, status: Status, say: Speaker) -> str:
    """What an act's button reads: some say more precisely what they do in this status."""
    special = {(Act.DELIVER, Status.DELIVERED): "deliver_again", (Act.WITHDRAW, Status.DRAFT): "withdraw_draft"}
    return say.plain(f"do.{special.get((act, status), act.value)}")


def gone(matter: Matter, say: Speaker) -> str:
    """The card of somebody who has nothing to do with the matter any more."""
    return say("card.gone", number=matter.number)


def timeline(history: Sequence[Happened], roles: frozenset[Role], services: Services, say: Speaker) -> list[str]:
    """Every act in order, a line each, with its moment, who did it, and the words that came with it."""
    return [_line(event, roles, services, say) for event in history]


def chain(matter: Matter, say: Speaker, *, mine: bool = False) -> str:
    """How far the matter is along 点单 → 派单 → 接单 → 送单; `mine`: the cardholder reads it."""
    if matter.status in OVER | {Status.DRAFT}:
        return say(f"card.chain_{matter.status.value}")
    reached = stage(matter)
    marks = [
        say(
            "card.stage_done" if n < reached else "card.stage_now" if n == reached else "card.stage_next",
            stage=say.plain(f"stage.{stage.value}"),
        )
        for n, stage in enumerate(STAGES)
    ]
    waiting = say("card.waiting_mine" if mine else "card.waiting") if matter.status is Status.WAITING else ""
    return " → ".join(marks) + waiting


def stage(matter: Matter) -> int:
    """How far along the order chain: a matter that waits for materials is with whoever accepted it."""
    if matter.status in STAGES:
        return STAGES.index(matter.status)
    return STAGES.index(Status.ACCEPTED if matter.status is Status.WAITING else Status.DISPATCHED)


def _who(matter: Matter, room: int, services: Services, say: Speaker) -> str:
    office = labels.office_name(services, say, matter.office)
    name = labels.shown_name(services, say, matter.owner_name, matter.office)
    if matter.status is Status.DRAFT:
        return say("card.draft", office=office, name=name) + "\n\n" + _answers(matter, room, say)
    if matter.status in OVER:
        return say("card.who_over", office=office, name=name)
    reason = labels.shown_reason(services, say, matter.reason, matter.office)
    return say("card.who", office=office, name=name, reason=Raw(say.saying(reason)))


def _for_whom(matter: Matter, room: int, services: Services, say: Speaker) -> str:
    lines = [said] if (said := _answers(matter, room, say)) else []
    if matter.concern.name:
        about = Saying(f"concern.{matter.concern.kind}_named", {"name": matter.concern.name})
        lines.insert(0, say("card.about", about=about))
    if matter.papers:
        lines.append(say("card.papers", n=matter.papers))
    about_them = {"name": labels.holder(say, matter), "lines": Raw("\n".join(lines))}
    if matter.status in OVER:
        return say("card.for_whom_over", **about_them)
    return say("card.for_whom", **about_them, reason=Raw(say.saying(matter.reason)))


def long_answers(matter: Matter, say: Speaker) -> list[str]:
    """The answers that a card has no room for, each in full, in pieces that fit in a message."""
    return [
        say("card.answer", name=each[f"ask_{say.language}"], value=piece)
        for each in matter.answers
        if frames.units(answer_in(say.language, each)) > _room(matter)
        for piece in frames.split(answer_in(say.language, each), frames.MESSAGE // 2, frames.MESSAGE // 2)
    ]


def _answers(matter: Matter, room: int, say: Speaker) -> str:
    most = room // max(len(matter.answers), 1)
    return "\n".join(
        say("card.answer", name=each[f"ask_{say.language}"], value=frames.cut(answer_in(say.language, each), most))
        for each in matter.answers
        if each["value"]
    )


def _room(matter: Matter) -> int:
    return LONGEST_ANSWERS // max(len(matter.answers), 1)


def _request(history: Sequence[Happened], recent: Sequence[Happened], say: Speaker) -> str:
    """What the matter began with stays in sight, however much happens after it."""
    first = next((event for event in history if event.act in BEGINS and event.words), None)
    if first is None or first in recent:
        return ""
    return say("card.request", words=frames.cut(first.words, LONGEST_WORDS))


def _extension(matter: Matter, say: Speaker) -> str:
    return say("card.extension", until=matter.extension.to) if matter.extension else ""


def _parts(matter: Matter, services: Services, say: Speaker) -> str:
    """The parts of further departments, while somebody still works on the matter."""
    if not matter.steps or matter.status in OVER:
        return ""
    lines = [part_line(services, say, matter, step) for step in matter.steps]
    return say("card.steps", steps=Raw("\n".join(lines)))


def when(matter: Matter, say: Speaker, *, mine: bool) -> str:
    """By when it is to be accepted or solved, or what it waits for; nothing of one that is over."""
    if matter.status in OVER | {Status.DRAFT}:
        return ""
    if matter.status is Status.DELIVERED:
        return say("card.delivered_mine" if mine else "card.delivered_at", at=matter.delivered_at or matter.filed_at)
    if matter.status is Status.WAITING:
        return say("card.paused")
    if matter.accepted_at is None:
        return say("card.by", accept=matter.accept_due, deliver=matter.deliver_due)
    return say("card.deliver_by", deliver=matter.deliver_due)


def _asked(matter: Matter, say: Speaker) -> str:
    return (
        say("card.wanted", wanted=frames.cut(matter.wanted, LONGEST_RESULT))
        if matter.wanted and matter.status is Status.WAITING
        else ""
    )


def _result(matter: Matter, say: Speaker) -> str:
    parts = [say("card.result", result=frames.cut(matter.result, LONGEST_RESULT))] if matter.result else []
    if matter.rating:
        parts.append(say("card.rating", stars="★" * matter.rating + "☆" * (5 - matter.rating)))
    return "\n".join(parts)


def did(event: Happened) -> str:
    """The sentence that says what was done."""
    by_hand = event.act is Act.ESCALATE and event.actor_id is not None
    how = "edited" if "edits" in event.facts else "escalate_by_hand" if by_hand else event.act.value
    return f"did.{how}"


def _line(event: Happened, roles: frozenset[Role], services: Services, say: Speaker) -> str:
    words = frames.cut(event.words, LONGEST_WORDS)
    if event.kind != "text":
        words = f"{say.plain(f'relay.kind_{event.kind}')} {words}".strip()
    actor = labels.actor(say, event)
    if event.office and Role.CARDHOLDER in roles:
        actor = labels.shown_name(services, say, actor, event.office)
    what = say(did(event), actor=actor)
    return say("card.event_words" if words else "card.event", at=event.at, what=Raw(what), words=words)
