"""What the tables keep of people is shown to them, forgotten, sealed and ended as `desk/personal.py` declares."""

from __future__ import annotations

from datetime import timedelta

import pytest
from district import District
from filed import files
from sqlalchemy import func, select

from db.engine import Tx
from db.schema import metadata
from desk.desk import Desk
from desk.personal import HOLDINGS, Forgotten, theirs
from desk.rekeying import rekey
from desk.vault import Vault
from sandbox import Person

CHILD, LATER, RESULT = "孩子叫小禾苗", "小禾苗改了名字叫小谷粒", "小禾苗已安排到登科小学"

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


async def handled(district: District) -> Person:
    """A school matter with words in every place that takes some; closed, rated and asked about."""
    talent, owner = district.talent, district.liaison
    await talent.says("孩子上学咋个办")
    await files(district, words=CHILD)
    for who, label, words in (
        (owner, "接单", ""),
        (owner, "请补材料", f"{CHILD}的户口簿"),
        (talent, "补材料", LATER),
        (owner, "送单", RESULT),
    ):
        await who.presses(label)
        await district.settles()
        if words:
            await who.says(words)
            await district.settles()
    await talent.presses("办好了")
    await district.settles()
    await talent.presses("5★")
    await district.settles()
    return talent


async def everything(tx: Tx) -> str:
    """Every row of every table as text."""
    return "\n".join([repr((await tx.execute(select(table))).all()) for table in metadata.sorted_tables])


async def test_nothing_said_about_a_child_can_be_read_in_the_database(district: District) -> None:
    await handled(district)
    parts = district.parts
    async with parts.database.read() as tx:
        kept = await everything(tx)
        desk = Desk(tx, parts.services.house, parts.clock.now())
        matter = await desk.views.by_number("EY-2026-000001")
        assert matter is not None
        assert matter.result == RESULT
        said = {each.text for each in await desk.views.words(matter.id, with_internal=True)}
    assert {CHILD, LATER, RESULT} <= said
    assert [words for words in ("小禾苗", "小谷粒") if words in kept] == []


@on_sqlite
async def test_what_a_category_made_sensitive_later_is_sealed_in_the_night(district: District) -> None:
    await files(district, category="permit", words=CHILD)
    parts = district.parts
    async with parts.database.write() as tx:
        assert CHILD in await everything(tx)
        await tx.execute(metadata.tables["matters"].update().values(category="school"))
        await Desk(tx, parts.services.house, parts.clock.now()).keeping.tidy({})
        assert CHILD not in await everything(tx)


async def test_a_change_of_key_seals_all_of_it_anew(district: District) -> None:
    await handled(district)
    parts = district.parts
    old = parts.settings.data_keys()
    new = Vault([b"n" * 32])
    house = parts.services.house
    async with parts.database.write() as tx:
        object.__setattr__(house, "vault", Vault([b"n" * 32, *old]))
        assert await rekey(tx, house) > 8
    object.__setattr__(house, "vault", new)
    async with parts.database.read() as tx:
        desk = Desk(tx, house, parts.clock.now())
        matter = await desk.views.by_number("EY-2026-000001")
        assert matter is not None
        assert CHILD in {each.text for each in await desk.views.words(matter.id, with_internal=False)}


@on_sqlite
async def test_mydata_has_a_section_for_every_table_that_has_rows_of_the_asker(district: District) -> None:
    talent = await handled(district)
    parts = district.parts
    async with parts.database.read() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        person = await desk.people.at_chat(talent.id)
        assert person is not None
        shown = {name for name, _ in await desk.privacy.everything(person)}
        held = set()
        for table in metadata.sorted_tables:
            holding = HOLDINGS[table.name]
            if holding.whose and await tx.scalar(select(func.count()).select_from(table).where(theirs(table, person))):
                held.add(holding.section)
    assert len(held) > 12
    assert held - shown == set()


async def test_after_forget_no_table_knows_the_account_and_no_words_can_be_read(district: District) -> None:
    talent = await handled(district)
    await talent.says("/forget")
    await district.settles()
    await talent.presses("确定删除")
    await district.settles()
    await talent.hears("已加密封存")
    parts = district.parts
    async with parts.database.write() as tx:
        later = parts.clock.now() + timedelta(days=32)
        await Desk(tx, parts.services.house, later).keeping.tidy({})
    async with parts.database.read() as tx:
        kept = await everything(tx)
        left = {
            table.name
            for table in metadata.sorted_tables
            if HOLDINGS[table.name].forgotten is Forgotten.ERASED
            and str(talent.id) in repr((await tx.execute(select(table))).all())
        }
    assert left == set()
    assert [words for words in (str(talent.id), "小禾苗", "小谷粒", "孩子上学") if words in kept] == []


@on_sqlite
async def test_in_a_hundred_years_nothing_that_ends_is_left(district: District) -> None:
    await handled(district)
    parts = district.parts
    async with parts.database.write() as tx:
        later = parts.clock.now() + timedelta(days=36600)
        await Desk(tx, parts.services.house, later).keeping.tidy({})
    emptied = {name for name, holding in HOLDINGS.items() if holding.over} - {"persons", "matters", "entries"}
    async with parts.database.read() as tx:
        left = {}
        for name in emptied:
            table = metadata.tables[name]
            done = table.c.done_at.is_not(None) if "done_at" in table.c else True
            left[name] = await tx.scalar(select(func.count()).select_from(table).where(done))
        assert {name: n for name, n in left.items() if n} == {}
        assert (await tx.execute(select(metadata.tables["matters"].c.sealed))).scalars().all() == [None]
