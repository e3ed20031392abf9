"""A cardholder with more matters than fit on a page: each can be found, and words find their way to each."""

from __future__ import annotations

from databases import SPOKEN
from district import District
from filed import files
from taps import tap

pytestmark = SPOKEN


async def test_the_oldest_of_many_matters_is_still_in_the_list(district: District) -> None:
    talent = district.talent
    for _ in range(13):
        await files(district)
    told = await talent.says("/my")
    listed = await talent.hears("您的事项（13）", after=told)
    assert not any("EY-2026-000001" in label for row in listed.buttons for label in row)
    await tap(district, talent, "下一页", "EY-2026-000001")
    await talent.hears("经过")
