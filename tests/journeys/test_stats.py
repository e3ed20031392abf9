"""The three rates: the admin sees the district as words, picture and workbook; whoever may not is told so."""

from __future__ import annotations

from io import BytesIO

from databases import SPOKEN
from district import District
from openpyxl import load_workbook
from sqlalchemy import update
from test_filing import files_a_school_matter, tap

from db.schema.people import staff
from sandbox import Message

pytestmark = SPOKEN

PNG = b"\x89PNG\r\n\x1a\n"


async def one_solved_matter(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files_a_school_matter(district, talent)
    await tap(district, liaison, "接单", "送单")
    await liaison.says("学校已经联系好了")
    await tap(district, talent, "办好了", "4★")


async def test_the_admin_sees_the_rates_of_the_district_as_words_and_as_a_picture(district: District) -> None:
    await one_solved_matter(district)
    admin = district.admin
    await admin.says("/stats")
    shown = await admin.hears("三率 · 全区 · 本月")
    assert "按时接单 100%（1/1）" in shown.text
    assert "确认解决 100%（1/1）" in shown.text
    assert "评 4–5 分 100%（1/1）" in shown.text
    assert "区委组织部：100% · 100% · 100%（1 件）" in shown.text
    picture = await admin.hears("三率 · 全区 · 本月 · 按单位", after=shown)
    assert "photo" in picture.raw
    assert content_of(district, picture, "photo").startswith(PNG)


async def test_another_grouping_or_time_changes_the_same_message(district: District) -> None:
    await one_solved_matter(district)
    admin = district.admin
    await admin.says("/stats")
    shown = await admin.hears("三率 · 全区 · 本月")
    await tap(district, admin, "按经办人")
    assert "何青：100%" in shown.text
    await tap(district, admin, "按类别")
    assert "子女入学：100%" in shown.text
    await tap(district, admin, "按月", "全部")
    assert "2026-11：100%" in shown.text
    assert "● 全部" in shown.buttons[1]


async def test_the_workbook_has_every_grouping(district: District) -> None:
    await one_solved_matter(district)
    admin = district.admin
    await admin.says("/stats")
    await admin.hears("按单位")
    await tap(district, admin, "Excel")
    sent = await admin.hears("三率 · 全区 · 本月", after=admin.messages[-2])
    assert sent.raw["document"]["file_name"] == "三率-2026-11-23.xlsx"
    book = load_workbook(BytesIO(content_of(district, sent, "document")))
    assert book.sheetnames == ["按单位", "按经办人", "按类别", "按月"]
    assert [cell.value for cell in book["按类别"][3]][:3] == ["子女入学", "1", "100.0%"]


async def test_a_head_sees_their_office_alone_and_a_clerk_is_told_whom_it_is_for(district: District) -> None:
    await one_solved_matter(district)
    clerk = district.department
    await clerk.says("/stats")
    await clerk.hears("三率给单位负责人和管理员看")
    async with district.parts.database.write() as tx:
        await tx.execute(
            update(staff).where(staff.c.office == "education", staff.c.role == "handler").values(role="head")
        )
    await clerk.says("/stats")
    shown = await clerk.hears("三率 · 教育主管部门 · 本月")
    assert "没有收到事项" in shown.text
    assert not any("按单位" in label for row in shown.buttons for label in row)


async def test_a_role_that_is_gone_is_gone_for_old_buttons(district: District) -> None:
    await one_solved_matter(district)
    admin = district.admin
    await admin.says("/stats")
    await admin.hears("按单位")
    await district.settles()
    async with district.parts.database.write() as tx:
        await tx.execute(update(staff).where(staff.c.role == "admin").values(active=False))
    await tap(district, admin, "Excel")
    assert "三率给单位负责人和管理员看" in admin.toasts[-1]


def content_of(district: District, message: Message, kind: str) -> bytes:
    about = message.raw[kind][-1] if kind == "photo" else message.raw[kind]
    return district.sandbox.telegram.world.files[about["file_id"]].data
