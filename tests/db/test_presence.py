"""What a dead process held is free soon; one that was only stopped changes nothing when it comes back."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from test_queue import INBOX, LEASE, NOW, OUTBOX, TIMERS, claim, complete, letter, owe, state

from db.engine import Database
from db.presence import MISSED, Presence
from db.presence import living as listed
from db.schema import metadata
from db.schema.processes import processes
from db.schema.queues import outbox
from db.whereabouts import here, surely_dead

QUEUES = [INBOX, OUTBOX, TIMERS]


async def two(open_database: Any) -> tuple[Database, Database]:
    first, second = await open_database(), await open_database()
    async with first.write() as tx:
        await tx.create(metadata)
    return first, second


async def _count(database: Database) -> int:
    async with database.read() as tx:
        return await listed(tx)


async def goes_on(database: Database) -> None:
    """Whoever was stopped goes on: on PostgreSQL its connections were ended meanwhile, and it opens new ones."""
    if database.kind == "postgresql":
        with pytest.raises(DBAPIError):
            await _count(database)


async def test_the_rows_of_a_silent_process_are_free_and_its_stale_writes_change_nothing(open_database: Any) -> None:
    silent, living = await two(open_database)
    gone, here = Presence(silent, QUEUES), Presence(living, QUEUES)
    await gone.beat(NOW)
    await owe(silent, letter(1, "a"), letter(2, "b"))
    held = await claim(silent, limit=1)
    own = await claim(living, limit=1)
    for _ in range(MISSED):
        assert await here.beat(NOW) == []
        assert (await state(living, held[0].id)).lease == held[0].lease
    assert await here.beat(NOW) == [silent.process]
    [again] = await claim(living)
    assert again.id == held[0].id
    await goes_on(silent)
    assert not await complete(silent, held[0])
    assert await complete(living, again)
    assert await complete(living, own[0])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_locks_of_a_silent_process_go_with_it(open_database: Any) -> None:
    silent, living = await two(open_database)
    await owe(silent, letter(1, "a"))
    await Presence(silent, QUEUES).beat(NOW)
    here = Presence(living, QUEUES)

    async def stands_still_in_a_transaction() -> None:
        async with silent.write() as tx:
            assert len(await OUTBOX.claim(tx, NOW, LEASE, 1)) == 1
            assert await claim(living) == []
            for _ in range(MISSED + 1):
                await here.beat(NOW)
            assert len(await claim(living)) == 1

    with pytest.raises(DBAPIError):
        await stands_still_in_a_transaction()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_was_locked_while_its_holder_was_buried_is_free_at_one_of_the_next_beats(open_database: Any) -> None:
    gone, living = await two(open_database)
    await owe(gone, letter(1, "a"))
    await Presence(gone, QUEUES).beat(NOW)
    here, other = Presence(living, QUEUES), await open_database()
    [held] = await claim(gone)
    async with other.write() as tx:  # as its last statement may, until the server has ended it
        assert (await tx.execute(select(outbox.c.id).where(outbox.c.id == held.id).with_for_update())).scalar()
        for _ in range(MISSED + 1):
            await here.beat(NOW)
        assert here.others == 1
        assert await claim(living) == []
    await here.beat(NOW)
    assert here.others == 0
    [again] = await claim(living)
    assert again.id == held.id


async def test_a_process_that_was_taken_for_dead_enters_anew(open_database: Any) -> None:
    late, living = await two(open_database)
    paused, here = Presence(late, QUEUES), Presence(living, QUEUES)
    await paused.beat(NOW)
    for _ in range(MISSED + 1):
        await here.beat(NOW)
    assert await _count(living) == 1
    await goes_on(late)
    assert await paused.beat(NOW) == []
    assert await _count(living) == 2


async def test_who_beats_is_never_taken_for_dead(open_database: Any) -> None:
    first, second = await two(open_database)
    one, other = Presence(first, QUEUES), Presence(second, QUEUES)
    for _ in range(3 * MISSED):
        assert await one.beat(NOW) == []
        assert await other.beat(NOW) == []


async def test_a_new_process_frees_what_was_left_by_ones_that_nobody_knows(open_database: Any) -> None:
    forgotten, new = await two(open_database)
    await owe(forgotten, letter(1, "a"))
    await claim(forgotten)
    await Presence(new, QUEUES).beat(NOW)
    assert new.wake["outbox"].is_set()
    assert len(await claim(new)) == 1


async def test_a_duty_has_one_holder_and_passes_on_when_the_holder_dies_or_leaves(open_database: Any) -> None:
    first, second = await two(open_database)
    one, other = Presence(first, QUEUES, ["poller"]), Presence(second, QUEUES, ["poller"])
    await one.beat(NOW)
    await other.beat(NOW)
    assert (one.duties, other.duties) == ({"poller"}, frozenset())
    for _ in range(MISSED + 1):
        await other.beat(NOW)
    assert other.duties == {"poller"}
    await goes_on(first)
    await one.beat(NOW)
    assert one.duties == frozenset()
    await other.leave()
    await one.beat(NOW)
    assert one.duties == {"poller"}


async def test_who_leaves_gives_back_what_it_held(open_database: Any) -> None:
    first, second = await two(open_database)
    await Presence(first, QUEUES).beat(NOW)
    await owe(first, letter(1, "a"))
    await claim(first)
    await Presence(first, QUEUES).leave()
    assert len(await claim(second)) == 1


async def test_a_process_that_is_seen_to_be_gone_is_not_waited_for(open_database: Any) -> None:
    dead, living = await two(open_database)
    await Presence(dead, QUEUES).beat(NOW)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "", stdout=asyncio.subprocess.DEVNULL)
    place = here().split()
    await child.wait()
    async with dead.write() as tx:
        gone = " ".join([*place[:2], str(child.pid), "1"])
        await tx.execute(update(processes).where(processes.c.name == dead.process).values(place=gone))
    await owe(dead, letter(1, "a"))
    await claim(dead)
    assert await Presence(living, QUEUES).beat(NOW) == [dead.process]
    assert len(await claim(living)) == 1


def test_only_what_runs_beside_us_is_ever_called_dead() -> None:
    boot, space, pid, began = here().split()
    assert not surely_dead(f"{boot} {space} {pid} {began}")
    assert surely_dead(f"{boot} {space} {pid} 1")
    for elsewhere in (f"other {space} {pid} 1", f"{boot} 1 {pid} 1", "", "not a place"):
        assert not surely_dead(elsewhere)
