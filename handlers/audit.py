"""The auditor's report in the chat: who saw what and who did what, by person, matter or days; a page at a time.

For auditors alone, who are none of those who act. That it was read is written down, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from desk.ledger import Done
from desk.report import Line, Question, What
from desk.rules.authority import Power
from desk.rules.life import Act
from handlers import frames
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn
from words import Raw, Speaker

JOURNEY = "audit"
PAGE = 20
_NUMBER = re.compile(r"EY-\d{4}-\d{6}", re.IGNORECASE)
_ACTS = frozenset(act.value for act in Act)


@needs(Power.READ_AUDIT)
async def audit(turn: Turn) -> None:
    """`/audit`, alone or with a name, a matter's number, or a number of days."""
    said = " ".join(turn.args)
    state: dict[str, Any] = {}
    if _NUMBER.fullmatch(said):
        state["number"] = said.upper()
    elif said.isdecimal():
        state["days"] = min(int(said), 3650)
    elif said:
        state["person"] = await turn.desk.report.person_named(said)
    await turn.desk.drafts.keep(turn.person, JOURNEY, state)
    await turn.desk.ledger.note(Done.AUDIT_READ, turn.person.id, None, **state)
    await _show(turn, state, 0)


@needs(Power.READ_AUDIT)
async def page(turn: Turn) -> None:
    """Further back, or nearer again."""
    draft = await turn.desk.drafts.of(turn.person)
    await _show(turn, draft.state if draft and draft.journey == JOURNEY else {}, turn.arg)


@needs(Power.READ_AUDIT)
async def hear(turn: Turn) -> None:
    """A name, a number or days, written after the report."""
    turn.args = tuple(turn.text.split())
    await audit.run(turn)


async def _show(turn: Turn, state: Mapping[str, Any], at: int) -> None:
    since = turn.desk.now - timedelta(days=state["days"]) if "days" in state else None
    asked = Question(state.get("person"), state.get("number"), since)
    found = await turn.desk.report.lines(asked, limit=PAGE + 1, offset=at * PAGE)
    lines = [line_of(turn.say, each) for each in found[:PAGE]]
    ways = [turn.button("report.newer", "audit.page", arg=at - 1)] if at else []
    ways += [turn.button("report.older", "audit.page", arg=at + 1)] if len(found) > PAGE else []
    text = "\n".join(frames.cut(line, 150) for line in lines) or turn.say.plain("report.nothing")
    turn.show("report.page", lines=Raw(turn.say("report.text", text=text)), buttons=[ways])


def line_of(say: Speaker, line: Line) -> str:
    """One line of the report, as plain text."""
    name = _name(say, line)
    facts = " ".join(_fact(say, key, value) for key, value in line.facts.items() if not isinstance(value, dict))
    who = line.who or say.plain("report.service")
    about = "".join(f" {part}" for part in (line.number, facts) if part)
    return say.plain(f"report.{line.what.value}", at=line.at, who=who, act=name, about=about, n=line.times)


def _fact(say: Speaker, name: str, value: object) -> str:
    """One of the facts of an office's act, in words where there are some."""
    keys = (f"report.{name}_{value}", f"second.{name}_{value}")
    known = next((say.plain(key) for key in keys if say.has(key)), str(value))
    return say.plain(f"report.fact_{name}", value=known) if say.has(f"report.fact_{name}") else f"{name}={known}"


def _name(say: Speaker, line: Line) -> str:
    """What was done, in the reader's language."""
    match line.what:
        case What.SAW:
            return say.plain(f"look.{line.act}")
        case What.OFFICE:
            return say.plain(f"ledger.{line.act}")
        case What.REFUSED if line.act not in _ACTS:
            return say.plain(f"power.{line.act}")
        case _:
            return say.plain(f"life.act_{line.act}")


feature = Feature(
    commands=(Command("audit", audit, audience="staff"),),
    presses={"audit.page": page},
    listens={JOURNEY: hear},
)
