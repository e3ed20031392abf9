"""An admin sends the roster's file: a preview first, then the import, then it can be taken back."""

from __future__ import annotations

import io
from pathlib import Path

from databases import SPOKEN
from district import District
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from db.schema.people import persons, staff, talent_cards
from desk.desk import Desk
from desk.imports import writing
from sandbox import Person

pytestmark = SPOKEN


async def roster(district: District) -> bytes:
    """The roster as it stands, as the file that an export writes."""
    parts = district.parts
    async with parts.database.read() as tx:
        standing = await Desk(tx, parts.services.house, parts.clock.now()).imports.standing()
    say = parts.services.words.speaker("zh")
    return writing.workbook(standing.records, parts.services.house.catalogue, say)


def changed(data: bytes, sheet: str, *rows: list[object], without: str = "", **cells: object) -> bytes:
    """The file with rows added, the row of an id taken out, and cells set (`D2="…"`)."""
    book = load_workbook(io.BytesIO(data))
    page = book[sheet]
    for place, value in cells.items():
        page[place] = value
    for n in range(page.max_row, 1, -1):
        if without and page.cell(n, 1).value == without:
            page.delete_rows(n)
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def sends(district: District, person: Person, data: bytes, name: str = "花名册.xlsx") -> None:
    await person.sends_document(data, name)
    await district.settles()


async def test_a_new_cardholder_is_previewed_imported_and_taken_back(district: District) -> None:
    admin = district.admin
    row = ["r900", "新来", "13800000199", "K-900", "B", "2026-01-01", "", "有效"]
    await sends(district, admin, changed(await roster(district), "持卡人才", row))
    preview = await admin.hears("花名册预览")
    assert "持卡人才：新增 1，修改 0，移除 0" in preview.text
    assert "新增持卡人才：新来" in preview.text
    assert "13800000199" not in preview.text
    assert await count(district, talent_cards) == 8
    await admin.presses("导入")
    await admin.hears("已导入")
    await district.settles()
    assert await count(district, talent_cards) == 9
    await admin.presses("撤销这次导入")
    await admin.hears("已撤销")
    await district.settles()
    assert await count(district, talent_cards) == 8


async def test_the_button_of_an_import_takes_back_that_one_and_no_other(district: District) -> None:
    admin = district.admin
    buttons = []
    for n, name in ((1, "甲.xlsx"), (2, "乙.xlsx")):
        row = [f"r90{n}", "新来", f"1380000019{n}", f"K-90{n}", "B", "2026-01-01", "", "有效"]
        await sends(district, admin, changed(await roster(district), "持卡人才", row), name)
        await admin.presses("导入")
        applied = await admin.hears(f"已导入：{name}")
        buttons.append((applied, next(each["callback_data"] for [each] in applied.inline)))
    await district.settles()
    (first, undo_first), (second, undo_second) = buttons
    await admin.presses_data(undo_first, first)
    await district.settles()
    assert "后来又导入过乙.xlsx" in admin.toasts[-1]
    assert await count(district, talent_cards) == 10
    for _again in range(2):
        await admin.presses_data(undo_second, second)
        await district.settles()
    assert "已经处理过" in admin.toasts[-1]
    assert await count(district, talent_cards) == 9
    await admin.presses_data(undo_first, first)
    await district.settles()
    assert await count(district, talent_cards) == 8


async def test_phones_are_kept_so_that_they_can_be_compared_and_not_read(district: District) -> None:
    async with district.parts.database.read() as tx:
        rows = (await tx.execute(select(persons).where(persons.c.key == "yang_fan"))).all()
    vault = district.parts.services.house.vault
    assert "13800000051" not in repr(rows)
    assert vault.open(rows[0].phone_sealed) == "13800000051"
    assert vault.same("phone", "13800000051", rows[0].phone_mark)


async def test_a_broken_file_says_which_cell_and_changes_nothing(district: District) -> None:
    admin = district.admin
    broken = changed(await roster(district), "持卡人才", C2="一三八", E3="=A1", F4="桃花开时")
    await sends(district, admin, broken)
    said = await admin.hears("花名册没有导入")
    assert "第 2 行 C 列（手机）" in said.text
    assert "第 3 行 E 列（类别）：这里是公式" in said.text
    assert "第 4 行 F 列（有效期起）" in said.text
    assert said.buttons == []
    await sends(district, admin, b"PK\x03\x04 cut off", "坏的.xlsx")
    await admin.hears("文件可能损坏")


