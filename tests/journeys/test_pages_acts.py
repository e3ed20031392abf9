"""On the office's own pages an act is refused, and shown, as in the chat."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from taps import tap
from visitor import Visitor, files_a_school_matter, let_in

pytestmark = [SPOKEN, pytest.mark.minimal]


async def test_a_dot_is_no_result_and_no_reason(district: District, talent: Visitor, liaison: Visitor) -> None:
    path = await files_a_school_matter(talent)
    await district.settles()
    refused = await liaison.acts(path, "return", words="。")
    assert refused.status == 409
    await liaison.acts(path, "accept")
    refused = await liaison.acts(path, "deliver", words=".")
    assert refused.status == 409
    assert (await liaison.acts(path, "deliver", ("回执.pdf", b"%PDF-1.7 made here"))).status == 200


async def test_until_when_more_time_is_wanted_stands_on_the_page_on_which_it_is_granted(
    district: District, talent: Visitor, liaison: Visitor
) -> None:
    path = await files_a_school_matter(talent)
    await district.settles()
    await liaison.acts(path, "accept")
    await liaison.acts(path, "extend", date="2026-12-08", words="等学校回函")
    async with let_in(district, district.admin) as dispatcher:
        page = await dispatcher.get(path)
        assert 'value="grant"' in page.text
        assert "申请延到 12月8日" in page.words


async def test_who_pressed_for_it_is_named_on_the_page(district: District, talent: Visitor) -> None:
    path = await files_a_school_matter(talent)
    await district.settles()
    await district.admin.says("/do EY-2026-000001")
    await district.settles()
    await district.admin.presses("督办")
    await district.settles()
    async with let_in(district, district.admin) as dispatcher:
        page = await dispatcher.get(path)
        assert "周安督办" in page.words.replace("周安 ", "周安")
        assert "升一级督办" not in page.words


async def test_a_lost_card_is_told_to_the_office_by_the_rosters_own_number(district: District) -> None:
    await district.talent.says("/card")
    await tap(district, district.talent, "换账号", "挂失", "确定")
    told = await district.admin.hears("报失英才卡")
    assert "yang_fan" in told.text
    assert "杨帆" not in told.text
    assert "DEMO" not in told.text
