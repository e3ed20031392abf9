"""What one person alone may not do: posts, exports, words to many and policy text wait for a second person's yes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from district import District
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from taps import tap
from test_roster import changed, roster, sends

from db.schema.authority import approvals, ledger
from db.schema.people import persons, staff, talent_cards
from desk.audit import verify

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on which database it is."""

NEW_CLERK = ["new_clerk", "新科员", "13800000177", "教育主管部门", "经办人"]


@pytest.fixture
async def office(district: District) -> District:
    """The district with its second admin in the chat, and one post's row to add."""
    await district.director.start()
    await district.settles()
    return district


def row_of(data: bytes, who: str) -> int:
    """The row of somebody on the sheet of staff."""
    page = load_workbook(io.BytesIO(data))["工作人员"]
    return next(n for n in range(2, page.max_row + 1) if page.cell(n, 1).value == who)


async def count(district: District, table: object, *where: object) -> int:
    async with district.parts.database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(table).where(*where)))  # type: ignore[arg-type]


async def asks_for_a_post(office: District) -> None:
    await sends(office, office.admin, changed(await roster(office), "工作人员", NEW_CLERK))
    await office.admin.hears("花名册预览")
    await tap(office, office.admin, "导入")


async def test_a_post_is_given_only_with_another_admins_yes(office: District) -> None:
    admin, director = office.admin, office.director
    posts = await count(office, staff)
    await asks_for_a_post(office)
    await admin.hears("已请另外 1 位")
    assert await count(office, staff) == posts
    request = await director.hears("会给出或改动 1 个职务")
    assert "新科员：教育主管部门经办人" in request.text
    own = next(b["callback_data"] for row in request.inline for b in row if b["text"] == "同意")
    await admin.presses_data(own, admin.last)
    await office.settles()
    assert await count(office, staff) == posts
    await tap(office, director, "同意")
    await admin.hears("同意了您")
    await admin.hears("已导入")
    assert await count(office, staff) == posts + 1
    await director.presses_data(own, request)
    await office.settles()
    assert director.toasts[-1].startswith("您在 ")  # to oneself not by name
    assert await count(office, staff) == posts + 1


async def test_a_colleagues_number_is_changed_only_with_another_admins_yes(office: District) -> None:
    admin, director = office.admin, office.director
    data = await roster(office)
    row = row_of(data, "shen_jian")
    await sends(office, admin, changed(data, "工作人员", **{f"B{row}": "申剑", f"C{row}": "13911112222"}))
    await admin.hears("花名册预览")
    await tap(office, admin, "导入")
    await admin.hears("已请另外 1 位")
    request = await director.hears("会给出或改动 1 个职务")
    assert "申剑：区委组织部审计员（姓名：申鉴 → 申剑；手机：138****0034 → 139****2222）" in request.text
    assert await count(office, persons, persons.c.name == "申鉴") == 1
    await tap(office, director, "同意")
    await admin.hears("已导入")
    assert await count(office, persons, persons.c.name == "申剑") == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("who", "column", "value", "told"),
    [
        ("shen_jian", "C", None, "手机：138****0034 → 空"),  # a post without a number is bound by the link alone
        ("lu_ping", "I", "leader_shi", "服务的领导编号：leader_bai → leader_shi"),
    ],
)
async def test_no_number_or_another_leader_wants_another_admins_yes_too(
    office: District, who: str, column: str, value: str | None, told: str
) -> None:
    data = await roster(office)
    await sends(office, office.admin, changed(data, "工作人员", **{f"{column}{row_of(data, who)}": value}))
    await office.admin.hears("花名册预览")
    await tap(office, office.admin, "导入")
    assert told in (await office.director.hears("会给出或改动 1 个职务")).text


@ON_SQLITE
async def test_a_post_is_given_back_by_taking_an_import_back_for_a_day_only(office: District) -> None:
    admin = office.admin
    left = changed(await roster(office), "工作人员", without="pao_xin")
    await sends(office, admin, changed(left, "请假", D2=None))
    await admin.hears("花名册预览")
    await tap(office, admin, "导入")
    applied = await admin.hears("已导入")
    posts = await count(office, staff, staff.c.active)
    await office.passes(hours=25)
    await admin.presses("撤销这次导入", on=applied)
    await office.settles()
    assert "要另一位管理员同意" in admin.toasts[-1]
    assert await count(office, staff, staff.c.active) == posts


@ON_SQLITE
async def test_another_title_or_deputy_wants_nobodys_yes(office: District) -> None:
    data = await roster(office)
    row = row_of(data, "song_yu")
    await sends(office, office.admin, changed(data, "工作人员", **{f"F{row}": "科员", f"H{row}": "fang_zheng"}))
    await office.admin.hears("花名册预览")
    await tap(office, office.admin, "导入")
    await office.admin.hears("已导入")


