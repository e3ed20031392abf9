"""Whoever leaves the roster: phone and name go once no import can be undone any more, save where records need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from district import District
from filed import files
from sqlalchemy import select
from taps import tap
from test_roster import changed, roster, sends

from db.schema.people import persons, talent_cards
from desk.desk import Desk
from desk.retention import Retention
from desk.rules.life import Role
from handlers import cards

DAYS = Retention.load().left


async def row(district: District, key: str) -> Any:
    async with district.parts.database.read() as tx:
        return (await tx.execute(select(persons).where(persons.c.key == key))).one()


async def nights(district: District, days: int) -> None:
    """The round of this night, and of the night so many days later."""
    parts = district.parts
    for later in (0, days):
        async with parts.database.write() as tx:
            now = parts.clock.now() + timedelta(days=later)
            await Desk(tx, parts.services.house, now).keeping.tidy({})


async def without(district: District, key: str) -> None:
    """An import takes this cardholder off the roster."""
    await sends(district, district.admin, changed(await roster(district), "持卡人才", without=key))
    await tap(district, district.admin, "导入")
    assert district.admin.sees("已导入")


async def test_a_cardholder_who_left_is_a_number_of_the_roster_once_the_import_cannot_be_undone(
    district: District,
) -> None:
    await without(district, "cen_yue")
    await nights(district, DAYS - 1)
    kept = await row(district, "cen_yue")
    assert (kept.name, kept.phone_sealed is None) == ("岑月", False)
    await nights(district, DAYS + 1)
    gone = await row(district, "cen_yue")
    assert (gone.name, gone.phone_mark, gone.phone_sealed) == ("", None, None)


async def test_who_comes_back_in_time_has_not_left(district: District) -> None:
    await without(district, "cen_yue")
    await nights(district, 0)
    await district.admin.presses("撤销这次导入")
    await district.settles()
    await nights(district, DAYS + 1)
    assert (await row(district, "cen_yue")).left_at is None
    assert (await row(district, "cen_yue")).name == "岑月"


async def test_the_undo_brings_name_and_phone_back_though_they_were_erased(district: District) -> None:
    await without(district, "cen_yue")
    before = await row(district, "cen_yue")
    async with district.parts.database.write() as tx:
        who = persons.c.key == "cen_yue"
        gone = {"name": "", "phone_mark": None, "phone_sealed": None}
        await tx.execute(persons.update().where(who).values(**gone))
    await district.admin.presses("撤销这次导入")
    await district.settles()
    back = await row(district, "cen_yue")
    vault = district.parts.services.house.vault
    assert (back.name, back.phone_mark) == (before.name, before.phone_mark)
    assert vault.open(back.phone_sealed) == vault.open(before.phone_sealed)


async def handled(district: District, *, closed: bool) -> None:
    """A matter of the cardholder, accepted by the liaison; then both leave, she by her card, he by his post."""
    parts, talent, liaison = district.parts, district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单")
    if closed:
        await tap(district, talent, "撤回", "撤回")
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        holder, leaving = await desk.people.at_chat(talent.id), await desk.people.at_chat(liaison.id)
        assert holder is not None
        assert leaving is not None
        await tx.execute(talent_cards.delete().where(talent_cards.c.person_id == holder.id))
        await desk.staffing.leaves(leaving)


async def test_who_acted_in_a_post_stays_named_in_the_records_without_a_phone(district: District) -> None:
    await handled(district, closed=True)
    await nights(district, DAYS + 1)
    holder, leaving = await row(district, "yang_fan"), await row(district, "he_qing")
    assert (holder.name, holder.phone_sealed) == ("", None)
    assert (leaving.name, leaving.phone_sealed) == ("何青", None)


async def test_a_post_in_which_nobody_ever_acted_leaves_no_name(district: District) -> None:
    parts = district.parts
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        number = await tx.scalar(select(persons.c.id).where(persons.c.key == "ye_nan"))
        leaving = await desk.people.get(number)
        assert leaving is not None
        await desk.staffing.leaves(leaving)
    await nights(district, DAYS + 1)
    gone = await row(district, "ye_nan")
    assert (gone.name, gone.phone_sealed) == ("", None)


async def test_while_a_matter_is_open_its_cardholder_can_be_reached(district: District) -> None:
    await handled(district, closed=False)
    await nights(district, DAYS + 1)
    holder = await row(district, "yang_fan")
    assert (holder.name, holder.phone_sealed is None) == ("杨帆", False)


async def test_what_is_left_of_a_matter_says_that_a_name_was_erased_and_not_that_the_desk_did_it(
    district: District,
) -> None:
    parts = district.parts
    await handled(district, closed=True)
    await nights(district, DAYS + 1)
    async with parts.database.read() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        matter = await desk.views.by_number("EY-2026-000001")
        assert matter is not None
        past = await desk.views.history(matter.id, with_internal=True)
    say = parts.services.words.speaker("zh")
    lines = cards.timeline(past, frozenset({Role.OWNER}), parts.services, say)
    assert "（姓名已删）点单" in lines[0]
    assert any("何青" in line for line in lines)
    assert "（姓名已删）" in cards.text(matter, past, frozenset({Role.OWNER}), parts.services, say)
