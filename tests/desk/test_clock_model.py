"""The clock against a model of it: thousands of deadlines, three workers, crashes, outages and a clock that jumps.

What fires is exactly what the model says, none of it early and none of it twice, and what has no end is set again.
`CLOCK_MATTERS=2000` runs it at full size; the usual size keeps the test-suite quick.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from clock_crew import Crew, a_crew, fired
from clock_model import START, Office, name_of
from databases import Opener
from jumping_clock import JumpingClock
from sqlalchemy import select

from db.schema.queues import timers
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.house import House

MATTERS = int(os.environ.get("CLOCK_MATTERS", "80"))
DAYS = 30
DESK = Path(__file__).parents[2] / "desk"
LEASE_OVER = 61.0
OUTAGE = timedelta(hours=12)


@pytest.mark.timeout(1800 if MATTERS > 500 else 120)
async def test_what_fires_is_what_the_model_says_however_the_machine_behaves(open_database: Opener) -> None:
    rng = random.Random(20261102)
    clock = JumpingClock(START)
    house = House(
        Catalogue.load(DESK / "categories.yaml", DESK / "offices.yaml"),
        Workdays.load(DESK / "calendar.yaml").calendar(),
    )
    office = Office(house, await open_database(), clock, rng)
    await office.open(fired.metadata)
    async with a_crew(open_database, office) as crew:
        troubles = await _a_month(office, crew)
    await _compare(office)
    assert len(office.matters) == MATTERS
    assert troubles.keys() == {"crash", "restart", "forward", "back", "outage"}


async def _a_month(office: Office, crew: Crew) -> Counter[str]:
    """Matters come in, people act, the machine has its troubles, until the month is over."""
    clock, rng = office.clock, office.rng
    troubles: Counter[str] = Counter()
    steps = DAYS * 8
    for step in range(steps):
        clock.passes(rng.uniform(0.5, 5.5) * 3600)
        trouble = "outage" if step == steps // 2 else _some_trouble(rng)
        troubles[trouble] += 1
        await _goes_through(trouble, clock, crew)
        if step % 2:  # people act while the workers still have much to do
            await _people(office, step)
        await crew.settles()
        office.model.settled(clock.now())
        if not step % 2:
            await _people(office, step)
    clock.passes(30 * 86400.0)
    await crew.settles()
    office.model.settled(clock.now())
    del troubles["none"]
    return troubles


async def _people(office: Office, step: int) -> None:
    """File, in the first two thirds of the month, and act on what is open."""
    due = MATTERS * min(3 * step // 2 + 3, DAYS * 8) // (DAYS * 8)
    await office.files(max(due - len(office.matters), 0))
    for number in office.rng.sample(sorted(office.matters), k=min(len(office.matters), MATTERS // 60 + 1)):
        await office.acts_on(number)


def _some_trouble(rng: random.Random) -> str:
    kinds = ("none", "crash", "restart", "forward", "back")
    return rng.choices(kinds, (20, 2, 1, 1, 1))[0]


async def _goes_through(trouble: str, clock: JumpingClock, crew: Crew) -> None:
    match trouble:
        case "crash":
            await crew.crash()
            clock.passes(LEASE_OVER)
            await crew.start()
        case "restart":
            await crew.stop()
            await crew.start()
        case "forward" | "back":
            clock.jump(timedelta(hours=1 if trouble == "forward" else -1))
        case "outage":
            await crew.stop()
            clock.passes(OUTAGE.total_seconds())
            await crew.start()


async def _compare(office: Office) -> None:
    async with office.database.read() as tx:
        done = (await tx.execute(select(fired))).all()
        rows = (await tx.execute(select(timers))).all()
    assert Counter((row.matter_id, row.name) for row in done) == office.model.fired
    assert {row.state for row in rows} <= {"done", "superseded", "due"}
    ahead = Counter((row.matter_id, name_of(row.kind, row.body)) for row in rows if row.state == "due")
    assert ahead == Counter((matter, name) for matter, left in office.model.planned.items() for name, _n in left)
    ended = [row for row in rows if row.state == "done"]
    assert len(ended) == len(done)
    assert [row.dedupe for row in ended if row.done_at < row.due_at] == []
    assert len(done) > MATTERS * 3