@ON_SQLITE
async def test_a_refused_request_does_nothing_and_can_be_read_in_the_record(office: District) -> None:
    posts = await count(office, staff)
    await asks_for_a_post(office)
    await tap(office, office.director, "不同意")
    refused = await office.admin.hears("没有同意")
    assert "导入花名册），没有做。\n\n给出或改动 1 个职务" in refused.text
    assert await count(office, staff) == posts
    async with office.parts.database.read() as tx:
        assert (await verify(tx)).sound
        acts = list((await tx.execute(select(ledger.c.act).order_by(ledger.c.n))).scalars())
    assert acts[-2:] == ["second_asked", "second_refused"]


@ON_SQLITE
async def test_a_request_ends_by_itself_and_a_late_yes_counts_for_nothing(office: District) -> None:
    posts = await count(office, staff)
    await asks_for_a_post(office)
    request = await office.director.hears("会给出或改动 1 个职务")
    await office.passes(hours=24, minutes=1)
    await office.admin.hears("（导入花名册）没有人确认，已经作废")
    yes = next(b["callback_data"] for row in request.inline for b in row if b["text"] == "同意")
    await office.director.presses_data(yes, request)
    await office.settles()
    assert "过期" in office.director.toasts[-1]
    assert await count(office, staff) == posts


async def test_a_yes_that_cannot_be_carried_out_is_no_yes(office: District) -> None:
    admin, director = office.admin, office.director
    data = changed(await roster(office), "工作人员", NEW_CLERK)
    await sends(office, admin, changed(data, "持卡人才", B2="杨小帆"))
    await admin.hears("花名册预览")
    await tap(office, admin, "导入")
    async with office.parts.database.write() as tx:  # the roster moves on between the question and the answer
        await tx.execute(update(persons).where(persons.c.key == "yang_fan").values(name="杨大帆"))
    await tap(office, director, "同意")
    assert "预览之后" in director.toasts[-1]
    assert not admin.sees("同意了您")
    assert await count(office, approvals, approvals.c.status == "granted") == 0
    assert await count(office, ledger, ledger.c.act == "roster_applied") == 0


@ON_SQLITE
async def test_a_wish_ends_with_the_power_of_whoever_had_it(office: District) -> None:
    posts = await count(office, staff)
    await asks_for_a_post(office)
    async with office.parts.database.write() as tx:
        asker = select(persons.c.id).where(persons.c.key == "zhou_an").scalar_subquery()
        theirs = (staff.c.person_id == asker) & (staff.c.role == "admin")
        await tx.execute(update(staff).where(theirs).values(active=False))
    await tap(office, office.director, "同意")
    assert "过期" in office.director.toasts[-1]
    assert await count(office, staff) == posts


@ON_SQLITE
async def test_with_nobody_else_to_ask_it_says_so_and_nothing_happens(district: District) -> None:
    async with district.parts.database.write() as tx:
        director = select(persons.c.id).where(persons.c.key == "tang_lin").scalar_subquery()
        admins = (staff.c.person_id == director) & (staff.c.role == "admin")
        await tx.execute(update(staff).where(admins).values(active=False))
    posts = await count(district, staff, staff.c.active)
    await sends(district, district.admin, changed(await roster(district), "持卡人才", B2="改名"))
    await tap(district, district.admin, "导入")  # no post in it: one admin is enough
    await district.admin.hears("已导入")
    await district.admin.says("/roster")
    await district.settles()
    await tap(district, district.admin, "导出")
    assert "要第二个人同意" in district.admin.toasts[-1]
    assert await count(district, staff, staff.c.active) == posts


@ON_SQLITE
async def test_an_export_in_the_chat_covers_phones_and_can_be_sent_back(office: District) -> None:
    admin = office.admin
    await admin.says("/roster")
    await office.settles()
    await tap(office, admin, "导出")
    await office.director.hears("要导出花名册")
    await tap(office, office.director, "同意")
    file = await admin.hears("手机号遮住了中间四位")
    about = file.raw["document"]
    data = office.sandbox.telegram.world.files[about["file_id"]].data
    page = load_workbook(io.BytesIO(data))["持卡人才"]
    phones = {str(page.cell(n, 3).value) for n in range(2, page.max_row + 1)}
    assert "138****0051" in phones
    assert not any(phone.isdecimal() for phone in phones)
    await sends(office, admin, changed(data, "持卡人才", B2="杨大帆"))
    assert "持卡人才：新增 0，修改 1，移除 0" in (await admin.hears("花名册预览")).text
    await tap(office, admin, "导入")
    async with office.parts.database.read() as tx:
        row = (await tx.execute(select(persons).where(persons.c.key == "yang_fan"))).one()
    assert (row.name, office.parts.services.house.vault.open(row.phone_sealed)) == ("杨大帆", "13800000051")
    await sends(office, admin, changed(data, "持卡人才", C2="138****9999"))
    await admin.hears("遮住的号码和登记的不一致")


