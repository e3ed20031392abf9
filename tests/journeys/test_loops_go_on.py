"""A loop that ends unforeseen is begun anew and people are answered; one that does nothing else ends the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from district import TOKEN, District, open_district
from machine import machine
from room_clock import RoomClock
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.metrics import LOOPS
from bot.supervisor import FIRST_PAUSE, LONGEST_PAUSE, MOST, SOUND
from sandbox import Fault, Sandbox

SECRET = f"{TOKEN} of 13800000051"
READY = (200, "ready\n")
ALL_BUT_TWO = [name for name in LOOPS if name not in ("bell", "contact")]
"""The bell has nothing to do on SQLite; contact is shown below."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


def breaks(part: object, name: str, error: BaseException, times: float = 1) -> Callable[[], int]:
    """Let this part of a loop fail so often; how often it did."""
    whole, failed = getattr(part, name), 0

    async def broken(*given: Any, **more: Any) -> Any:
        nonlocal failed
        if failed >= times:
            return await whole(*given, **more)
        failed += 1
        raise type(error)(*error.args)

    setattr(part, name, broken)
    return lambda: failed


def part_of(district: District, loop: str) -> tuple[object, str]:
    """What each loop does in every round."""
    parts = district.parts
    inner = {"heartbeat": (parts.heartbeat._presence, "beat"), "poller": (parts.poller, "_fetch")}
    return inner.get(loop) or (getattr(parts, loop), "look" if loop in ("auditor", "bookkeeper") else "take")


async def until(district: District, happened: Callable[[], object], step: float = FIRST_PAUSE) -> None:
    """Let time pass until it has."""
    async with asyncio.timeout(30):
        while not happened():
            district.clock.passes(step)
            await asyncio.wait([asyncio.ensure_future(district.sandbox.changed())], timeout=0.01)


async def answered(district: District, question: str) -> None:
    """Somebody asks, and hears something."""
    await district.guest.says(question)
    async with asyncio.timeout(30):
        await district.settles()
    assert district.guest.messages[-1].from_bot


