"""Becoming a cardholder: by letter, by card and phone, by a person's yes; and everything that must not work."""

from __future__ import annotations

from colleagues import invited, without_number
from databases import SPOKEN
from district import District
from sqlalchemy import select, update
from taps import tap

from db.schema.binding import binding_requests
from db.schema.people import persons, staff, talent_cards
from desk.desk import Desk
from sandbox import Person

pytestmark = SPOKEN


async def letter(district: District, number: str = "DEMO-0008") -> str:
    """The payload of the link on a card's letter."""
    parts = district.parts
    async with parts.database.write() as tx:
        desk = Desk(tx, parts.services.house, parts.clock.now())
        holder = await desk.accounts.holder(number)
        assert holder is not None
        return await desk.binding.invite(holder.id, "card", None)


async def gives_number(district: District, guest: Person, number: str = "DEMO-0008") -> None:
    """From /card to the button that shares the phone; the notice is agreed to the first time."""
    await guest.says("/card")
    await tap(district, guest, "I have a card")
    if guest.last.text.startswith("Before we start"):
        await tap(district, guest, "I agree")
    await guest.says(number)
    await district.settles()


async def account(district: District, key: str) -> int | None:
    async with district.parts.database.read() as tx:
        found: int | None = await tx.scalar(select(persons.c.telegram_id).where(persons.c.key == key))
        return found


async def statuses(district: District) -> list[str]:
    """How the requests to be let in stand."""
    async with district.parts.database.read() as tx:
        return list((await tx.execute(select(binding_requests.c.status))).scalars())


async def test_a_letter_and_the_own_phone_bind_once(district: District) -> None:
    guest = district.guest
    token = await letter(district)
    assert len(token) <= 64
    await guest.start(token)
    await tap(district, guest, "I agree")
    await guest.hears("share your own phone number")
    await guest.presses("Share my phone")
    await guest.hears("your card is bound")
    await district.settles()
    assert await account(district, "an_ke") == guest.id
    await guest.says("/card")
    mine = await guest.hears("DEMO-0008")
    assert "valid" in mine.text
    await district.talent.start(token)
    await district.talent.hears("这个链接用过了，或者过期了")


async def test_a_letter_is_over_after_three_days_and_when_a_newer_one_is_made(district: District) -> None:
    guest = district.guest
    first = await letter(district)
    second = await letter(district)
    await guest.start(first)
    await guest.hears("has been used or is over")
    await district.passes(hours=73)
    await guest.start(second)
    await district.settles()
    assert sum("has been used or is over" in message.text for message in guest.messages) == 2


async def test_a_card_number_written_without_being_asked_for_begins_the_binding(district: District) -> None:
    guest = district.guest
    await guest.says("my card number is DEMO-0008")
    await tap(district, guest, "I agree")
    await guest.hears("share your own phone number")
    await guest.presses("Share my phone")
    await guest.hears("your card is bound")
    await guest.says("DEMO-0008")  # to somebody who is bound these are words like any other
    await district.settles()
    assert "share your own phone" not in guest.last.text


async def test_card_number_and_own_phone_bind(district: District) -> None:
    guest = district.guest
    await gives_number(district, guest, " demo-0008 ")
    await guest.presses("Share my phone")
    await guest.hears("your card is bound")
    await guest.says("/new")
    await guest.hears("What is it about")


async def test_a_typed_phone_number_is_told_to_come_by_the_button_and_leaves_the_card_number(
    district: District,
) -> None:
    guest = district.guest
    await guest.says("/card")
    await tap(district, guest, "I have a card", "I agree")
    await guest.says("13800000058")  # nor is it taken for the card's
    await guest.hears("only the button lets Telegram prove")
    await guest.hears("Please send your card number")
    await guest.says("25 December 2025")
    await guest.hears("letters and digits printed on the card")
    await guest.says("DEMO-0008")
    await guest.hears("share your own phone number")
    told = await guest.says("+86 138-0000-0058")
    await guest.hears("only the button lets Telegram prove", after=told)
    await guest.hears("share your own phone number", after=told)
    await guest.presses("Share my phone")
    await guest.hears("your card is bound")


async def test_a_contact_that_is_not_the_senders_own_never_binds(district: District) -> None:
    guest = district.guest
    await gives_number(district, guest)
    await guest.shares_contact(phone="13800000058", user_id=district.talent.id)
    await guest.hears("does not match")
    await guest.shares_contact(phone="13800000058", user_id=None)
    await district.settles()
    assert guest.sees("does not match")
    assert await account(district, "an_ke") is None


async def test_a_wrong_card_and_a_wrong_phone_get_the_same_answer_and_the_owner_hears_of_it(district: District) -> None:
    guest, talent = district.guest, district.talent
    answers = []
    for number in ("DEMO-9999", "DEMO-0001"):
        await gives_number(district, guest, number)
        await guest.presses("Share my phone")
        await district.settles()
        answers.append([message.text for message in guest.messages[-2:]])
        assert "does not match" in answers[-1][0]
    assert answers[0] == answers[1]
    await talent.hears("有人想用您的信息绑定英才卡")
    assert await account(district, "yang_fan") == talent.id


async def test_too_many_wrong_tries_end_it_for_a_day_and_the_admins_hear(district: District) -> None:
    guest, admin = district.guest, district.admin
    for _ in range(5):
        await gives_number(district, guest, "DEMO-9999")
        await guest.presses("Share my phone")
        await district.settles()
    await admin.hears("错误尝试达到上限")
    await gives_number(district, guest)
    await guest.presses("Share my phone")
    await guest.hears("Too many tries")
    assert await account(district, "an_ke") is None
    await district.passes(hours=25)
    await gives_number(district, guest)
    await guest.presses("Share my phone")
    await guest.hears("your card is bound")


