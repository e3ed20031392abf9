"""A file saved in the FAQ's folder is live at once and told in words, or refused with its line and mend; never half."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from district import District
from sqlalchemy import func, select

from bot.bookkeeper import Bookkeeper
from bot.library import Library, write_files
from bot.reading import book_to_start_with
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
    assert "“子女入学”的答复" in told.text
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


async def test_a_slip_in_the_folder_does_not_stop_a_start_the_last_good_book_is_used(
    district: District, faq_folder: Path
) -> None:
    parts = district.parts
    good = parts.services.knowledge.book.version
    (faq_folder / "school.yaml").write_text("entries: [", "utf-8")
    book = await book_to_start_with(parts.settings, parts.database, parts.clock.now())
    assert book.version == good
    await Bookkeeper(
        Library(faq_folder, Knowledge(book), parts.services.house), parts.database, parts.services, parts.clock
    ).begin()
    await district.settles()
    await district.admin.hears("没有启用")
    assert not district.admin.sees("已生效")


async def test_a_change_made_while_nothing_ran_is_told_at_the_next_start(district: District, faq_folder: Path) -> None:
    parts = district.parts
    put(faq_folder / "school.yaml", "教育部门负责。", "由教育主管部门负责。")
    book = await book_to_start_with(parts.settings, parts.database, parts.clock.now())
    library = Library(faq_folder, Knowledge(book), parts.services.house)
    await Bookkeeper(library, parts.database, parts.services, parts.clock).begin()
    await district.settles()
    assert "➕ 由教育主管部门负责。" in (await district.admin.hears("已生效")).text
    assert len([message for message in district.admin.messages if "已生效" in message.text]) == 1


def test_a_file_is_written_whole_keeps_its_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "a.yaml").write_text("old", "utf-8")
    (folder / "a.yaml").chmod(0o640)
    (folder / "gone.yaml").write_text("x", "utf-8")
    write_files(folder, {"a.yaml": b"new", "b.yaml": b"b"}, {"a.yaml": b"old", "gone.yaml": b"x"})
    assert sorted(path.name for path in folder.iterdir()) == ["a.yaml", "b.yaml"]
    assert (folder / "a.yaml").read_bytes() == b"new"
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640
