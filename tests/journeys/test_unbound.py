"""A cardholder without an account here: whoever handles their matter knows that no notice arrives, and phones."""

from __future__ import annotations

from databases import SPOKEN
from district import District
from filed import files
from taps import tap

pytestmark = SPOKEN


async def test_who_takes_the_account_off_the_card_is_phoned_from_then_on(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files(district)
    await tap(district, liaison, "接单")
    await talent.says("/card")
    await tap(district, talent, "换账号", "不再绑定", "确定")
    await talent.hears("已解除绑定")
    told = await liaison.hears("没有绑定 Telegram 账号")
    assert "EY-2026-000001" in told.text
    assert "电话" in told.text
    await tap(district, liaison, "送单")
    await liaison.says("学位已确认")
    await liaison.hears("没有绑定 Telegram 账号", after=told)