async def test_a_person_of_the_talent_office_can_let_somebody_in_with_the_roster_beside(district: District) -> None:
    guest, admin = district.guest, district.admin
    await guest.says("/card")
    await tap(district, guest, "Ask the talent office", "I agree")
    await guest.hears("write your name and card number")
    await guest.says("An Ke, DEMO-0008, I have a new number <b>")
    await guest.hears("will hear from it here")
    request = await admin.hears("有人申请绑定英才卡")
    assert "安可" in request.text
    assert "138****0058" in request.text
    assert "<b>" in request.text
    await admin.presses("同意绑定")
    await guest.hears("has confirmed it")
    await admin.hears("安可已绑定")
    assert await account(district, "an_ke") == guest.id


async def test_a_request_is_decided_once_and_by_nobody_else(district: District) -> None:
    guest, admin, liaison = district.guest, district.admin, district.liaison
    await guest.says("/card")
    await tap(district, guest, "Ask the talent office", "I agree")
    await guest.hears("write your name")
    await guest.says("DEMO-0008")
    request = await admin.hears("有人申请绑定英才卡")
    grant = next(b["callback_data"] for row in request.inline for b in row if "同意绑定" in b["text"])
    await liaison.presses_data(grant, liaison.last)
    await district.settles()
    assert await account(district, "an_ke") is None
    await admin.presses("不同意")
    await guest.hears("could not confirm")
    await admin.presses_data(grant, request)
    await district.settles()
    assert "处理过了" in admin.toasts[-1]
    assert await account(district, "an_ke") is None


async def test_a_request_whose_asker_got_in_another_way_stays_open_until_it_is_refused(district: District) -> None:
    guest, admin = district.guest, district.admin
    await guest.says("/card")
    await tap(district, guest, "Ask the talent office", "I agree")
    await guest.says("DEMO-0005")
    request = await admin.hears("有人申请绑定英才卡")
    await gives_number(district, guest)
    await guest.presses("Share my phone")
    await guest.hears("your card is bound")
    await tap(district, admin, "同意绑定")
    assert "没有再绑定" in admin.toasts[-1]
    assert await statuses(district) == ["open"]
    await admin.presses("不同意", on=request)
    await district.settles()
    assert await statuses(district) == ["refused"]
    assert await account(district, "an_ke") == guest.id


async def test_a_new_account_takes_over_and_the_old_one_is_told(district: District) -> None:
    talent, guest, admin = district.talent, district.guest, district.admin
    token = await letter(district, "DEMO-0001")
    await guest.start(token)
    await tap(district, guest, "I agree")
    await guest.hears("share your own phone number")
    await guest.shares_contact(phone="+8613800000051")
    await guest.hears("your card is bound")
    await talent.hears("已移到另一个账号")
    await admin.hears("换了账号绑定")
    await talent.says("/card")
    await talent.hears("还没有在这里绑定恩阳英才卡")


async def test_unbound_the_account_is_a_guest_and_the_card_waits(district: District) -> None:
    talent = district.talent
    await talent.says("/card")
    await tap(district, talent, "卡丢了、换账号", "这个账号不再绑定", "确定")
    await talent.hears("已解除绑定")
    await talent.says("/my")
    await talent.hears("您还没有事项")
    assert await account(district, "yang_fan") is None


async def test_a_lost_card_files_nothing_new_and_says_so_kindly(district: District) -> None:
    talent, admin = district.talent, district.admin
    await talent.says("/card")
    await tap(district, talent, "卡丢了、换账号", "卡丢了，挂失", "确定")
    await admin.hears("报失英才卡 DEMO-0001")
    await talent.says("/new")
    await talent.hears("正在挂失")


async def test_an_expired_card_is_told_so_at_filing(district: District) -> None:
    talent = district.talent
    async with district.parts.database.write() as tx:
        await tx.execute(update(talent_cards).values(valid_to=district.clock.now().date().replace(year=2025)))
    await talent.says("/new")
    await talent.hears("过了有效期")


async def test_staff_are_bound_by_an_invitation_that_lasts_a_quarter_of_an_hour(district: District) -> None:
    guest = district.guest
    token = await invited(district, "教育主管部门", "邱山")
    await without_number(district, "邱山")
    await guest.start(token)
    await tap(district, guest, "I agree")
    await guest.hears("Your office invites you")
    await guest.presses("It is me")
    await guest.hears("you are bound")
    await guest.says("/start")
    await guest.hears("What is given to you")


async def test_an_invitation_is_over_after_a_quarter_of_an_hour(district: District) -> None:
    guest = district.guest
    token = await invited(district, "教育主管部门", "邱山")
    await district.passes(minutes=16)
    await guest.start(token)
    await guest.hears("has been used or is over")


async def test_nobody_but_an_admin_invites(district: District) -> None:
    for person in (district.talent, district.liaison):
        await person.says("/invite")
        await person.hears("没有这个功能")


async def test_leaving_ends_access_at_once(district: District) -> None:
    department = district.department
    async with district.parts.database.write() as tx:
        holder = select(persons.c.id).where(persons.c.telegram_id == department.id).scalar_subquery()
        await tx.execute(update(staff).where(staff.c.person_id == holder).values(active=False))
    await department.says("/inbox")
    await department.says("/start")
    await department.hears("人才政策可以直接问我")
