"""What the roster's file changes, open matters follow: another leader's desk, another's hands when somebody leaves."""

from __future__ import annotations

import io

import filed
import pytest
from databases import SPOKEN
from district import District
from openpyxl import load_workbook
from sqlalchemy import select, update
from taps import tap
from test_roster import roster, sends

from db.schema.matters import matters
from db.schema.people import persons, staff
from desk.desk import Desk
from desk.handover import Assignment
from desk.matter import Matter
from desk.refusals import NotNow
from desk.succession import Succession


async def files(district: District) -> None:
    """A school matter of the cardholder, which goes to the leader's liaison."""
    talent = district.talent
    await talent.says("/new")
    for label in ("同意，继续", "子女入学", "小学", "转学", "跳过", "跳过", "先不发材料", "提交"):
        await district.settles()
        await talent.presses(label)
    await district.settles()


async def has_a_phone(district: District, key: str, name: str) -> None:
    """Somebody of the roster opens the chat; whoever cannot be reached is given nothing."""
    person = district.sandbox.add_person(key, first_name=name)
    async with district.parts.database.write() as tx:
        account = {"telegram_id": person.id, "chat_id": person.id}
        await tx.execute(update(persons).where(persons.c.key == key).values(**account))
    await person.start()
    await district.settles()


async def owner(district: District) -> str:
    query = select(persons.c.name).join(staff, staff.c.person_id == persons.c.id)
    async with district.parts.database.read() as tx:
        found: str = await tx.scalar(query.join(matters, matters.c.owner_id == staff.c.id))
        return found


async def imports(district: District, data: bytes) -> None:
    await sends(district, district.admin, data)
    await district.admin.hears("花名册预览")
    await district.admin.presses("导入")
    await district.admin.hears("已导入")
    await district.settles()


async def test_another_leader_in_the_file_takes_what_is_open_and_the_cardholder_hears(district: District) -> None:
    await has_a_phone(district, "ye_nan", "叶南")
    await files(district)
    assert await owner(district) == "何青"
    book = load_workbook(io.BytesIO(await roster(district)))
    page = book["三个一"]
    old = next(n for n in range(2, page.max_row + 1) if page.cell(n, 2).value == "yang_fan")
    page.cell(old, 6).value = "2026-11-22"
    page.append(["领导联系人才", "yang_fan", "leader_gu", "", "2026-11-23", ""])
    out = io.BytesIO()
    book.save(out)
    await imports(district, out.getvalue())
    assert await owner(district) == "叶南"
    assert any("叶南" in message.text for message in district.talent.messages)
    assert district.sandbox.people["ye_nan"].sees("EY-2026-000001")


async def without_the_liaison(district: District) -> bytes:
    """The roster as it is, but for the liaison who left."""
    book = load_workbook(io.BytesIO(await roster(district)))
    page = book["工作人员"]
    for n in range(page.max_row, 1, -1):
        if page.cell(n, 2).value == "何青":
            page.delete_rows(n)
    for n in range(2, page.max_row + 1):
        if page.cell(n, 8).value == "he_qing":
            page.cell(n, 8).value = "lu_ping"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_an_import_that_comes_to_nothing_midway_is_told_to_nobody(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    await has_a_phone(district, "ye_nan", "叶南")
    await filed.files(district)
    second = await filed.files(district, category="medical")
    moves = Succession.move

    async def moves_the_first(self: Succession, matter: Matter, given: Assignment) -> int:
        if matter.id == second.id:
            raise NotNow(matter.status)  # somebody presses again and again
        return await moves(self, matter, given)

    await sends(district, district.admin, await without_the_liaison(district))
    monkeypatch.setattr(Succession, "move", moves_the_first)
    await tap(district, district.admin, "导入")
    assert not any("EY-2026" in message.text for message in district.sandbox.people["ye_nan"].messages)
    assert not any("转给" in message.text for message in district.talent.messages)
    monkeypatch.setattr(Succession, "move", moves)
    await tap(district, district.admin, "导入")
    assert "已导入" in district.admin.last.text
    assert district.sandbox.people["ye_nan"].sees("EY-2026-000002")


async def test_whoever_leaves_by_the_file_hands_over_and_has_no_access(district: District) -> None:
    await files(district)
    await imports(district, await without_the_liaison(district))
    assert await owner(district) != "何青"
    await district.liaison.says("/start")
    await district.liaison.hears("人才政策可以直接问我")


@SPOKEN
async def test_a_file_that_changes_nothing_still_says_which_office_has_no_deputy(district: District) -> None:
    async with district.parts.database.write() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        deputy = await desk.people.get(await tx.scalar(select(persons.c.id).where(persons.c.key == "song_yu")))
        assert deputy is not None
        await desk.staffing.leaves(deputy)
    await sends(district, district.admin, await roster(district))
    await district.admin.hears("没有要改的")
    assert "没有副手：区委组织部" in district.admin.last.text
