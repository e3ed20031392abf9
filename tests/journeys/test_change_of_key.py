"""A change of key: whatever is sealed, wherever it stands, opens with the new key alone, and nothing is lost by it."""

from __future__ import annotations

import asyncio
import re
from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from district import District, open_district
from filed import files
from machine import DATA_KEY
from pydantic import SecretStr
from room_clock import RoomClock
from sqlalchemy import Executable, select, text, update

from bot.commands import keys
from bot.settings import Settings
from db.engine import Tx
from db.schema import metadata
from db.schema.matters import matters
from db.schema.people import persons
from db.schema.queues import outbox
from db.types import Sealed
from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.imports.fromyaml import read_yaml
from desk.rekeying import rekey
from desk.rosterfile import DEMO
from desk.rules.life import Act
from desk.vault import Vault
from handlers import settle
from sandbox import Sandbox

OLD, NEW = DATA_KEY, "the-key-of-the-office-from-today-on"
RESULT = "学位已落实到登科小学"
TOKENS = re.compile(r"gAAAAA[\w-]+=*")
"""Whatever the vault sealed, in whichever column it stands, begins like this."""

on_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer; only beside a server's other connections can something be written meanwhile."""


async def act(district: District, matter_id: int, what: Act, deed: Deed) -> None:
    """The owner's act, from wherever; what it owes is owed."""
    services = district.parts.services
    async with district.parts.database.write() as tx:
        desk = Desk(tx, services.house, district.clock.now())
        matter = await desk.views.matter(matter_id)
        assert matter is not None
        owner = await desk.people.of_post(matter.owner_id)
        assert owner is not None
        await desk.matters.act(matter, what, owner, standing.roles(owner, matter), deed)
        await settle.settle_desk(desk, services)


async def rotates(district: District) -> None:
    """As an operator does it, with the bot stopped."""
    assert await keys.run(with_key(district, f"{NEW},{OLD}"), Namespace(task="rotate")) == 0


def with_key(district: District, key: str) -> Settings:
    return district.parts.settings.model_copy(update={"data_key": SecretStr(key)})


async def sealed_places(tx: Tx) -> dict[str, list[str]]:
    """Every sealed value of every row of every table, by table and column, whatever the column's type."""
    found: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        for row in (await tx.execute(select(table))).mappings():
            for name, value in row.items():
                if tokens := TOKENS.findall(repr(value)):
                    found.setdefault(f"{table.name}.{name}", []).extend(tokens)
    return found


