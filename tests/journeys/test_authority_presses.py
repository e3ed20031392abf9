"""Forged, foreign, replayed and outdated presses through the real webhook: nothing comes of any of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from district import District, open_district
from filed import files
from ports import free_port
from room_clock import RoomClock
from sqlalchemy import func, select

from db.schema.authority import refused
from db.schema.matters import events, matters
from desk.rules.life import Act, Status
from handlers.journeys import ACTIONS
from handlers.token import Tokens
from sandbox import Sandbox

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on which database it is."""

FORGED = 300


def forged(district: District, chance: random.Random, matter_id: int) -> str:
    """A button about this matter that was not made for 杨帆: another's, of a former secret, altered, or invented."""
    ours, user = district.parts.services.tokens, district.talent.id
    action = chance.choice([f"act.{act.value}" for act in Act if f"act.{act.value}" in ACTIONS])
    anothers = ours.seal(district.department.id, action, matter_id)
    former = Tokens(b"the secret before the present one", ACTIONS).seal(user, action, matter_id)
    at = chance.randrange(len(anothers))
    altered = anothers[:at] + chance.choice("Aa0_") + anothers[at + 1 :]
    return chance.choice((anothers, former, altered, anothers[::-1], f"act.{action}:{matter_id}"))


@ON_SQLITE
async def test_hundreds_of_forged_presses_over_the_webhook_do_nothing_and_are_written_down(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    port = free_port()
    by_webhook = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    async with open_district(tmp_path, database_url, sandbox, clock, **by_webhook) as district:
        await district.begins("talent", "department")
        matter = await files(district)
        before, owed = await state(district), len(district.talent.messages)
        chance = random.Random(6)
        for _ in range(FORGED):
            await district.talent.presses_data(forged(district, chance, matter.id), district.talent.last)
        await district.settles()
        assert await state(district) == before
        assert len(district.talent.messages) == owed
        assert set(district.talent.toasts) == {"这个按钮已经失效了，请用最新的一条消息。"}
        assert await written_down(district) == FORGED


async def test_a_replayed_press_is_harmless(district: District) -> None:
    department = district.department
    matter = await files(district, category="school", concern="person")
    holder = next(p for p in (district.liaison, department) if p.sees(matter.number))
    card = next(message for message in reversed(holder.messages) if message.inline and matter.number in message.text)
    accept = next(b["callback_data"] for row in card.inline for b in row if "接单" in b["text"])
    for _ in range(3):
        await holder.presses_data(accept, card)
        await district.settles()
    assert [("已经办过这一步了" in toast) for toast in holder.toasts[-2:]] == [True, True]
    async with district.parts.database.read() as tx:
        accepted = select(func.count()).where(events.c.act == Act.ACCEPT.value)
        assert await tx.scalar(accepted) == 1
        assert await tx.scalar(select(matters.c.status)) == Status.ACCEPTED.value


@ON_SQLITE
async def test_an_own_button_about_anothers_matter_answers_as_if_there_were_none(district: District) -> None:
    matter = await files(district)
    seal, department = district.parts.services.tokens.seal, district.run_team
    for subject in (matter.id, 999):
        await department.presses_data(seal(department.id, "mine.view", subject), department.last)
        await district.settles()
    assert department.toasts[-2:] == ["没有找到这件事。"] * 2
    assert await written_down(district) == 2


async def state(district: District) -> list[object]:
    """All that acts on matters change."""
    async with district.parts.database.read() as tx:
        rows = (await tx.execute(select(matters.c.status, matters.c.owner_id, matters.c.rating))).all()
        return [*rows, await tx.scalar(select(func.count()).select_from(events))]


async def written_down(district: District) -> int:
    """How many refusals were counted."""
    async with district.parts.database.read() as tx:
        return int(await tx.scalar(select(func.sum(refused.c.times))))
