"""A file saved in the FAQ's folder is live at once and told in words, or refused with its line and mend; never half."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from district import District
from sqlalchemy import func, select

from bot.bookkeeper import Bookkeeper
from bot.library import Library
from db.schema.book import book_versions
from handlers.knowledge import Knowledge

pytestmark = pytest.mark.usefixtures("faq_folder")


def put(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


async def test_a_saved_file_is_live_and_the_editors_hear_what_changed(district: District, faq_folder: Path) -> None:
    talent, admin = district.talent, district.admin
    put(faq_folder / "school.yaml", "教育部门负责。", "由教育主管部门负责。")
    await district.settles()
    told = await admin.hears("问答库文件有改动，已生效")
    assert "“子女入学” 的答复" in told.text
    assert "➖ 教育部门负责。" in told.text
    assert "➕ 由教育主管部门负责。" in told.text
    await talent.says("娃儿上学咋个办")
    await talent.hears("由教育主管部门负责。")


async def test_a_file_with_a_slip_is_told_with_line_and_mend_once_and_the_old_book_stays(
    district: District, faq_folder: Path
) -> None:
    talent, admin = district.talent, district.admin
    put(faq_folder / "school.yaml", "  office: education", "  office: educaton")
    await district.settles()
    told = await admin.hears("没有启用")
    assert "school.yaml 第 13 行（条目 school-enrol）" in told.text
    assert "educaton" in told.text
    await district.passes(seconds=30)
    assert len([message for message in admin.messages if "没有启用" in message.text]) == 1
    await talent.says("娃儿上学咋个办")
    await talent.hears("教育部门负责。")

    put(faq_folder / "school.yaml", "  office: educaton", "  office: education")
    await district.settles()
    await admin.hears("已生效", after=told)


async def test_in_english_an_editor_hears_it_in_english(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await admin.says("/language")
    await district.settles()
    await admin.presses("English")
    await district.settles()
    put(faq_folder / "housing.yaml", "    - Is there housing for talents?\n", "")
    await district.settles()
    told = await admin.hears("The FAQ's files have changed and are live")
    assert "Is there housing for talents?" in told.text
    (faq_folder / "housing.yaml").write_text("topic： housing\n", "utf-8")
    await district.settles()
    told = await admin.hears("what was live stays")
    assert "housing.yaml" in told.text


async def test_of_two_processes_that_see_a_change_one_tells(district: District, faq_folder: Path) -> None:
    admin = district.admin
    parts = district.parts
    knowledge = Knowledge(parts.services.knowledge.book)
    library = Library(faq_folder, knowledge, parts.services.house)
    other = Bookkeeper(library, parts.database, parts.services, parts.clock)
    put(faq_folder / "school.yaml", "教育部门负责。", "由教育主管部门负责。")
    await asyncio.gather(other.idle(), district.parts.bookkeeper.idle())
    await district.settles()
    assert knowledge.book.version == parts.services.knowledge.book.version
    assert len([message for message in admin.messages if "已生效" in message.text]) == 1
    async with parts.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(book_versions)) == 2
