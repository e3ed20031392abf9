"""Being away: staff say in their own chat until when and who stands in; open and new matters go to the deputy.

"Away until Friday, Wang stands in" is enough; what is not said is asked for by button. One press ends it early.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from desk.absences import Colleague
from desk.refusals import Refused
from desk.rules.authority import Power
from desk.rules.spans import read_span
from handlers import labels
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.paging import page
from handlers.turn import Turn
from words import Raw

JOURNEY = "away"
PER_ROW = 2


@needs(Power.AWAY)
async def away(turn: Turn) -> None:
    """`/away`, alone or with the days and the deputy behind it."""
    if turn.args:
        await _understand(turn, " ".join(turn.args))
        return
    lasting = await turn.desk.absences.of(turn.person)
    back = [[turn.button("away.back", "away.back")]] if lasting else []
    await turn.desk.drafts.keep(turn.person, JOURNEY, {})
    if lasting:
        stands = {"first": lasting.first, "last": lasting.last, "name": lasting.deputy or "—"}
        turn.reply("away.standing", **stands, buttons=[*back, [_cancel(turn)]])
    else:
        turn.reply("away.until_when", buttons=[[_cancel(turn)]])


@needs(Power.AWAY)
async def hear(turn: Turn) -> None:
    """The days, and perhaps the deputy, in the person's own words."""
    if not turn.text:
        raise Refused("away.words_please")
    await _understand(turn, turn.text)


@needs(Power.AWAY)
async def choose(turn: Turn) -> None:
    """The deputy was chosen."""
    first, last = await _days(turn)
    await _keep(turn, first, last, turn.arg)


@needs(Power.AWAY)
async def confirm(turn: Turn) -> None:
    """Yes: from the first day on the deputy has it all."""
    first, last = await _days(turn)
    async with turn.desk.all_or_nothing():
        moved = await turn.desk.absences.leave(turn.person, first, last, turn.arg)
    await turn.desk.drafts.drop(turn.person)
    deputy = await turn.desk.people.of_post(turn.arg)
    name = deputy.name if deputy else ""
    back = [[turn.button("away.back", "away.back")]]
    key = "away.done" if first <= turn.desk.today else "away.done_later"
    turn.show(key, first=first, last=last, name=name, n=moved.count, buttons=back)
    if deputy is not None:
        turn.notify(deputy, "away.you_stand_in", first=first, last=last, name=turn.person.name)


@needs(Power.AWAY)
async def back(turn: Turn) -> None:
    """Back early: new matters come here again; what is planned for later is named, for it stays."""
    await turn.desk.drafts.drop(turn.person)
    if not await turn.desk.absences.back(turn.person):
        turn.show("away.not_away")
    elif later := await turn.desk.absences.of(turn.person):
        turn.show("away.welcome_until", first=later.first, last=later.last)
    else:
        turn.show("away.welcome")


async def _understand(turn: Turn, said: str) -> None:
    """Days, then deputy; whoever is named must be a colleague, and only one of that name."""
    found = read_span(said, turn.desk.today)
    first, last = found.first or turn.desk.today, found.last
    if last is None:
        await turn.desk.drafts.keep(turn.person, JOURNEY, {})
        turn.reply("away.what_date", buttons=[[_cancel(turn)]])
        return
    if last < first or last < turn.desk.today:
        raise Refused("away.over")
    there = [each for each in await turn.desk.absences.colleagues(turn.person, first, last) if not each.away_until]
    named = [each for each in there if _is_named(each, found.rest)]
    if len(named) == 1:
        await _keep(turn, first, last, named[0].post_id)
        return
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"first": first.isoformat(), "last": last.isoformat()})
    _ask_whom(turn, there, first, last)


@needs(Power.AWAY)
async def leaf(turn: Turn) -> None:
    """Further on in the list of those who can stand in."""
    first, last = await _days(turn)
    there = [each for each in await turn.desk.absences.colleagues(turn.person, first, last) if not each.away_until]
    _ask_whom(turn, there, first, last)


def _ask_whom(turn: Turn, there: Sequence[Colleague], first: date, last: date) -> None:
    """Who stands in: the deputy first, then everybody else, a page at a time; a name can be written as well."""
    if not there:
        raise Refused("away.nobody")
    at = turn.arg if turn.pressed.action == "away.leaf" else 0
    shown, ways = page(there, at, lambda key, n: turn.button(key, "away.leaf", arg=n))
    people = [Button(_label(turn, each), "away.deputy", arg=each.post_id) for each in shown]
    rows = [people[:1], *(people[n : n + PER_ROW] for n in range(1, len(people), PER_ROW)), *ways]
    turn.show("away.who", first=first, last=last, buttons=[*rows, [_cancel(turn)]])


async def _keep(turn: Turn, first: date, last: date, deputy: int) -> None:
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"first": first.isoformat(), "last": last.isoformat()})
    name = await turn.desk.people.of_post(deputy)
    if name is None:
        raise Refused("away.not_a_colleague")
    sure = [turn.button("away.yes", "away.yes", arg=deputy)], [_cancel(turn)]
    there = name.chat_id is not None and name.reachable
    warning = "" if there else turn.say("away.not_here", name=name.name)
    turn.show("away.sure", first=first, last=last, name=name.name, warning=Raw(warning), buttons=sure)


async def _days(turn: Turn) -> tuple[date, date]:
    draft = await turn.desk.drafts.of(turn.person)
    state: dict[str, Any] = dict(draft.state) if draft and draft.journey == JOURNEY else {}
    if "last" not in state:
        raise Refused("filing.no_form")
    return date.fromisoformat(state["first"]), date.fromisoformat(state["last"])


def _is_named(each: Colleague, said: str) -> bool:
    """By full name, or by the family name that people say (王, 王科长, Wang)."""
    if not said:
        return False
    return each.name in said or said.casefold() in each.name.casefold() or (said[0] == each.name[0] and len(said) <= 4)


def _label(turn: Turn, each: Colleague) -> str:
    return f"{each.name} · {labels.office_name(turn.services, turn.say, each.office)}"


def _cancel(turn: Turn) -> Button:
    return turn.button("start.cancel", "start.cancel")


feature = Feature(
    commands=(Command("away", away, audience="staff"),),
    presses={"away.deputy": choose, "away.leaf": leaf, "away.yes": confirm, "away.back": back},
    listens={JOURNEY: hear},
)