async def test_what_waits_for_the_morning_arrives_after_a_change_of_key_in_the_night(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    async with open_district(tmp_path, database_url, sandbox, clock, data_key=OLD) as district:
        await district.begins("talent", "liaison")
        matter = await files(district)
        await district.passes(hours=12)  # ten in the evening
        await act(district, matter.id, Act.ACCEPT, Deed())
        await district.settles()
        async with district.parts.database.read() as tx:
            rows = (await tx.execute(select(outbox).where(outbox.c.state == "due"))).all()
        waiting = [row.id for row in rows if "sealed" in row.params]
        assert waiting
        heard = len(district.talent.messages)
        await rotates(district)
    async with open_district(tmp_path, database_url, sandbox, clock, data_key=NEW) as district:
        await district.passes(hours=12)
        assert len(district.talent.messages) > heard
        async with district.parts.database.read() as tx:
            states = set((await tx.execute(select(outbox.c.state).where(outbox.c.id.in_(waiting)))).scalars())
        assert states == {"done"}


async def test_whatever_is_sealed_in_any_column_opens_with_the_new_key_alone(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    async with AsyncExitStack() as stack:
        district = await stack.enter_async_context(open_district(tmp_path, database_url, sandbox, clock, data_key=OLD))
        await district.begins("talent", "liaison", "run_team", "admin")
        await everything_that_is_sealed(district)
        await rotates(district)
        alone = Vault(with_key(district, NEW).data_keys())
        async with district.parts.database.read() as tx:
            found = await sealed_places(tx)
            phones = (await tx.execute(select(persons).where(persons.c.phone_sealed.is_not(None)))).all()
        for place, tokens in found.items():
            for token in tokens:
                assert alone.seal_again(token), place
        assert all(alone.same("phone", alone.open(row.phone_sealed), row.phone_mark) for row in phones)
        declared = {
            str(column) for table in metadata.sorted_tables for column in table.c if isinstance(column.type, Sealed)
        }
        assert set(found) == declared | {"outbox.params"}


async def everything_that_is_sealed(district: District) -> None:
    """A value in each place that the vault seals."""
    district.sandbox.updates.push({"message": {"message_id": 1, "date": {}, "text": "孩子叫小禾苗"}})
    closed = await files(district, words="孩子叫小禾苗")
    await act(district, closed.id, Act.ACCEPT, Deed())
    await district.settles()
    services, now = district.parts.services, district.clock.now()
    async with district.parts.database.write() as tx:
        desk = Desk(tx, services.house, now)
        talent, runner = [await desk.people.at_chat(each.id) for each in (district.talent, district.run_team)]
        assert talent is not None
        assert runner is not None
        await desk.drafts.keep(talent, "filing", {"words": "孩子叫小禾苗"})
        await desk.vouching.ask(talent, "王一 DEMO-0001")
        await desk.files.keep(talent, b"%PDF-1.7 ...", "application/pdf")
        await desk.visits.log((await desk.visits.followed_by(runner))[0], "缺两名电工", [])
        plan = await desk.imports.plan(read_yaml("roster.yaml", DEMO.read_bytes(), services.house.catalogue))
        await desk.imports.keep(plan, "roster.yaml", None)
        await desk.privacy._lock(talent)
    matter = await files(district, words="孩子叫小谷粒")
    await district.passes(hours=12)  # ten in the evening
    await act(district, matter.id, Act.ACCEPT, Deed())
    await district.settles()


class Meanwhile:
    """A transaction beside which somebody else begins to write as soon as it has read a matter."""

    def __init__(self, tx: Tx, write: Callable[[], Awaitable[None]], locked: Callable[[], Awaitable[bool]]) -> None:
        self._tx, self._write, self._locked = tx, write, locked
        self.other: asyncio.Future[None] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def execute(self, statement: Executable, *args: Any) -> Any:
        found = await self._tx.execute(statement, *args)
        if self.other is None and "FROM matters" in str(statement) and "matters.sealed" in str(statement):
            self.other = asyncio.ensure_future(self._write())
            while not self.other.done() and not await self._locked():
                pass
        return found


@on_server
@pytest.mark.parametrize("work", ["change of key", "nightly round"])
async def test_a_result_that_is_given_meanwhile_is_kept(district: District, work: str) -> None:
    matter = await files(district, category="permit" if work == "nightly round" else "school")
    await act(district, matter.id, Act.ACCEPT, Deed("先办着"))
    parts, house = district.parts, district.parts.services.house
    async with parts.database.write() as tx:
        plain = {"wanted": "户口簿"} if work == "nightly round" else {}
        await tx.execute(update(matters).where(matters.c.id == matter.id).values(category="school", **plain))

    async def waits_for_a_lock() -> bool:
        async with parts.database.read() as tx:
            mine = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return bool(await tx.scalar(text(mine)))

    async with parts.database.write() as tx:
        beside = Meanwhile(tx, lambda: act(district, matter.id, Act.DELIVER, Deed(RESULT)), waits_for_a_lock)
        if work == "nightly round":
            await Desk(beside, house, district.clock.now()).keeping.tidy({})  # type: ignore[arg-type]
        else:
            await rekey(beside, house)  # type: ignore[arg-type]
    assert beside.other is not None
    await beside.other
    async with parts.database.read() as tx:
        after = await Desk(tx, house, district.clock.now()).views.matter(matter.id)
    assert after is not None
    assert after.result == RESULT
