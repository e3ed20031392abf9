"""The doors of the office's pages: who gets in, by which link, for how long; and what everybody else meets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from district import District
from sqlalchemy import select
from visitor import Visitor, files_a_school_matter, form_token, link_of, visitor

from db.schema import metadata

pytestmark = pytest.mark.minimal
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is shown on one."""


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
    path = await files_a_school_matter(talent)
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
    path = await files_a_school_matter(talent)
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
async def test_whoever_is_still_signed_in_is_led_home_by_an_old_link(district: District, talent: Visitor) -> None:
    old = await talent.enters(link_of(district.talent))
    assert old.status == 410
    assert "还登录着" in old.words
    assert 'href="/desk/">回到首页' in old.text


@on_sqlite
async def test_an_address_that_leads_nowhere_says_so_in_our_words(district: District, talent: Visitor) -> None:
    path = await files_a_school_matter(talent)
    for nowhere in ("/desk/nope", "/desk/EY-1", f"{path}/99"):
        answer = await talent.get(nowhere)
        assert answer.status == 404
        assert "没有这个网页" in answer.words
        assert "回到首页" in answer.words


@on_sqlite
async def test_the_address_without_its_last_stroke_leads_in_and_any_other_shows_the_way_in_both_languages(
    district: District, talent: Visitor
) -> None:
    await files_a_school_matter(talent)
    assert (await talent.get("/desk")).path == "/desk/"
    for lost in ("/", "/index.html", "/new/school"):
        answer = await talent.get(lost)
        assert answer.status == 404
        assert "恩阳英才卡服务台的网页在这里" in answer.words
        assert "The Enyang talent desk is here" in answer.words
        assert 'href="/desk/"' in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await talent.get("/healthz")).text == "ok\n"
