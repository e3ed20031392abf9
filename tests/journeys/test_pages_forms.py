"""The forms of the office's pages: what each wants, what comes back, and who fills one in for whom."""

from __future__ import annotations

import json
import re

import pytest
from district import PHOTO, District
from sqlalchemy import select
from taps import tap
from visitor import CHILD, Visitor, files_a_school_matter, form_token, visitor

from db.schema import metadata
from db.schema.matters import questions

pytestmark = pytest.mark.minimal
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


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
    path = await files_a_school_matter(talent)
    answer = await talent.acts(path, "say", ("病毒.exe", b"MZ"), words="先写在这里")
    assert answer.status == 409
    assert "先写在这里" in answer.text.split('id="act-say"')[1]
    assert "文件没有留下，请重新选" in answer.text.split('id="act-say"')[1]


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
    await files_a_school_matter(talent, "?question=2")  # somebody else's
    await files_a_school_matter(talent, "?question=1", words="")
    async with district.parts.database.read() as tx:
        kept = await tx.execute(select(questions.c.id, questions.c.filed))
        assert {row.id: row.filed for row in kept} == {1: True, 2: False}