async def page(district: District, name: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{district.service.port}/{name}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def shows(district: District, *wanted: object) -> None:
    """Come back when `/readyz` says this."""
    async with asyncio.timeout(30):
        while await page(district, "readyz") != wanted:
            pass


async def counted(district: District) -> dict[str, float]:
    """Unforeseen ends by loop, as Prometheus sees them."""
    lines = (await page(district, "metrics"))[1].splitlines()
    found = [line for line in lines if line.startswith("desk_loop_ends_total{")]
    return {line.split('"')[1]: float(line.split()[-1]) for line in found}


@on_sqlite
@pytest.mark.parametrize(
    ("loop", "error"),
    [*((name, asyncio.CancelledError(SECRET)) for name in ALL_BUT_TWO), ("heartbeat", RuntimeError(SECRET))],
    ids=[*ALL_BUT_TWO, "an error of ours"],
)
async def test_whichever_loop_ends_it_is_begun_anew_and_people_are_answered(
    district: District, loop: str, error: BaseException
) -> None:
    """What a loop waits for is cut off: that is no `Exception`, so that no loop sees to it by itself."""
    with capture_logs() as logged:
        failed = breaks(*part_of(district, loop), error)
        await until(district, failed)
        district.clock.passes(FIRST_PAUSE)
        await answered(district, "积分落户怎么办")
    [ended] = [line for line in logged if line["event"] == "loop.ended"]
    assert ended["loop"] == loop
    assert "in broken" in ended["exception"], "where it broke"
    assert ended["exception"].strip().endswith(type(error).__name__)
    assert SECRET not in str(logged)
    assert await counted(district) == {name: float(name == loop) for name in LOOPS}
    assert await page(district, "healthz") == (200, "ok\n")


@on_sqlite
async def test_the_pages_tell_what_does_not_run_the_pauses_grow_and_a_sound_life_ends_them(district: District) -> None:
    taken = breaks(*part_of(district, "timers"), asyncio.CancelledError(), times=MOST - 1)
    district.clock.passes(60)
    for time in range(MOST - 1):
        await until(district, lambda time=time: taken() > time, step=0)
        await shows(district, 503, "not running: timers\n")
        assert (await page(district, "healthz"))[0] == 200
        district.clock.passes(FIRST_PAUSE * 2**time - 0.5)
        assert (await page(district, "readyz"))[0] == 503, "not yet"
        district.clock.passes(0.5)
    await answered(district, "积分落户怎么办")
    assert (await page(district, "readyz"))[0] == 200
    district.clock.passes(SOUND)
    await district.settles()
    again = breaks(*part_of(district, "timers"), asyncio.CancelledError())
    await until(district, again)
    district.clock.passes(FIRST_PAUSE)
    await answered(district, "还有人才公寓")
    assert not district.service.guard.over.is_set()


@on_sqlite
@pytest.mark.parametrize("error", [asyncio.CancelledError, RuntimeError])
async def test_a_hand_that_fails_is_told_of_and_its_loop_goes_on(
    district: District, error: type[BaseException]
) -> None:
    async def broken() -> None:
        raise error(SECRET)

    with capture_logs() as logged:
        district.parts.worker.employ(broken())
        await answered(district, "积分落户怎么办")
    [failed] = [line for line in logged if line["event"] == "hand.failed"]
    assert failed["exception"].strip().endswith(error.__name__)
    assert SECRET not in str(logged)
    assert set((await counted(district)).values()) == {0.0}


@on_sqlite
async def test_what_can_wait_is_no_reason_to_end_the_process(district: District) -> None:
    failed = breaks(*part_of(district, "bookkeeper"), asyncio.CancelledError(), times=float("inf"))
    await until(district, lambda: failed() > MOST + 2, LONGEST_PAUSE)
    await shows(district, 200, "ready\nwarning: not running: bookkeeper\n")
    await district.guest.says("积分落户怎么办")
    await district.guest.hears("")
    assert not district.service.guard.over.is_set()


ENDS = """
import asyncio, sys
from bot import supervisor
from bot.__main__ import main
from bot.delivery import Delivery
async def broken(*_given):
    raise asyncio.CancelledError
Delivery.take = broken
supervisor.FIRST_PAUSE = supervisor.LONGEST_PAUSE = 0.01
sys.exit(main(["run"]))
"""


async def test_a_process_whose_loop_keeps_ending_ends_with_an_error(
    tmp_path: Path, database_url: str, sandbox: Sandbox
) -> None:
    """As systemd and Docker see it: a process that has ended, which they start anew."""
    env = {"DESK_TOKEN": TOKEN, "DESK_API_URL": sandbox.url, "DESK_DATABASE": database_url}
    async with machine(tmp_path) as computer:
        bot = await computer.start("-c", ENDS, DESK_PORT="0", DESK_RELAY="full", **env)
        async with asyncio.timeout(60):
            assert await bot.ends() == 1
        logged = bot.log.read_text()
    assert logged.count("loop.ended") == MOST
    assert logged.count("loop.lost") == 1
    assert TOKEN not in logged


async def test_a_database_that_fails_while_contact_is_made_is_asked_again_for_as_long_as_it_takes(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    away = sandbox.faults.add(Fault.bad_gateway(), method="getMe", rate=1.0)
    with capture_logs() as logged:
        async with open_district(tmp_path, database_url, sandbox, clock) as district:
            await until(district, lambda: away.fired)
            await renamed(district, "staff", "staff_away")
            sandbox.faults.clear()
            await until(district, lambda: unheard(logged) > MOST, LONGEST_PAUSE)
            await renamed(district, "staff_away", "staff")
            await district.guest.says("积分落户怎么办")
            await until(district, lambda: district.guest.messages[-1].from_bot, LONGEST_PAUSE)
            assert not district.service.guard.over.is_set()
    assert [line for line in logged if line["event"] == "loop.ended"] == []


@on_sqlite
async def test_menus_that_telegram_does_not_take_yet_keep_nobody_waiting_for_an_answer(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    sandbox.faults.add(Fault.too_many(40), method="setMyCommands", rate=0.5)
    async with open_district(tmp_path, database_url, sandbox, clock) as district:
        await answered(district, "积分落户怎么办")
        refused = [call for call in sandbox.journal.calls if call.method.lower() == "setmycommands"]
        assert refused[-1].status == 429
        for _ in range(40):
            district.clock.passes(LONGEST_PAUSE)
            await district.settles()
    menus = [call for call in sandbox.journal.calls if call.method.lower() == "setmycommands" and call.status == 200]
    asked = [(str(call.params.get("scope")), call.params.get("language_code")) for call in menus]
    assert len(asked) == len(set(asked)) > 4, "each once: those that were taken are not asked for again"


def unheard(logged: list[MutableMapping[str, Any]]) -> int:
    """How often the database failed whoever made contact."""
    return sum(line["event"] == "database.failed" and "again_in" in line for line in logged)


async def renamed(district: District, table: str, name: str) -> None:
    """Every question about this table fails until it has its name again."""
    async with district.parts.database.write() as tx:
        await tx.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
