"""What the office's own pages refuse: said to the reader, in their language, with what they can do next."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District
from filed import files
from test_book_editing import speaks_english
from visitor import form_token, let_in

pytestmark = [SPOKEN, pytest.mark.minimal]


async def test_whoever_did_it_before_is_not_named_to_themselves(district: District) -> None:
    path = f"/desk/{(await files(district)).number}"
    async with let_in(district, district.liaison) as liaison:
        fields = {"form": form_token(await liaison.get(path)), "act": "accept"}
        await liaison.post(path, fields)
        again = await liaison.post(path, fields)
        assert again.status == 409
        assert "您在 " in again.words
        assert "何青在" not in again.words
        await speaks_english(district, district.liaison)
        assert "You did that already" in (await liaison.post(path, fields)).words


@pytest.mark.parametrize("tongue", [0, 1], ids=["zh", "en"])
async def test_each_refusal_says_to_the_reader_what_to_do_next(district: District, tongue: int) -> None:
    staff = district.run_team
    if tongue:
        await speaks_english(district, staff)
    async with let_in(district, staff) as page:
        for path, says in (
            ("/desk/nope", ("都在首页", "on the first page")),
            ("/desk/EY-2026-999999", ("您的事项都在首页", "Yours are all on the first page")),
            ("/desk/request/1", ("没有这个网页", "There is no such page")),
            ("/desk/new", ("替持卡人办，请从首页", "to file for a cardholder, choose")),
            ("/desk/team/999", ("您跟踪的团队都在首页", "those you follow are on the first page")),
        ):
            answer = await page.get(path)
            assert answer.status in (404, 409)
            assert says[tongue] in answer.words
            assert not any(command in answer.words for command in ("/help", "/visits"))
        refused = await page.post("/desk/team/1", {"form": "0" * 64})
        assert refused.status == 403
        assert ("您刚才提交的没有处理", "What you just sent was not carried out")[tongue] in refused.words
