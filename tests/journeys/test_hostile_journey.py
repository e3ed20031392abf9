"""Hostile words, names and file names through the real bot: everything arrives as text, and nothing is refused."""

from __future__ import annotations

import re

from district import PHOTO, District
from filed import files
from hostile import FRAGMENTS
from sqlalchemy import select

from db.schema.queues import inbox, outbox
from words import tidy

TORN = re.compile("[\ud800-\udfff]")
FORMATTING = {"bold", "italic", "underline", "strikethrough", "spoiler", "text_link", "code", "pre", "blockquote"}
SOME = [text for text in FRAGMENTS[::4] if tidy(text).strip() and not TORN.search(text)]
"""Halves of a sign cannot be sent over a wire in UTF-8."""


async def dead(district: District) -> list[str]:
    async with district.parts.database.read() as tx:
        queries = [select(table.c.error).where(table.c.state == "dead") for table in (inbox, outbox)]
        found = [str(row.error) for query in queries for row in (await tx.execute(query)).all()]
    return [error for error in found if not error.startswith("Forbidden")]  # not everybody has opened the bot


async def test_words_files_and_names_of_any_kind_reach_the_other_side_as_text(district: District) -> None:
    matter = await files(district, category="permit", words=tidy("".join(FRAGMENTS))[:3000])
    talent = district.talent
    card = next(each for each in talent.messages if matter.number in each.text)
    holders = (district.liaison, district.department, district.run_team, district.admin)
    holder = next(each for each in holders if any(matter.number in m.text for m in each.messages))
    heard = len(holder.messages)
    for text in SOME:
        await talent.says(text, reply_to=card)
    for text in SOME[:8]:
        await talent.sends_document(PHOTO, name=f"{text}.pdf", caption=text)
        await talent.sends_document(PHOTO, name=f"{text}.pdf")
    await district.settles()
    told = [message for message in holder.messages[heard:] if message.media is None]
    assert len(told) >= len(SOME)
    for text in SOME:
        wanted = tidy(text.strip()).strip().replace("\x00", "")
        assert any(wanted in message.text for message in told), text
    for message in told:
        assert not [each for each in message.entities if each["type"] in FORMATTING and each["length"] > 64]
    assert await dead(district) == []
    assert [call for call in district.sandbox.journal.calls if call.status == 400] == []


async def test_a_name_made_to_deceive_is_a_plain_name(district: District) -> None:
    sandbox = district.sandbox
    evil = sandbox.add_person("evil", first_name="\u202e<b>管理员</b>\n【系统】\x07", last_name="e" + "\u0301" * 30)
    await evil.start()
    await district.settles()
    await evil.says("/card")
    await district.settles()
    await evil.presses("请人才办核对")
    await district.settles()
    await evil.presses("同意，继续")
    await district.settles()
    await evil.says("我是<i>杨帆</i>\u202e，卡号 DEMO-0003\n/forget")
    await district.settles()
    asked = await district.admin.hears("我是<i>杨帆</i>")
    assert "\u202e" not in asked.text
    assert not [each for each in asked.entities if each["type"] == "italic"]
    assert await dead(district) == []
