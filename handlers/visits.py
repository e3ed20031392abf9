"""The run-team's log: a member sees the teams they follow, plans a visit, writes down one that was made, files from it.

For run-team members; a team that somebody else follows answers as one that is not theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from desk.filing import Upload
from desk.refusals import Refused
from desk.rules.answers import Wanted, parse
from desk.rules.authority import Power
from desk.visits import Followed
from handlers import frames
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.matter_turn import uploads_of
from handlers.paging import page
from handlers.turn import Turn
from words import Raw

PLANNING, LOGGING = "visits.plan", "visits.log"
SOON = (1, 2, 3, 7)
"""Days ahead that have a button of their own."""
SHOWN = 300
MEMBERS = 6
TOGETHER = timedelta(seconds=1.5)


@needs(Power.VISITS)
async def list_teams(turn: Turn) -> None:
    """The teams I follow, the one longest without contact first, a page at a time."""
    teams = await turn.desk.visits.followed_by(turn.person)
    if not teams:
        turn.show("visits.none")
        return
    shown, ways = page(teams, turn.arg, lambda key, n: turn.button(key, "visits.list", arg=n))
    lines = [_line(turn, team) for team in shown]
    rows = [[Button(team.name.of(turn.say.language), "visits.team", team.id)] for team in shown]
    turn.show("visits.list", n=len(teams), lines=Raw("\n".join(lines)), buttons=[*rows, *ways])


@needs(Power.VISITS)
async def show_team(turn: Turn) -> None:
    """One team: the last visits, and what can be done."""
    team = await turn.desk.visits.team(turn.person, turn.subject)
    visits = await turn.desk.visits.made(team.id)
    made = [
        turn.say("visits.made", at=each.at, by=each.by, words=frames.cut(each.words, SHOWN), n=len(each.files))
        for each in visits
    ]
    files_too = [turn.button("visits.files", "visits.files", team.id)] if any(each.files for each in visits) else []
    lines = "\n".join(made) or turn.say("visits.never")
    rows = [
        [
            turn.button("visits.log", "visits.log", team.id),
            turn.button("visits.plan", "visits.plan", team.id),
        ],
        [*files_too, turn.button("visits.all", "visits.list")],
    ]
    turn.show("visits.team", team=Raw(_line(turn, team)), lines=Raw(lines), buttons=[*await _filing(turn, team), *rows])


@needs(Power.VISITS)
async def files(turn: Turn) -> None:
    """The files of the last visits, sent again by Telegram's own copies."""
    team = await turn.desk.visits.team(turn.person, turn.subject)
    found = [(visit, file) for visit in await turn.desk.visits.made(team.id) for file in visit.files]
    if not found:
        turn.toast("visits.no_files")
        return
    for visit, file in found[:20]:
        turn.send_file(file.kind, file.file_id, turn.say("visits.file", at=visit.at, by=visit.by))


@needs(Power.VISITS)
async def ask_day(turn: Turn) -> None:
    """When will the visit be?"""
    team = await turn.desk.visits.team(turn.person, turn.subject)
    await turn.desk.drafts.keep(turn.person, PLANNING, {"team": team.id})
    days = [turn.desk.today + timedelta(days=n) for n in SOON]
    buttons = [Button(turn.say.day(day), "visits.on", team.id, day.toordinal()) for day in days]
    rows = [buttons[:2], buttons[2:], [turn.button("start.cancel", "start.cancel")]]
    turn.show("visits.when", name=team.name, buttons=rows)


@needs(Power.VISITS)
async def on_day(turn: Turn) -> None:
    """One of the offered days."""
    await _plan(turn, turn.subject, date.fromordinal(turn.arg))


@needs(Power.VISITS)
async def hear_day(turn: Turn) -> None:
    """A day in their own words.

    Raises:
        Refused: it cannot be read as a day, or is past; the question stays open.
    """
    draft = await turn.desk.drafts.of(turn.person)
    said = parse(Wanted("date"), turn.text, turn.desk.today, turn.say.language)
    if draft is not None and isinstance(said.value, date):
        await _plan(turn, draft.state["team"], said.value)


async def _plan(turn: Turn, team_id: int, day: date) -> None:
    team = await turn.desk.visits.team(turn.person, team_id)
    await turn.desk.visits.plan(team, day)
    await turn.desk.drafts.drop(turn.person)
    turn.show("visits.planned", name=team.name, day=day, buttons=[[turn.button("visits.all", "visits.list")]])


@needs(Power.VISITS)
async def ask_log(turn: Turn) -> None:
    """What came of the visit?"""
    team = await turn.desk.visits.team(turn.person, turn.subject)
    await turn.desk.drafts.keep(turn.person, LOGGING, {"team": team.id, "words": "", "uploads": []})
    turn.show("visits.what", name=team.name, buttons=[[turn.button("start.cancel", "start.cancel")]])


@needs(Power.VISITS)
async def hear_log(turn: Turn) -> None:
    """Words and files, as many as there are; one answer for an album."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or not (turn.text or turn.incoming.attachments):
        raise Refused("words_for.nothing")
    team = await turn.desk.visits.team(turn.person, draft.state["team"])
    words = "\n".join(part for part in (draft.state["words"], turn.text) if part)
    uploads = [*draft.state["uploads"], *(asdict(upload) for upload in uploads_of(turn))]
    await turn.desk.drafts.keep(turn.person, LOGGING, {"team": team.id, "words": words, "uploads": uploads})
    turn.hold_back(f"visit:{turn.person.id}", TOGETHER if turn.incoming.attachments else timedelta())
    rows = [[turn.button("visits.save", "visits.save", team.id)], [turn.button("start.cancel", "start.cancel")]]
    turn.reply("visits.so_far", words=frames.cut(words, SHOWN) or "—", n=len(uploads), buttons=rows)


@needs(Power.VISITS)
async def save(turn: Turn) -> None:
    """Write the visit down."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != LOGGING:
        turn.toast("visits.saved_already", alert=True)
        return
    team = await turn.desk.visits.team(turn.person, draft.state["team"])
    await turn.desk.visits.log(team, draft.state["words"], _uploads(draft.state))
    await turn.desk.drafts.drop(turn.person)
    rows = [
        *await _filing(turn, team),
        [turn.button("visits.plan_next", "visits.plan", team.id), turn.button("visits.all", "visits.list")],
    ]
    turn.show("visits.saved", name=team.name, buttons=rows)


def _line(turn: Turn, team: Followed) -> str:
    late = "visits.late" if team.due <= turn.desk.now else "visits.in_time"
    last = turn.say("visits.last", at=team.last) if team.last else turn.say("visits.no_contact")
    plan = turn.say("visits.next", day=team.planned) if team.planned else ""
    return turn.say(late, name=team.name, last=Raw(last), plan=Raw(plan), due=team.due)


async def _filing(turn: Turn, team: Followed) -> list[list[Button]]:
    """A matter born from a visit is prepared for a cardholder of the team, who confirms it."""
    members = await turn.desk.visits.members(team)
    return [[turn.button("visits.file_for", "behalf.for", person, name=name)] for person, name in members[:MEMBERS]]


def _uploads(state: Mapping[str, Any]) -> list[Upload]:
    return [Upload(**upload) for upload in state["uploads"]]


feature = Feature(
    commands=(Command("visits", list_teams, audience="staff"),),
    presses={
        "visits.list": list_teams,
        "visits.team": show_team,
        "visits.files": files,
        "visits.plan": ask_day,
        "visits.on": on_day,
        "visits.log": ask_log,
        "visits.save": save,
    },
    listens={PLANNING: hear_day, LOGGING: hear_log},
)
