"""What we failed to answer comes to the editors in groups, each dealt with in one tap; who asked is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import SPOKEN
from district import District
from sqlalchemy import select
from test_book_editing import says, speaks_english, tap
from test_faq_files import put

from bot.library import group_misses
from db.schema.book import book_misses, book_versions
from db.schema.matters import questions
from desk.desk import Desk
from sandbox import Person

pytestmark = [pytest.mark.usefixtures("faq_folder"), SPOKEN]

NOON = ("中午午托班怎么收费", "中午午托班收费多少", "午托班中午怎么收费")


async def ask_what_nobody_knows(district: District, person: Person) -> None:
    for text in (*NOON, "火星上能不能种猕猴桃"):
        await says(district, person, text)


async def first_group(district: District, admin: Person) -> str:
    await says(district, admin, "/faq_admin")
    await tap(district, admin, "没答上的")
    return admin.last.text


async def test_misses_are_grouped_and_taught_to_an_entry_behind_a_preview(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await ask_what_nobody_knows(district, district.talent)
    shown = await first_group(district, admin)
    assert "1/2（问了 3 次）" in shown
    assert all(text in shown for text in NOON)
    asked = await tap(district, admin, "加到别的")
    assert asked.buttons == [["⬅️ 返回"]]  # whoever meant another button is not left with words to write
    await tap(district, admin, "返回")
    found = await tap(district, admin, "加到别的")
    assert NOON[0] in found.text or "应该由哪一条答复" in found.text
    await says(district, admin, "入学")
    preview = await tap(district, admin, "子女入学")
    assert f"多了一句问法：{NOON[0]}" in preview.text
    assert "→ 答复《子女入学》" in preview.text
    await tap(district, admin, "发布")
    assert NOON[0] in (faq_folder / "school.yaml").read_text("utf-8")
    assert "1/1（问了 1 次）" in await first_group(district, admin)


async def test_off_topic_and_ignore_in_english_until_nothing_is_left(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await ask_what_nobody_knows(district, district.talent)
    await speaks_english(district, admin)
    await says(district, admin, "/faq_admin")
    shown = await tap(district, admin, "Unanswered")
    assert "Unanswered 1/2 (asked 3 times)" in shown.text
    await tap(district, admin, "Ignore")
    assert "火星上能不能种猕猴桃" in admin.last.text
    preview = await tap(district, admin, "Not ours")
    assert "火星上能不能种猕猴桃" in preview.text
    await tap(district, admin, "Publish")
    assert "火星上能不能种猕猴桃" in (faq_folder / "off_topic.yaml").read_text("utf-8")
    await says(district, admin, "/faq_admin")
    assert "Nothing to do" in (await tap(district, admin, "Unanswered")).text
    async with district.parts.database.read() as tx:
        how = await tx.execute(select(questions.c.settled).where(questions.c.settled.is_not(None)))
        assert sorted(row.settled for row in how) == ["ignored", "ignored", "ignored", "off_topic"]


async def test_a_group_becomes_a_new_entry_with_its_wordings_filled_in(district: District, faq_folder: Path) -> None:
    admin, talent = district.admin, district.talent
    await ask_what_nobody_knows(district, talent)
    await first_group(district, admin)
    await tap(district, admin, "新写一条", "子女入学")
    await says(district, admin, "午托收费\nLunch care fees")
    assert NOON[1] in admin.last.text
    await says(district, admin, "What does lunch care cost?")
    await says(district, admin, "以学校公示为准。")
    await says(district, admin, "See the school's notice.")
    await tap(district, admin, "教育主管部门", "子女入学")
    await says(district, admin, "学校公示\nThe school's notice")
    await tap(district, admin, "发布")
    assert "id: lunch-care-fees" in (faq_folder / "school.yaml").read_text("utf-8")
    assert "以学校公示为准。" in (await says(district, talent, "午托班中午怎么收费")).text
    async with district.parts.database.read() as tx:
        rows = await tx.execute(select(book_misses.c.status).order_by(book_misses.c.id))
        assert [row.status for row in rows] == ["settled", "open"]


async def test_what_the_book_answers_by_now_is_no_miss_any_more(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await ask_what_nobody_knows(district, district.talent)
    put(faq_folder / "school.yaml", "幼儿园入学]", f"幼儿园入学, {', '.join(NOON)}]")
    await district.settles()
    shown = await first_group(district, admin)
    assert "1/1（问了 1 次）" in shown
    assert "火星" in shown


async def test_a_thumb_down_counts_as_a_miss_and_a_thumb_up_does_not(district: District) -> None:
    admin, talent = district.admin, district.talent
    await says(district, talent, "娃儿上学咋个办")
    await tap(district, talent, "👍")
    assert "没有要处理的" in await first_group(district, admin)
    await says(district, talent, "人才公寓怎么申请")
    await tap(district, talent, "👎")
    assert "人才公寓怎么申请" in await first_group(district, admin)


async def test_every_monday_at_nine_the_editors_hear_of_the_misses(district: District) -> None:
    admin = district.admin
    await ask_what_nobody_knows(district, district.talent)
    await district.passes(days=6, hours=22)  # Monday 08:00 in Enyang
    assert not admin.sees("没答好")
    await district.passes(hours=2)
    told = await admin.hears("有 4 句话没答好，合成 2 组")
    await tap(district, admin, "下一组")
    assert "火星" in admin.last.text
    await district.passes(days=7)
    await admin.hears("有 4 句话没答好", after=told)


async def test_who_asked_is_forgotten_after_thirty_days_and_the_question_stays(district: District) -> None:
    await says(district, district.talent, "火星上能不能种猕猴桃")
    await district.passes(days=29)
    await says(district, district.talent, "娃儿上学咋个办")
    await district.passes(days=2)
    async with district.parts.database.read() as tx:
        rows = (await tx.execute(select(questions).order_by(questions.c.id))).all()
        live = await tx.scalar(select(book_versions.c.version))
    assert [(row.text, row.asker_id is None) for row in rows] == [
        ("火星上能不能种猕猴桃", True),
        ("娃儿上学咋个办", False),
    ]
    assert {row.book for row in rows} == {live}


async def test_who_is_forgotten_takes_their_wordings_out_of_the_groups_and_others_stay(district: District) -> None:
    admin, talent, other = district.admin, district.talent, district.liaison
    alone, both, neighbour = "火星上能不能种猕猴桃华小宝想晓得", NOON[0], NOON[1]
    for person, text in ((talent, alone), (talent, both), (other, both), (talent, NOON[2]), (other, neighbour)):
        await says(district, person, text)
    shown = await first_group(district, admin)
    assert "1/2（问了 4 次）" in shown
    await says(district, talent, "/forget")
    await tap(district, talent, "确定删除")
    async with district.parts.database.read() as tx:
        rows = (await tx.execute(select(book_misses))).all()
        left = {row.id for row in await tx.execute(select(questions.c.id))}
    assert [(row.texts, row.count, row.status) for row in rows] == [([both, neighbour], 2, "open")]
    assert set(rows[0].questions) == left
    assert "1/1（问了 2 次）" in await first_group(district, admin)


async def test_what_is_forgotten_while_it_is_grouped_is_in_no_group(district: District) -> None:
    parts = district.parts
    await says(district, district.talent, NOON[0])
    await says(district, district.liaison, NOON[1])
    async with parts.database.read() as tx:
        missed = await Desk(tx, parts.services.house, parts.clock.now()).misses.unsettled()
    groups = group_misses(parts.services.knowledge.book, missed)
    await says(district, district.talent, "/forget")
    await tap(district, district.talent, "确定删除")
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        await desk.misses.replace(groups)
        assert [(miss.texts, miss.count) for miss in await desk.misses.open()] == [((NOON[1],), 1)]
