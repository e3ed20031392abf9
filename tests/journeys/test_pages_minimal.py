"""relay minimal: Telegram carries number, stage and a link; everything else stays on the office's own pages."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from district import PHOTO, District
from sqlalchemy import select
from visitor import CHILD, Visitor, files_a_school_matter, link_of

from bot.commands import audit
from db import moving
from db.schema import metadata
from db.schema.matters import questions
from desk.desk import Desk
from sandbox import Sandbox

WANTED, PAPER, RESULT, NOTE = (
    "小禾苗的户口簿",
    "户口簿在附件",
    "小禾苗已安排",
    "小禾苗的父亲来过",
)
SECRETS = ("小禾苗", "户口簿", "登科", "子女入学", "转学")

pytestmark = pytest.mark.minimal
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


def carried(sandbox: Sandbox) -> str:
    """Everything Telegram has of every chat."""
    chats = [[entry.body for entry in chat.entries.values()] for chat in sandbox.telegram.world.chats.values()]
    return json.dumps(chats, ensure_ascii=False)


async def test_a_matter_from_filing_to_five_stars_and_telegram_knows_nothing_of_it(
    district: District, talent: Visitor, liaison: Visitor
) -> None:
    path = await files_a_school_matter(talent)
    await district.settles()
    card = district.liaison.last
    assert card.text.splitlines()[0] == "EY-2026-000001"
    assert [label for row in card.buttons for label in row] == ["✅ 接单", "🌐 打开网页", "🔑 登录链接"]
    await district.liaison.presses("接单")
    await district.settles()
    page = await liaison.get(path)
    assert CHILD in page.words
    assert "杨帆" in page.words
    picture = await liaison.get(f"{path}/1")
    assert picture.headers["Content-Type"] == "image/png"
    await liaison.acts(path, "note", words=NOTE)
    await liaison.acts(path, "ask", words=WANTED)
    await district.settles()
    assert WANTED in (await talent.get(path)).words
    assert NOTE not in (await talent.get(path)).words
    await talent.acts(path, "supply", ("户口簿.pdf", b"%PDF-1.7 made here"), words=PAPER)
    kept = await liaison.get(f"{path}/4")
    assert kept.text == "%PDF-1.7 made here"
    assert "attachment" in kept.headers["Content-Disposition"]
    await liaison.acts(path, "deliver", words=RESULT)
    await district.settles()
    done = await talent.acts(path, "confirm", rating="5")
    assert "已办结" in done.words
    await district.settles()
    told = carried(district.sandbox)
    assert [secret for secret in SECRETS if secret in told] == []
    assert "EY-2026-000001" in told


async def test_nothing_of_it_can_be_read_in_the_database(district: District, talent: Visitor) -> None:
    await files_a_school_matter(talent)
    async with district.parts.database.read() as tx:
        kept = "".join([repr((await tx.execute(select(table))).all()) for table in metadata.sorted_tables])
    assert "小禾苗" not in kept
    assert PHOTO[:20].hex() not in kept


@on_sqlite
async def test_what_is_typed_into_the_chat_is_not_passed_on(district: District, talent: Visitor) -> None:
    await files_a_school_matter(talent)
    await district.settles()
    heard = len(district.liaison.messages)
    await district.talent.says("小禾苗今天发烧了，先不去学校")
    await district.settles()
    await district.talent.hears("没有转给任何人")
    await district.talent.sends_photo(PHOTO, "小禾苗的病历")
    await district.talent.says("小禾苗病了", reply_to=district.talent.messages[-3])
    await district.settles()
    assert len(district.liaison.messages) == heard
    async with district.parts.database.read() as tx:
        kept = "".join([repr((await tx.execute(select(table))).all()) for table in metadata.sorted_tables])
    assert "发烧" not in kept


@on_sqlite
async def test_a_policy_question_is_answered_in_the_chat_as_ever(district: District) -> None:
    await district.talent.says("娃儿上学咋个办")
    await district.settles()
    assert "http" not in district.talent.last.text
    assert len(district.talent.last.text) > 40


@on_sqlite
@pytest.mark.parametrize("command", ["/new", "/mydata"])
async def test_commands_that_take_or_show_content_lead_to_the_page(district: District, command: str) -> None:
    await district.talent.says(command)
    await district.settles()
    assert "/desk/in/" in link_of(district.talent)


@on_sqlite
async def test_after_forget_the_files_are_locked_away_with_the_words(
    district: District, talent: Visitor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await files_a_school_matter(talent)
    await talent.acts(path, "withdraw")
    await district.settles()
    await district.talent.says("/forget")
    await district.settles()
    await district.talent.presses("确定删除")
    await district.settles()
    assert (await talent.get("/desk/")).status == 401
    words = argparse.Namespace(task="open", number="EY-2026-000001", folder=tmp_path / "opened")
    assert await audit.run(district.parts.settings, words) == 0
    assert CHILD in capsys.readouterr().out
    assert [each.read_bytes() for each in (tmp_path / "opened").iterdir()] == [PHOTO]


@on_sqlite
async def test_what_was_erased_is_not_left_in_the_databases_file(district: District, tmp_path: Path) -> None:
    await district.talent.says("小谷粒发烧了怎么请假")
    await district.settles()
    async with district.parts.database.write() as tx:
        await tx.execute(questions.delete())
    copy = tmp_path / "copy.db"
    await moving.backup(district.parts.settings.database, copy)
    kept = copy.read_bytes()
    assert "小谷粒".encode() not in kept
    assert b"\\u5c0f\\u8c37\\u7c92" not in kept


@on_sqlite
async def test_looking_at_the_page_is_written_down_and_mydata_comes_from_here(
    district: District, talent: Visitor, liaison: Visitor
) -> None:
    path = await files_a_school_matter(talent)
    await liaison.get(path)
    mine = await talent.get("/desk/me")
    assert CHILD in mine.text
    assert "看了什么：网页" in mine.text.split("谁看过您的敏感事项")[1]


@on_sqlite
async def test_a_dry_run_of_routing_names_nobody_in_the_chat(district: District) -> None:
    await district.admin.says("/route 杨帆 子女入学")
    await district.settles()
    assert "在服务器上查" in district.admin.last.text
    assert "杨帆" not in district.admin.last.text


@on_sqlite
async def test_an_office_that_shows_no_names_shows_none_of_whoever_has_left(
    district: District, talent: Visitor, liaison: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = district.parts
    office = parts.services.house.catalogue.office("organisation")
    assert office is not None
    monkeypatch.setitem(office.__dict__, "shows_name", False)
    path = await files_a_school_matter(talent)
    await liaison.acts(path, "say", words="您好，正在办")
    await talent.acts(path, "say", words="辛苦了")
    before = await talent.get(path)
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        leaving = await desk.people.at_chat(district.liaison.id)
        assert leaving is not None
        await desk.staffing.leaves(leaving)
    after = await talent.get(path)
    for page in (before, after):
        assert "您好，正在办" in page.words
        assert "经办人" in page.words
        assert "何青" not in page.words
        assert "杨帆" in page.words
