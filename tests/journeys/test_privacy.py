"""What is kept: asked for apart where it is sensitive, shown whole, erased at a word, gone when its time is over."""

from __future__ import annotations

from datetime import timedelta

from databases import SPOKEN
from district import District
from sqlalchemy import func, select, update
from taps import tap
from test_book_editing import speaks_english

from db.schema.binding import consents
from db.schema.keeping import locked_matters
from db.schema.matters import entries, events, matters, questions
from db.schema.people import persons, talent_cards
from db.schema.queues import inbox, outbox
from desk.desk import Desk

pytestmark = SPOKEN

WORDS = "住在登科街道，家里有老人"


async def files(district: District) -> None:
    """A school matter, filed, handled and confirmed."""
    talent, liaison = district.talent, district.liaison
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "转学", "跳过")
    await talent.says(WORDS)
    await tap(district, talent, "先不发材料", "提交")
    await tap(district, liaison, "接单", "送单")
    await liaison.says("已联系学校")
    await district.settles()


async def count(district: District, table: object) -> int:
    async with district.parts.database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(table)))  # type: ignore[arg-type]


async def without_consents(district: District) -> None:
    async with district.parts.database.write() as tx:
        await tx.execute(consents.delete())


async def test_what_is_sensitive_wants_a_consent_of_its_own(district: District) -> None:
    talent = district.talent
    await without_consents(district)
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学")
    asked = await talent.hears("不满十四岁")
    assert [label for row in asked.buttons for label in row] == ["单独同意，继续", "先不了"]
    await tap(district, talent, "单独同意，继续")
    await talent.hears("哪个阶段")
    assert await count(district, consents) == 1
    await talent.says("/cancel")
    await talent.says("/new")
    await tap(district, talent, "子女入学")
    await talent.hears("哪个阶段", after=talent.messages[-3])


async def test_without_that_consent_nothing_is_filled_in(district: District) -> None:
    talent = district.talent
    await without_consents(district)
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "医疗保健")
    await talent.hears("健康和就医")
    await tap(district, talent, "先不了")
    await talent.hears("什么都没有记下")
    assert await count(district, consents) == 0


