"""The demo's clock can be moved on: whoever tries the desk sees the next morning without waiting for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import parser
from bot.commands.demo import TOKEN, moved_on, open_demo
from bot.reading import read_house
from bot.service import Service
from bot.settings import Settings
from sandbox import RealClock, Sandbox


@asynccontextmanager
async def demo(folder: Path, ahead: timedelta) -> AsyncIterator[Sandbox]:
    """The demo as `python -m bot demo --ahead` runs it, on a free port."""
    clock = RealClock(ahead.total_seconds())
    async with Sandbox(token=TOKEN, store=folder / "telegram", clock=clock, limits=False) as sandbox:
        parts = await open_demo(Settings(_env_file=None, port=0), sandbox, folder, ahead=ahead)
        service = Service(parts)
        await service.start()
        try:
            yield sandbox
        finally:
            await service.stop()
            await parts.database.close()


async def test_the_next_morning_brings_the_digest_to_whoever_follows_a_team(tmp_path: Path) -> None:
    async with demo(tmp_path, timedelta()) as sandbox:
        await sandbox.people["run_team"].start()
        await sandbox.people["run_team"].hears("派给您的事")
    hours = read_house(Settings(_env_file=None)).hours_of("run_team")
    morning = hours.add(datetime.now(UTC), 8 * 60)  # a workday has seven: it is another day's office hours
    async with demo(tmp_path, morning - datetime.now(UTC)) as sandbox:
        await sandbox.people["run_team"].hears("提要")


def test_time_adds_up_and_is_kept_for_the_next_start(tmp_path: Path) -> None:
    assert moved_on(tmp_path / "demo", timedelta()) == timedelta()
    assert moved_on(tmp_path / "demo", timedelta(hours=22)) == timedelta(hours=22)
    assert moved_on(tmp_path / "demo", timedelta(days=1)) == timedelta(days=1, hours=22)
    assert moved_on(tmp_path / "demo", timedelta()) == timedelta(days=1, hours=22)


@pytest.mark.parametrize(("said", "ahead"), [("22h", timedelta(hours=22)), ("90min", timedelta(minutes=90))])
def test_a_span_is_a_number_and_a_unit(said: str, ahead: timedelta) -> None:
    assert parser().parse_args(["demo", "--ahead", said]).ahead == ahead


def test_anything_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["demo", "--ahead", "tomorrow"])
    assert "22h" in capsys.readouterr().err
