"""A bot dies at the first boundary of a step, at the second … until it passes: nothing is lost, nothing done twice.

On PostgreSQL, where each fresh process has to open its connections, the short form takes every `STRIDE`-th boundary and
begins one further each day, so that so many days see them all; `DRILL_DAY=n` gives a day again. A long form that was
interrupted goes on with `DRILL_FROM=n`.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from killed_journeys import CONSENT, JOURNEYS, Journey
from machine import FULL
from mortal_bot import Scene, mortal_bot
from small_book import write_small_book

KINDS = {"statement", "commit", "committed", "call", "answered", "200"}
STRIDE = 10
FIRST = int(os.environ.get("DRILL_FROM", 1))
DAY = int(os.environ.get("DRILL_DAY", datetime.now(UTC).toordinal()))


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db"
        return
    server: str = request.getfixturevalue("postgres_server")
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE boundaries")
    yield server.replace("/postgres?", "/boundaries?")
    await connection.execute("DROP DATABASE boundaries WITH (FORCE)")
    await connection.close()


async def goes_through(scene: Scene, journey: Journey, passed: set[int], boundary: int = 0) -> list[str]:
    """The journey once; each step that has not passed yet dies at this boundary, or passes."""
    scene.turn += 1
    for step in journey.before:
        await scene.does(step)
    for position, step in enumerate(journey.steps):
        if position in passed:
            await scene.does(step)
        elif not await scene.dies_of(boundary, step):
            passed.add(position)
    acts = await scene.acts()
    for step in journey.after:
        await scene.does(step)
    await scene.remember()
    escalations = [facts for act, facts in acts if act == "escalate"]
    assert len(set(escalations)) == len(escalations)
    return [act for act, _ in acts if act != "escalate"] + ["escalate"] * bool(escalations)


@pytest.mark.timeout(36_000 if FULL else 1800)
@pytest.mark.parametrize("name", JOURNEYS if FULL else ["file"])
async def test_a_journey_killed_at_every_boundary_is_completed(name: str, url: str, tmp_path: Path) -> None:
    journey, began = JOURNEYS[name], time.process_time()
    folder = write_small_book(tmp_path / "faq")
    async with mortal_bot(tmp_path, url, DESK_FAQ=str(folder)) as scene:
        for who in scene.sandbox.people.values():
            await who.start()
        for step in CONSENT:
            await scene.does(step)
        undisturbed = await goes_through(scene, journey, set(range(len(journey.steps))))
        stride = 1 if FULL or url.startswith("sqlite") else STRIDE
        boundary, passed = FIRST + DAY % stride, set[int]()
        while len(passed) < len(journey.steps):
            assert await goes_through(scene, journey, passed, boundary) == undisturbed
            boundary += stride
        lost, twice = await scene.reckon()
    print(f"{name}: {scene.deaths.total()} deaths {dict(scene.deaths)}, {twice.total()} messages twice")
    here = time.process_time() - began
    print(f"CPU: {here:.0f} s here, {scene.spent:.0f} s of those who died; passed at boundary {boundary - stride}")
    assert journey.act in undisturbed[-1:] or not journey.act
    assert lost == []
    assert twice <= scene.in_flight
    if stride == 1:  # a step has one 200 only, and other work beside it may come to its number first
        assert set(scene.deaths) | {"200"} == KINDS
        assert name != "file" or "200" in scene.deaths
    assert scene.deaths.total() >= len(journey.steps)
    if name == "publish":
        text = (folder / "housing.yaml").read_text("utf-8")
        assert [text.count(f"人才公寓第{n}期怎么申请\n") for n in range(1, scene.turn + 1)] == [1] * scene.turn
