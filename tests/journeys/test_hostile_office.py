"""Hostile strings where the office reads and writes: the roster's preview, words to many, the auditor's report."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import pytest
from district import District
from hostile import FRAGMENTS, hostile
from sqlalchemy import select, update
from test_audit_report import asks, auditor  # noqa: F401
from test_hostile_journey import FORMATTING, TORN, dead
from test_roster import sends
from test_second_person import office, tap  # noqa: F401

from db.schema.people import persons
from desk.names import plain_name
from sandbox import Person
from sandbox.people import Message
from words import tidy

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What people wrote is shown the same from either database."""

BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
SOME = [text for text in hostile(len(FRAGMENTS) + 40)[::2] if tidy(text).strip() and not TORN.search(text)]
"""Halves of a sign cannot be written into a file in UTF-8."""
HEADING = ("编号", "姓名", "手机", "卡号", "类别", "有效期起", "有效期止", "状态")


def text_only(message: Message) -> None:
    """Nothing in it is formatted but our own heading, and nothing turns the line round."""
    ours = [each for each in message.entities if each["type"] in FORMATTING and each["offset"] > 0]
    assert ours == [], message.text
    assert not BIDI.search(message.text)
    assert "\x07" not in message.text


async def nothing_was_refused(district: District) -> None:
    assert await dead(district) == []
    assert [call.params for call in district.sandbox.journal.calls if call.status == 400] == []


def table(rows: Sequence[Sequence[str]]) -> bytes:
    """A file of cardholders."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADING, *rows])
    return out.getvalue().encode()


@ON_SQLITE
async def test_names_and_cells_of_a_roster_are_text_in_its_preview(district: District) -> None:
    admin = district.admin
    for start in range(0, len(SOME), 24):
        batch = SOME[start : start + 24]
        rows = [(f"h{n}", text, f"139{n:08}", f"H-{n}", "A", "2026-01-01", "", text) for n, text in enumerate(batch)]
        await sends(district, admin, table(rows), f"{start}</b><i>表.csv")
        refused = await admin.hears(f"花名册没有导入：{start}</b><i>表")
        assert "不在可选项里" in refused.text
        text_only(refused)
    for start in range(0, len(SOME), 8):
        names = [plain_name(text) or "名" for text in SOME[start : start + 8]]
        names = [name for name in names if not name.startswith(tuple("=+-@"))] or ["名"]
        rows = [(f"h{n}", name, f"139{n:08}", f"H-{n}", "A", "2026-01-01", "", "") for n, name in enumerate(names)]
        await sends(district, admin, table(rows), f"人{start}.csv")
        shown = await admin.hears(f"花名册预览：人{start}.csv")
        text_only(shown)
    await nothing_was_refused(district)


@ON_SQLITE
async def test_words_to_many_arrive_as_they_were_written(office: District) -> None:  # noqa: F811
    words = tidy("\n".join(text for text in SOME if "---" not in text))
    for text in (words[:2000], "😀" * 1400, "<b>" * 900):
        await office.admin.says("/announce")
        await office.settles()
        await office.admin.says(text)
        await office.settles()
        await tap(office, office.admin, "按卡的类别", "A 类卡", "通知")
        text_only(await office.admin.hears("现在 1 人收得到"))
        await tap(office, office.admin, "发送")
        text_only(await office.director.hears("要群发（通知）"))
        await tap(office, office.director, "同意")
        heard = await office.talent.hears("📣")
        text_only(heard)
        assert tidy(text.strip())[:100].strip() in heard.text
    await nothing_was_refused(office)


@ON_SQLITE
async def test_what_does_not_fit_into_a_message_in_both_languages_is_said_before_anybody_is_asked(
    office: District,  # noqa: F811
) -> None:
    for text in ("😀" * 1600, "字" * 2000 + "\n---\n" + "a" * 1500):
        await office.admin.says("/announce")
        await office.settles()
        await office.admin.says(text)
        await office.settles()
        assert "3000" in office.admin.last.text
    await nothing_was_refused(office)


@ON_SQLITE
async def test_names_in_the_auditors_report_are_text(district: District, auditor: Person) -> None:  # noqa: F811
    async with district.parts.database.read() as tx:
        liaison = await tx.scalar(select(persons.c.id).where(persons.c.telegram_id == district.liaison.id))
    for start in range(0, len(SOME), 9):
        name = "".join(SOME[start : start + 9])
        async with district.parts.database.write() as tx:
            await tx.execute(update(persons).where(persons.c.id == liaison).values(name=name))
        report = await asks(district, auditor, "/audit EY-2026-000001")
        assert f"{tidy(plain_name(name))} 办：接单" in report
        text_only(auditor.last)
        await asks(district, auditor, name[:200])
        text_only(auditor.last)
    await nothing_was_refused(district)