async def announces(office: District, *labels: str) -> None:
    await office.admin.says("/announce")
    await office.settles()
    await office.admin.says("人才日在周五 <b>举行</b>\n---\nTalent day is on Friday")
    await office.settles()
    await tap(office, office.admin, *labels)


async def test_words_to_many_are_previewed_seconded_sent_and_can_be_switched_off(office: District) -> None:
    talent = office.talent
    await announces(office, "按卡的类别", "A 类卡", "通知")
    preview = await office.admin.hears("现在 1 人收得到")
    assert "<b>举行</b>" in preview.text
    await tap(office, office.admin, "发送")
    assert not talent.sees("人才日在周五")
    await office.director.hears("要群发（通知）给A 类卡，共 1 人")
    await tap(office, office.director, "同意")
    heard = await talent.hears("人才日在周五 <b>举行</b>")
    assert "Talent day" not in heard.text
    await tap(office, talent, "不再收通知")
    await talent.hears("不再给您发通知了")
    await announces(office, "全部持卡人", "通知")
    await office.admin.hears("现在 0 人收得到")
    await announces(office, "全部持卡人", "必达")
    await office.admin.hears("现在 1 人收得到")


@ON_SQLITE
async def test_whoever_asked_for_several_hears_which_was_refused(office: District) -> None:
    await announces(office, "全部持卡人", "通知")
    await tap(office, office.admin, "发送")
    await tap(office, office.director, "不同意")
    refused = await office.admin.hears("没有同意")
    assert "（群发通知），没有做。\n\n“人才日在周五 <b>举行</b>”" in refused.text
    assert not office.talent.sees("人才日在周五")


@ON_SQLITE
async def test_whom_words_go_to_is_asked_first_by_what_then_by_which(office: District) -> None:
    await announces(office)
    first = [["全部持卡人"], ["🪪 按卡的类别", "🗂 按办过的事"], ["✖️ 取消"]]
    assert (await office.admin.hears("发给谁")).buttons == first
    await tap(office, office.admin, "按办过的事")
    assert any("🎒 子女入学" in row for row in (await office.admin.hears("办过哪类事")).buttons)
    await tap(office, office.admin, "上一步")
    assert office.admin.last.buttons == first
    await tap(office, office.admin, "按办过的事", "子女入学")
    await office.admin.hears("发给办过“🎒 子女入学”的")


@ON_SQLITE
async def test_words_to_many_are_for_dispatchers_and_admins(office: District) -> None:
    for person in (office.talent, office.liaison, office.department):
        await person.says("/announce")
        await person.hears("没有这个功能")
    assert await count(office, talent_cards) == 8


@pytest.fixture
def two_editors(faq_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small FAQ to be edited, where new text wants a second editor."""
    monkeypatch.setenv("DESK_SECOND_PERSON", "on")
    return faq_folder


@ON_SQLITE
async def test_new_policy_text_is_published_with_a_second_editors_yes(two_editors: Path, office: District) -> None:
    admin, director = office.admin, office.director
    await admin.says("/faq_admin 入学")
    await office.settles()
    await tap(office, admin, "子女入学", "改中文答复")
    await admin.says("由教育主管部门负责，先交户口簿。")
    await office.settles()
    await tap(office, admin, "发布")
    request = await director.hears("要发布问答的改动")
    assert "➕ 由教育主管部门负责，先交户口簿。" in request.text
    assert "先交户口簿" not in (two_editors / "school.yaml").read_text("utf-8")
    await tap(office, director, "同意")
    await admin.hears("已发布")
    assert "先交户口簿" in (two_editors / "school.yaml").read_text("utf-8")


@ON_SQLITE
async def test_another_way_of_asking_needs_no_second_editor(two_editors: Path, office: District) -> None:
    await office.admin.says("/faq_admin 入学")
    await office.settles()
    await tap(office, office.admin, "子女入学", "加问法")
    await office.admin.says("幼升小找哪个部门")
    await office.settles()
    await tap(office, office.admin, "发布")
    await office.admin.hears("已发布")
    assert "幼升小找哪个部门" in (two_editors / "school.yaml").read_text("utf-8")


@ON_SQLITE
async def test_an_editor_hears_which_entry_was_refused(two_editors: Path, office: District) -> None:
    admin = office.admin
    await admin.says("/faq_admin 入学")
    await office.settles()
    await tap(office, admin, "子女入学", "改中文答复")
    await admin.says("先交户口簿。")
    await office.settles()
    await tap(office, admin, "发布")
    await tap(office, office.director, "不同意")
    refused = await admin.hears("没有同意")
    assert "（发布问答的改动），没有做。" in refused.text
    assert "子女入学" in refused.text
    assert "先交户口簿" not in refused.text
    assert "先交户口簿" not in (two_editors / "school.yaml").read_text("utf-8")
