"""relay minimal: Telegram carries number, stage and a link; everything else stays on the office's own pages."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from district import PHOTO, District, open_minimal
from room_clock import RoomClock
from sqlalchemy import select
from taps import tap
from visitor import Visitor, form_token, link_of, visitor

from bot.commands import audit
from db import moving
from db.schema import metadata
from db.schema.matters import questions
from desk.desk import Desk
from sandbox import Sandbox

CHILD, WANTED, PAPER, RESULT, NOTE = (
    "孩子叫小禾苗",
    "小禾苗的户口簿",
    "户口簿在附件",
    "小禾苗已安排",
    "小禾苗的父亲来过",
)
SECRETS = ("小禾苗", "户口簿", "登科", "子女入学", "转学")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


@pytest.fixture
async def district(tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock) -> AsyncIterator[District]:
    async with open_minimal(tmp_path, database_url, sandbox, clock) as opened:
        await opened.begins("talent", "liaison", "department", "run_team", "admin")
        yield opened


@pytest.fixture
async def talent(district: District) -> AsyncIterator[Visitor]:
    async with visitor(district.parts.services.pages) as found:
        await district.talent.says("/page")
        await district.settles()
        await found.signs_in(district.talent)
        yield found


@pytest.fixture
async def liaison(district: District) -> AsyncIterator[Visitor]:
    async with visitor(district.parts.services.pages) as found:
        await district.liaison.says("/page")
        await district.settles()
        await found.signs_in(district.liaison)
        yield found


async def files(talent: Visitor, begun_with: str = "", **more: str) -> str:
    """A school matter, filed on the page; the path of its page."""
    form = f"/desk/new/school{begun_with}"
    page = await talent.get(form)
    fields = {"form": form_token(page), "consent-notice": "yes", "words": CHILD, **more}
    fields |= {"q-stage": "小学", "q-kind": "转学", "q-when": "2027-02-20", "q-where": "登科街道"}
    done = await talent.post(form, fields, ("照片.png", PHOTO))
    assert done.status == 200, done.words
    return done.path


def carried(sandbox: Sandbox) -> str:
    """Everything Telegram has of every chat."""
    chats = [[entry.body for entry in chat.entries.values()] for chat in sandbox.telegram.world.chats.values()]
    return json.dumps(chats, ensure_ascii=False)


async def test_a_matter_from_filing_to_five_stars_and_telegram_knows_nothing_of_it(
    district: District, talent: Visitor, liaison: Visitor
) -> None:
    path = await files(talent)
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
    await files(talent)
    async with district.parts.database.read() as tx:
        kept = "".join([repr((await tx.execute(select(table))).all()) for table in metadata.sorted_tables])
    assert "小禾苗" not in kept
    assert PHOTO[:20].hex() not in kept


@on_sqlite
async def test_what_is_typed_into_the_chat_is_not_passed_on(district: District, talent: Visitor) -> None:
    await files(talent)
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


async def test_a_link_is_good_once_briefly_and_for_its_account_alone(district: District) -> None:
    await district.talent.says("/page")
    await district.settles()
    link = link_of(district.talent)
    address = district.parts.services.pages
    async with visitor(address) as first, visitor(address) as second, visitor(address) as third:
        assert (await first.get(link)).status == 200
        assert (await second.get(link)).status == 200
        assert "杨帆" in (await first.enters(link)).words
        assert (await second.enters(link)).status == 410
        assert (await second.get("/desk/")).status == 401
        await district.talent.says("/page")
        await district.settles()
        district.clock.passes(timedelta(minutes=11).total_seconds())
        assert (await third.enters(link_of(district.talent))).status == 410
        await district.talent.says("/card")
        await district.settles()
        assert (await first.get("/desk/")).status == 200
        district.clock.passes(timedelta(hours=13).total_seconds())
        assert (await first.get("/desk/")).status == 401


@on_sqlite
async def test_an_account_that_is_taken_off_the_card_is_signed_out_at_once(district: District, talent: Visitor) -> None:
    for step in ("/card",):
        await district.talent.says(step)
        await district.settles()
    for label in ("换手机", "解除绑定"):
        row = next((b for m in district.talent.messages for r in m.buttons for b in r if label in b), None)
        if row:
            await district.talent.presses(row)
            await district.settles()
    person = district.talent.id
    async with district.parts.database.write() as tx:
        persons = metadata.tables["persons"]
        await tx.execute(persons.update().where(persons.c.telegram_id == person).values(telegram_id=None))
    assert (await talent.get("/desk/")).status == 401


@on_sqlite
async def test_what_is_not_yours_answers_as_if_it_did_not_exist(district: District, talent: Visitor) -> None:
    path = await files(talent)
    async with visitor(district.parts.services.pages) as other:
        await district.run_team.says("/page")
        await district.settles()
        await other.signs_in(district.run_team)
        foreign, none = await other.get(path), await other.get("/desk/EY-2026-999999")
        assert (foreign.status, foreign.words) == (none.status, none.words) == (404, none.words)
        assert (await other.get(f"{path}/1")).status == 404
        async with district.parts.database.read() as tx:
            assert len((await tx.execute(select(metadata.tables["refused"]))).all()) >= 2
        own = form_token(await other.get("/desk/"))
        assert (await other.post(path, {"form": own, "act": "say", "words": "x"})).status == 404


@on_sqlite
async def test_a_form_of_another_site_or_session_is_refused(district: District, talent: Visitor) -> None:
    path = await files(talent)
    page = await talent.get(path)
    fields = {"form": form_token(page), "act": "urge"}
    assert (await talent.post(path, {**fields, "form": "0" * 64})).status == 403
    assert (await talent.post(path, fields, Origin="https://evil.example")).status == 403
    assert (await talent.post(path, fields, **{"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await talent.post(path, fields)).status == 200


@on_sqlite
async def test_every_answer_carries_the_protecting_headers_and_the_cookie_is_hidden(district: District) -> None:
    await district.talent.says("/page")
    await district.settles()
    async with visitor(district.parts.services.pages) as guest:
        for path in ("/desk/", "/desk/style.css", "/desk/nothing/here", link_of(district.talent)):
            answer = await guest.get(path)
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        async with guest.session.post(link_of(district.talent), allow_redirects=False) as entered:
            cookie = entered.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


@on_sqlite
async def test_sensitive_matters_want_both_consents_and_files_have_limits(district: District, talent: Visitor) -> None:
    async with district.parts.database.write() as tx:
        await tx.execute(metadata.tables["consents"].delete())
    page = await talent.get("/desk/new/school")
    assert 'name="consent-notice"' in page.text
    assert 'name="consent-child"' in page.text
    fields = {"form": form_token(page), "q-stage": "小学", "q-kind": "转学"}
    refused = await talent.post("/desk/new/school", {**fields, "consent-notice": "yes"})
    assert refused.status == 409
    assert "打上勾" in refused.words
    ticked = {**fields, "consent-notice": "yes", "consent-child": "yes"}
    for name, content, said in (
        ("病毒.exe", b"MZ", "这种文件收不了"),
        ("大.pdf", b"%PDF" + b"0" * (10 * 1024 * 1024), "文件太大"),
    ):
        assert said in (await talent.post("/desk/new/school", ticked, (name, content))).words
    async with district.parts.database.read() as tx:
        assert (await tx.execute(select(metadata.tables["matters"]))).first() is None
        assert (await tx.execute(select(metadata.tables["files"]))).first() is None


@on_sqlite
async def test_a_form_with_a_file_that_cannot_be_taken_comes_back_with_its_answers(
    district: District, talent: Visitor
) -> None:
    page = await talent.get("/desk/new/school")
    fields = {"form": form_token(page), "consent-notice": "yes", "words": CHILD, "q-stage": "小学", "q-kind": "转学"}
    good = ("照片.png", PHOTO)
    large = ("大.pdf", b"%PDF" + b"0" * (11 * 1024 * 1024))
    for sent, said in (
        ([("病毒.exe", b"MZ"), good], "病毒.exe：这种文件收不了"),
        ([large, good], "每个不超过 10 MB"),
        ([good] * 7, "一次最多 6 个文件"),
    ):
        answer = await talent.post("/desk/new/school", fields, *sent)
        assert answer.status == 409
        assert said in answer.words
        assert "文件没有留下，请重新选" in answer.words
        assert CHILD in answer.text.split('name="words"')[1]
        assert "<option selected>小学</option>" in answer.text
    path = await files(talent)
    answer = await talent.acts(path, "say", ("病毒.exe", b"MZ"), words="先写在这里")
    assert answer.status == 409
    assert "先写在这里" in answer.text.split('id="act-say"')[1]
    assert "文件没有留下，请重新选" in answer.text.split('id="act-say"')[1]


@on_sqlite
async def test_whoever_is_still_signed_in_is_led_home_by_an_old_link(district: District, talent: Visitor) -> None:
    old = await talent.enters(link_of(district.talent))
    assert old.status == 410
    assert "还登录着" in old.words
    assert 'href="/desk/">回到首页' in old.text


@on_sqlite
async def test_an_address_that_leads_nowhere_says_so_in_our_words(district: District, talent: Visitor) -> None:
    path = await files(talent)
    for nowhere in ("/desk/nope", "/desk/EY-1", f"{path}/99"):
        answer = await talent.get(nowhere)
        assert answer.status == 404
        assert "没有这个网页" in answer.words
        assert "回到首页" in answer.words


@on_sqlite
async def test_the_address_without_its_last_stroke_leads_in_and_any_other_shows_the_way_in_both_languages(
    district: District, talent: Visitor
) -> None:
    await files(talent)
    assert (await talent.get("/desk")).path == "/desk/"
    for lost in ("/", "/index.html", "/new/school"):
        answer = await talent.get(lost)
        assert answer.status == 404
        assert "恩阳英才卡服务台的网页在这里" in answer.words
        assert "The Enyang talent desk is here" in answer.words
        assert 'href="/desk/"' in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await talent.get("/healthz")).text == "ok\n"


@on_sqlite
async def test_after_forget_the_files_are_locked_away_with_the_words(
    district: District, talent: Visitor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await files(talent)
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
    path = await files(talent)
    await liaison.get(path)
    mine = await talent.get("/desk/me")
    assert CHILD in mine.text
    assert "看了什么：网页" in mine.text.split("谁看过您的敏感事项")[1]


@on_sqlite
async def test_staff_fill_in_for_a_cardholder_who_confirms_on_the_page(
    district: District, talent: Visitor, liaison: Visitor
) -> None:
    found = await liaison.get("/desk/behalf?q=DEMO-0001")
    assert "杨帆" in found.words
    chosen = found.text.split("/desk/new?for=")[1].split('"')[0]
    page = await liaison.get(f"/desk/new/permit?for={chosen}")
    names = [part.split('"')[0] for part in page.text.split('name="q-')[1:]]
    fields = {f"q-{name}": "开一家面馆" for name in names}
    for name in names:
        options = page.text.split(f'name="q-{name}"')[1].split("</select>")[0].split("<option>")[1:]
        if options and "select" in page.text.split(f'id="q-{name}"')[0][-20:]:
            fields[f"q-{name}"] = options[0].split("<")[0]
    sent = await liaison.post(f"/desk/new/permit?for={chosen}", {"form": form_token(page), **fields})
    assert "持卡人确认" in sent.words, sent.words
    await district.settles()
    mine = await talent.get("/desk/EY-2026-000001")
    assert "待确认" in mine.words
    done = await talent.acts("/desk/EY-2026-000001", "file", **{"consent-notice": "yes"})
    assert "派单" in done.words


async def ask_to_be_let_in(district: District, said: str) -> str:
    """Somebody without a card asks the office; the page where that is decided."""
    asker = district.sandbox.add_person(f"asker{len(said)}", first_name="来人")
    await asker.start()
    await district.settles()
    await asker.says("/card")
    for label in ("请人才办核对", "同意，继续"):
        await district.settles()
        await asker.presses(label)
    await district.settles()
    await asker.says(said)
    await district.settles()
    told = await district.admin.hears("有人申请绑定英才卡")
    assert not [each for each in (said, "DEMO", "手机") if each in told.text]
    urls = [button["url"] for row in told.inline for button in row if "url" in button]
    await district.admin.presses("登录链接", on=told)
    await district.settles()
    return str(urls[0]).removeprefix(district.parts.services.pages)


@on_sqlite
async def test_who_asks_to_be_let_in_is_read_and_decided_on_the_page(district: District, liaison: Visitor) -> None:
    path = await ask_to_be_let_in(district, "我是程一诺，卡号 DEMO-0002")
    async with visitor(district.parts.services.pages) as office:
        page = await office.signs_in(district.admin)
        assert page.path == path
        assert "我是程一诺" in page.words
        assert (await liaison.get(path)).status == 404
        fields = {"form": form_token(page), "answer": "no"}
        assert "核对不上" in (await office.post(path, fields)).words
        assert (await office.post(path, fields)).status == 409
        assert (await office.get("/desk/request/999999")).status != 200
    told = json.dumps([each.text for each in district.admin.messages], ensure_ascii=False)
    assert "程一诺" not in told


@on_sqlite
async def test_a_dry_run_of_routing_names_nobody_in_the_chat(district: District) -> None:
    await district.admin.says("/route 杨帆 子女入学")
    await district.settles()
    assert "python -m bot route" in district.admin.last.text
    assert "杨帆" not in district.admin.last.text


@on_sqlite
async def test_an_office_that_shows_no_names_shows_none_of_whoever_has_left(
    district: District, talent: Visitor, liaison: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = district.parts
    office = parts.services.house.catalogue.office("organisation")
    assert office is not None
    monkeypatch.setitem(office.__dict__, "shows_name", False)
    path = await files(talent)
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


@on_sqlite
@pytest.mark.parametrize("label", ["办理：", "办别的事"])
async def test_a_question_nobody_could_answer_stands_in_the_form_already(
    district: District, liaison: Visitor, label: str
) -> None:
    said = "我想给厂里拉一根专线，找哪个"
    await district.talent.says(said)
    await tap(district, district.talent, "都不是", label)
    async with visitor(district.parts.services.pages) as talent:
        page = await talent.signs_in(district.talent)
        assert page.status == 200
        if label == "办别的事":
            assert said not in page.text
            path = re.findall(r'href="(/desk/new/permit[^"]*)"', page.text)[0]
        else:
            assert f">{said}</textarea>" in page.text
            path = page.path + "?question=1"
        form = await talent.get(path)
        assert f">{said}</textarea>" in form.text
        assert said not in path
        assert said not in (await talent.get(path.replace("=1", "=2"))).text
        assert (await talent.get("/desk/new/permit?question=one")).status == 200
    assert said not in (await liaison.get(path)).text


@on_sqlite
async def test_a_question_that_the_page_made_a_matter_of_is_known_to_have_led_to_one(
    district: District, talent: Visitor, liaison: Visitor
) -> None:
    for person in (district.talent, district.liaison):
        await person.says("娃儿上学咋个办")
        await district.settles()
    await files(talent, "?question=2")  # somebody else's
    await files(talent, "?question=1", words="")
    async with district.parts.database.read() as tx:
        kept = await tx.execute(select(questions.c.id, questions.c.filed))
        assert {row.id: row.filed for row in kept} == {1: True, 2: False}
