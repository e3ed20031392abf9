"""An entry whose day has come is told to editors once a week; that it was looked at is one tap, behind the preview."""

from __future__ import annotations

from pathlib import Path

import pytest
from district import District
from test_book_editing import tap
from test_faq_files import put

pytestmark = pytest.mark.usefixtures("faq_folder")


async def test_on_monday_editors_hear_what_expired_and_what_wants_a_review(
    district: District, faq_folder: Path
) -> None:
    admin, talent = district.admin, district.talent
    put(faq_folder / "school.yaml", "review_by: 2027-06-30", "review_by: 2026-12-20")
    await district.settles()
    await district.passes(days=7)
    told = await admin.hears("日期要看一看")
    assert "公寓的租金减免" in told.text
    assert "已过期" in told.text
    assert "请在 2026-12-20 前复核" in told.text
    assert not talent.sees("日期要看一看")

    entry = await tap(district, admin, "子女入学")
    assert "school-enrol" in entry.text
    preview = await tap(district, admin, "看过了")
    assert "2026-12-20" in preview.text
    assert "2027-11-30" in preview.text
    await tap(district, admin, "发布")
    await admin.hears("已发布")
    assert "review_by: 2027-11-30" in (faq_folder / "school.yaml").read_text("utf-8")
