"""Who looked at a sensitive matter is written down: the card, the words, the history, the files; not the cardholder."""

from __future__ import annotations

from district import District
from filed import files

from desk.views_seen import Look, looks


async def seen(district: District, number: str) -> list[tuple[str, Look]]:
    async with district.parts.database.read() as tx:
        return [(each.name, each.what) for each in reversed(await looks(tx, number=number))]


async def test_each_look_of_staff_is_kept_with_its_moment_and_none_of_the_cardholder(district: District) -> None:
    matter = await files(district)
    assert await seen(district, matter.number) == [("何青", Look.CARD)]
    await district.liaison.presses("接单")
    await district.settles()
    await district.talent.presses("留言")
    await district.settles()
    await district.talent.says("孩子叫小禾")
    await district.settles()
    await district.liaison.presses("全部经过")
    await district.talent.presses("全部经过")
    await district.settles()
    assert await seen(district, matter.number) == [
        ("何青", Look.CARD),
        ("何青", Look.WORDS),
        ("何青", Look.HISTORY),
    ]
    async with district.parts.database.read() as tx:
        found = await looks(tx, since=district.clock.now())
        assert {each.category for each in found} <= {"school"}
        assert await looks(tx, until=matter.filed_at) == []


async def test_of_a_matter_that_is_not_sensitive_nothing_is_kept(district: District) -> None:
    matter = await files(district, category="permit")
    assert await seen(district, matter.number) == []


async def test_staff_who_take_away_their_own_data_take_what_they_wrote_there(district: District) -> None:
    matter = await files(district)
    liaison = district.liaison
    await liaison.presses("接单")
    await district.settles()
    await liaison.says("/mydata")
    await district.settles()
    assert Look.EXPORT not in [what for _name, what in await seen(district, matter.number)]
    card = next(each for each in liaison.messages if matter.number in each.text)
    await liaison.says("小禾苗的材料齐了", reply_to=card)
    await district.settles()
    await district.talent.says("/mydata")
    await liaison.says("/mydata")
    await district.settles()
    taken = [name for name, what in await seen(district, matter.number) if what is Look.EXPORT]
    assert taken == ["何青"]