async def test_a_newer_notice_is_asked_for_anew_before_anything_more_is_kept(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续")
    await talent.says("/cancel")
    object.__setattr__(district.parts.services, "consent_version", "2")
    before = talent.messages[-1]
    await talent.says("/new")
    await district.settles()
    await talent.hears("先说清楚一件事", after=before)
    await tap(district, talent, "同意，继续", "子女入学")
    await talent.hears("不满十四岁", after=before)
    async with district.parts.database.read() as tx:
        agreed = (await tx.execute(select(persons.c.consent).where(persons.c.key == "yang_fan"))).scalar_one()
    assert agreed == "2"


async def test_privacy_is_explained_to_anybody(district: District) -> None:
    await district.guest.says("/privacy")
    await district.guest.hears("How your data is used")
    await district.talent.says("/privacy")
    await district.talent.hears("您的信息怎么用")


async def test_mydata_is_a_file_with_all_that_is_kept_about_the_asker_and_nothing_of_others(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.says("/mydata")
    await district.settles()
    sent = talent.last
    assert sent.media == "document"
    content = sent.file or b""
    text = content.decode("utf-8-sig")
    for wanted in ("杨帆", "DEMO-0001", "13800000051", "EY-2026-000001", WORDS, "已联系学校", str(talent.id)):
        assert wanted in text
    assert "13800000003" not in text
    labels = {part.partition("：")[0] for line in text.splitlines() for part in line.split("  ") if "：" in part}
    assert [label for label in labels if label.isascii()] == []  # words, and no names of columns
    assert "谁：经办单位" in text
    assert "2026-11-23 10:00" in text  # the district's time
    assert "sendMessage" not in text
    assert "填写的内容：阶段：小学；入学方式：转学；" in text
    await speaks_english(district, talent)
    await talent.says("/mydata")
    await district.settles()
    assert "Stage: Primary school; Kind of entry: Change of school; " in (talent.last.file or b"").decode("utf-8-sig")


async def test_forget_me_waits_for_what_is_open_then_erases_and_locks(district: District) -> None:
    talent = district.talent
    await files(district)
    await talent.says("/forget")
    assert "EY-2026-000001" in (await talent.hears("还有在办的事")).text  # before they are asked whether they are sure
    await tap(district, talent, "办好了", "5★")
    await talent.says("/forget")
    await talent.hears("依法要留的")
    await tap(district, talent, "确定删除")
    await talent.hears("已加密封存")
    parts = district.parts
    async with parts.database.read() as tx:
        row = (await tx.execute(select(persons).where(persons.c.key == "yang_fan"))).one()
        assert (row.telegram_id, row.chat_id, row.consent) == (None, None, None)
        assert WORDS not in repr((await tx.execute(select(entries))).all())
        assert (await tx.execute(select(matters.c.answers))).scalars().all() == [[]]
        kept = await Desk(tx, parts.services.house, parts.clock.now()).privacy.unlocked("EY-2026-000001")
        assert WORDS in repr(kept)
        assert await tx.scalar(select(func.count()).select_from(questions).where(questions.c.asker_id == row.id)) == 0
    assert await count(district, events) > 4
    await talent.says("/my")
    await talent.hears("您还没有事项")


async def test_a_guest_who_is_forgotten_leaves_nothing(district: District) -> None:
    guest = district.guest
    await guest.says("Where can I rent a flat?")
    await guest.says("/forget")
    await guest.hears("cannot be undone")
    await tap(district, guest, "Erase it")
    await guest.hears("Erased.")
    async with district.parts.database.read() as tx:
        assert await tx.scalar(select(func.count()).where(persons.c.telegram_id == guest.id)) == 0
        assert "rent a flat" not in repr((await tx.execute(select(questions))).all())


async def test_staff_are_told_that_their_acts_are_records(district: District) -> None:
    await district.liaison.says("/forget")
    await district.liaison.hears("办事记录属于工作档案")


async def test_what_is_over_is_deleted_by_the_clock(district: District) -> None:
    talent = district.talent
    await files(district)
    await tap(district, talent, "办好了", "5★")
    parts = district.parts
    assert await count(district, inbox) > 5
    async with parts.database.write() as tx:
        old = parts.clock.now() - timedelta(days=1200)
        await tx.execute(update(matters).values(closed_at=old))
        await tx.execute(update(inbox).values(done_at=old))
        await tx.execute(update(outbox).where(outbox.c.state == "done").values(done_at=old))
        await Desk(tx, parts.services.house, parts.clock.now()).keeping.tidy({})
    assert await count(district, inbox) == 0
    assert await count(district, outbox) == 0
    async with parts.database.read() as tx:
        assert WORDS not in repr((await tx.execute(select(entries))).all())
    assert await count(district, locked_matters) == 0
    assert await count(district, events) > 4


async def test_a_card_that_ends_is_reminded_thirty_days_before_and_once(district: District) -> None:
    talent = district.talent
    today = district.clock.now().date()
    async with district.parts.database.write() as tx:
        ending = talent_cards.c.number == "DEMO-0001"
        await tx.execute(update(talent_cards).where(ending).values(valid_to=today + timedelta(days=20)))
    for _ in range(2):
        async with district.parts.database.write() as tx:
            desk = Desk(tx, district.parts.services.house, district.parts.clock.now())
            await desk.keeping.renewals({})
            notices = len(desk.newsroom.notices)
    assert notices == 0
    async with district.parts.database.write() as tx:
        await tx.execute(update(talent_cards).values(reminded_for=None))
    await district.passes(days=1)
    await talent.hears("请提前到人才办续期")