async def test_a_broken_workbook_made_in_libreoffice_says_every_cell_to_mend(district: District) -> None:
    made = Path(__file__).parent.parent / "fixtures" / "roster_broken_libreoffice.xlsx"
    await sends(district, district.admin, made.read_bytes())
    said = await district.admin.hears("有 7 处要改，什么都没有导入")
    for slip in (
        "第 5 行 C 列（手机）：不是 11 位手机号",
        "第 6 行 D 列（卡号）：这里是公式",
        "第 6 行 F 列（有效期起）：看不懂日期“桃花开时”",
        "第 7 行 G 列（有效期止）：结束日期早于开始日期",
        "第 7 行 A 列（编号）：和第 3 行重复",
        "第 7 行 D 列（卡号）：和第 3 行重复",
        "第 8 行 H 列（状态）：“大概有效”不在可选项里",
    ):
        assert slip in said.text
    assert await count(district, talent_cards) == 8


async def test_who_is_left_without_a_contact_and_who_never_pressed_start_is_told_first(district: District) -> None:
    admin = district.admin
    data = changed(await roster(district), "三个一", without="领导联系人才")
    await sends(district, admin, data)
    preview = await admin.hears("花名册预览")
    assert "没有对口联系人" in preview.text
    assert "yang_fan" in preview.text
    assert "位工作人员还没在机器人里按过“开始”，收不到消息。" in preview.text
    assert "叶南" not in preview.text  # their names on demand: there are many before the first day
    await admin.presses("谁还没按", on=preview)
    assert "叶南" in (await admin.hears("还没按过“开始”的")).text


async def test_the_roster_in_the_chat_is_told_without_a_command_of_the_server(district: District) -> None:
    await district.admin.says("/roster")
    assert "python" not in (await district.admin.hears("花名册")).text


async def test_whoever_left_loses_access_and_comes_back_with_the_undo(district: District) -> None:
    admin, department = district.admin, district.department
    book = load_workbook(io.BytesIO(await roster(district)))
    page = book["工作人员"]
    gone = next(n for n in range(2, page.max_row + 1) if page.cell(n, 2).value == "江禾")
    gone_id = page.cell(gone, 1).value
    page.delete_rows(gone)
    for n in range(2, page.max_row + 1):
        if page.cell(n, 8).value == gone_id:
            page.cell(n, 8).value = "zhou_an"
    out = io.BytesIO()
    book.save(out)
    await sends(district, admin, out.getvalue())
    assert "移除 1" in (await admin.hears("花名册预览")).text
    await admin.presses("导入")
    await district.settles()
    await department.says("/start")
    await department.hears("人才政策可以直接问我")
    await admin.presses("撤销这次导入")
    await district.settles()
    await department.says("/start")
    await department.hears("派给您的事")


async def test_nobody_but_an_admin_can_bring_a_roster(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    data = changed(await roster(district), "持卡人才", B2="改名")
    for person in (talent, liaison):
        await sends(district, person, data)
        assert not any("预览" in message.text for message in person.messages)
        await person.says("/roster")
        await person.hears("没有这个功能")


async def test_a_preview_that_is_out_of_date_is_not_imported(district: District) -> None:
    admin = district.admin
    data = await roster(district)
    await sends(district, admin, changed(data, "持卡人才", B2="第一次"))
    first = await admin.hears("花名册预览")
    await sends(district, admin, changed(data, "持卡人才", B2="第二次"))
    await admin.presses("导入")
    await district.settles()
    await admin.presses("导入", on=first)
    await district.settles()
    assert "预览之后" in admin.toasts[-1]


async def test_ten_thousand_rows_are_one_import(district: District) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("持卡人才")
    page.append(["编号", "姓名", "手机", "卡号", "类别", "有效期起"])
    for n in range(10_000):
        page.append([f"r{n}", f"人{n}", f"139{n:08}", f"K-{n}", "A", "2026-01-01"])
    out = io.BytesIO()
    book.save(out)
    await sends(district, district.admin, out.getvalue())
    preview = await district.admin.hears("花名册预览", timeout=60)
    assert "新增 10000" in preview.text
    told = [each for each in district.sandbox.journal.to(district.admin.id) if "花名册.xlsx" in each.text]
    *steps, last, _preview = [each.text for each in told]
    assert "收到" in steps[0]
    assert any("持卡人才，已读 " in step for step in steps)
    assert "读完了，共 10000 行" in last
    assert len({each.message_id for each in told}) == 2  # one that says how far, edited; and the preview
    assert "移除的比留下的" not in preview.text
    await district.admin.presses("导入")
    await district.admin.hears("已导入", timeout=60)
    await district.settles()
    assert await count(district, talent_cards) == 10_000


async def test_the_same_file_again_changes_nothing(district: District) -> None:
    before = await count(district, staff)
    await sends(district, district.admin, await roster(district))
    await district.admin.hears("没有要改的")
    assert await count(district, staff) == before


async def count(district: District, table: object) -> int:
    async with district.parts.database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(table)))  # type: ignore[arg-type]
