"""Each act that a person may do on a matter, by button and by command, in Chinese and in English.

The acts come from the table of a matter's life: one that is added there and has no way in, or no line here, fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from colleagues import joins
from databases import SPOKEN
from district import District
from filed import files
from test_life_refusals import history

from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Filing
from desk.rules.life import TRANSITIONS, Act, Role
from desk.views import Matter
from handlers import cards, settle
from handlers.do import STEPS
from sandbox import Person
from words import LANGUAGES, Words

WORDS = Words.load()
BY_PEOPLE = frozenset(act for (_, act), move in TRANSITIONS.items() if move.who - {Role.CLOCK})
TAKEN, GIVEN = (("liaison", Act.ACCEPT),), (("liaison", Act.ACCEPT), ("liaison", Act.DELIVER))
WAITS = (*TAKEN, ("liaison", Act.ASK))
ASKED = (*TAKEN, ("liaison", Act.EXTEND))
CLOSED = (*GIVEN, ("talent", Act.CONFIRM))
BACK = (("liaison", Act.RETURN),)
REASON = "写一句"
"""What is said where words are wanted."""


@dataclass(frozen=True)
class How:
    """How one act goes: after which others, by whom, and what is said or pressed after its button or its command.

    A step is words to say, or behind > the label of a button.
    """

    who: str
    after: Sequence[tuple[str, Act]] = ()
    then: Sequence[str] = ()
    category: str = "school"


HOW: dict[Act, How] = {
    Act.DISPATCH: How("admin", BACK, (">office",)),
    Act.ACCEPT: How("liaison"),
    Act.DELIVER: How("liaison", TAKEN, (REASON,)),
    Act.STEP_TAKE: How("yin_zi", category="award"),
    Act.STEP_DONE: How("yin_zi", then=(REASON,), category="award"),
    Act.ASK: How("liaison", TAKEN, (REASON,)),
    Act.SUPPLY: How("talent", WAITS, (REASON,)),
    Act.RETURN: How("liaison", (), (REASON,)),
    Act.TRANSFER: How("liaison", (), (">office", ">江禾", REASON)),
    Act.EXTEND: How("liaison", TAKEN, ("2026-12-04", REASON)),
    Act.GRANT: How("admin", ASKED),
    Act.REFUSE_EXTENSION: How("admin", ASKED, (REASON,)),
    Act.CONFIRM: How("talent", GIVEN, (">5★",)),
    Act.DISPUTE: How("talent", GIVEN, (REASON,)),
    Act.RATE: How("talent", (*GIVEN, ("clock", Act.LAPSE)), (">4★",)),
    Act.SAY: How("liaison", (), (REASON,)),
    Act.NOTE: How("liaison", (), (REASON,)),
    Act.URGE: How("talent"),
    Act.WITHDRAW: How("talent", (), (">sure",)),
    Act.REOPEN: How("talent", CLOSED, (REASON,)),
    Act.ESCALATE: How("admin", (*BACK, ("admin", Act.DISPATCH))),
    Act.FILE: How("talent"),
}
LABELS = {"office": ("教育主管部门", "Education department"), "sure": ("撤回", "Withdraw")}


def test_every_act_that_a_person_may_do_has_a_button_a_command_and_a_journey_here() -> None:
    for act in BY_PEOPLE:
        assert f"act.{act.value}" in STEPS, f"{act} can be reached by no button and no command"
        for language in LANGUAGES:
            assert WORDS.speaker(language).has(f"do.{act.value}")
            assert WORDS.speaker(language).has(f"life.act_{act.value}")
    assert set(HOW) == BY_PEOPLE


@SPOKEN
@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_act_goes_by_button_and_by_command(district: District, language: str) -> None:
    """On one database Chinese presses and English types, on the other it is the other way round."""
    by_button = (language == "zh") == (district.parts.database.kind == "sqlite")
    await joins(district, "yin_zi")
    await _all_speak(district, language)
    for act, how in HOW.items():
        matter = await (_prepared(district) if act is Act.FILE else files(district, category=how.category))
        matter = await _walk(district, matter, how.after)
        person = district.sandbox.people[how.who]
        if by_button:
            await _presses(person, act, matter, language)
        else:
            await person.says(f"/do {matter.number} {WORDS.speaker(language).plain(f'life.act_{act.value}')}")
        for step in how.then:
            await district.settles()
            await _next(person, step, language)
        await district.settles()
        assert act in await history(district, matter.id), f"{act} did not happen: {person.messages[-3:]}"


async def _presses(person: Person, act: Act, matter: Matter, language: str) -> None:
    """On the newest message about this matter that has the act's button."""
    name = cards.do_name(act, matter.status, WORDS.speaker(language))
    about = (message for message in reversed(person.messages) if matter.number in message.text)
    shown = next((each for each in about if any(name in row for row in each.buttons)), None)
    assert shown is not None, f"{person.account.key} has no button {name!r}: {person.messages[-3:]}"
    await person.presses(name, on=shown)


async def _next(person: Person, step: str, language: str) -> None:
    if step.startswith(">"):
        name = step.removeprefix(">")
        await person.presses(LABELS[name][LANGUAGES.index(language)] if name in LABELS else name)
    else:
        await person.says(step)


async def _all_speak(district: District, language: str) -> None:
    services = district.parts.services
    async with district.parts.database.write() as tx:
        desk = Desk(tx, services.house, district.clock.now())
        for who in dict.fromkeys(how.who for how in HOW.values()):
            person = await desk.people.of_account(district.sandbox.people[who].id)
            assert person is not None
            await desk.people.choose_language(person, language)
            await desk.people.agree(person, services.consent_version, person.name)


async def _prepared(district: District) -> Matter:
    """What the liaison filled in for the talent after a call."""
    services = district.parts.services
    async with district.parts.database.write() as tx:
        desk = Desk(tx, services.house, district.clock.now())
        clerk = await desk.people.of_account(district.liaison.id)
        holder = await desk.people.of_account(district.talent.id)
        assert clerk is not None
        assert holder is not None
        matter = await desk.behalf.prepare(clerk, holder, Filing(category="school", words="电话里说的"))
        await settle.settle_desk(desk, services)
    await district.settles()
    return matter


async def _walk(district: District, matter: Matter, road: Sequence[tuple[str, Act]]) -> Matter:
    """The matter after these acts, behind the scenes; everybody's cards are fresh."""
    services = district.parts.services
    for who, act in road:
        async with district.parts.database.write() as tx:
            desk = Desk(tx, services.house, district.clock.now())
            if who == "clock":
                matter = await desk.matters.by_clock(matter, act, {})
            else:
                person = await desk.people.of_account(district.sandbox.people[who].id)
                assert person is not None
                deed = Deed("理由", rating=5, to_office="education", until=district.clock.now() + timedelta(days=11))
                matter = await desk.matters.act(matter, act, person, standing.roles(person, matter), deed)
            await settle.settle_desk(desk, services)
    await district.settles()
    return matter
