"""A machine that does anything anybody could do at the desk, in any order, and looks for a state that must not be.

Nothing open is ever without an owner at work and something planned for the promise that is open now; every act moves
the matter or is refused with a sentence that both languages have.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anybody import ROSTER, START, Anybody
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from db import migrate
from db.engine import Database
from db.schema.people import persons
from desk.rules.life import Act
from desk.seeding import seed

BY_HAND = [act for act in Act if act not in (Act.FILE, Act.ESCALATE, Act.LAPSE)]

some = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo's district in it, everybody of it in reach."""
    path = tmp_path_factory.mktemp("seeded") / "desk.db"

    async def make() -> None:
        await migrate.upgrade(f"sqlite:///{path}")
        database = await Database.open(f"sqlite:///{path}")
        async with database.write() as tx:
            await seed(tx, ROSTER, {}, START)
            for number in (await tx.execute(select(persons.c.id))).scalars().all():
                account = {"telegram_id": 7000 + number, "chat_id": 7000 + number}
                await tx.execute(persons.update().where(persons.c.id == number).values(**account))
        await database.close()

    asyncio.run(make())
    return path


class TheDesk(RuleBasedStateMachine):
    """Files, acts, absences, blocked chats, people who leave, and time."""

    seeded: Path
    scratch: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.runner.run(work)

    @initialize()
    def opens(self) -> None:
        shutil.copy(self.seeded, self.scratch)
        self.anybody = Anybody(self.runner.run(Database.open(f"sqlite:///{self.scratch}")))
        for n in range(3):
            self.files(n, n * 5, n)

    def teardown(self) -> None:
        if hasattr(self, "anybody"):
            self.run(self.anybody.database.close())
        self.runner.close()

    @rule(who=some, what=some, about=some)
    def files(self, who: int, what: int, about: int) -> None:
        self.run(self.anybody.files(who, what, about))

    @rule(clerk=some, who=some, what=some)
    def staff_prepare_one(self, clerk: int, who: int, what: int) -> None:
        """After a call: the cardholder has still to say yes."""
        self.run(self.anybody.prepares(clerk, who, what))

    @precondition(lambda self: self.anybody.filed)
    @rule(which=some, act=st.sampled_from(BY_HAND), who=some, where=some)
    def anybody_tries_anything(self, which: int, act: Act, who: int, where: int) -> None:
        """Mostly refused: the wrong person, the wrong moment."""
        self.run(self.anybody.acts(which, act, who, where))

    @precondition(lambda self: self.anybody.filed)
    @rule(which=some, choice=some, where=some)
    def somebody_does_what_is_theirs(self, which: int, choice: int, where: int) -> None:
        """One of the acts that is open to one of the people it belongs to."""
        self.run(self.anybody.acts(which, None, choice, where))

    @rule(hours=st.sampled_from([1, 5, 26, 74, 200, 1500]))
    def time_passes(self, hours: int) -> None:
        self.anybody.now += timedelta(hours=hours)
        self.run(self.anybody.fires())

    @rule(who=some, days=st.integers(0, 9), instead=some)
    def goes_away(self, who: int, days: int, instead: int) -> None:
        self.run(self.anybody.goes_away(who, days, instead))

    @rule(who=some, back=st.booleans())
    def blocks_the_bot(self, who: int, back: bool) -> None:
        self.run(self.anybody.blocks(who, back=back))

    @rule(who=some)
    def leaves_for_good(self, who: int) -> None:
        self.run(self.anybody.leaves(who))

    @invariant()
    def nothing_open_is_forgotten(self) -> None:
        if hasattr(self, "anybody"):
            self.run(self.anybody.look())


def test_no_way_through_the_desk_leads_to_a_matter_that_nobody_looks_after(seeded: Path, tmp_path: Path) -> None:
    machine = type("Machine", (TheDesk,), {"seeded": seeded, "scratch": tmp_path / "desk.db"})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("DESK_EXAMPLES", "12")),
            stateful_step_count=20,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
