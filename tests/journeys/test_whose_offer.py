"""What is offered fits who asks: nobody who only works here is sent to file, no guest is told they have no card."""

from __future__ import annotations

import pytest
from databases import SPOKEN
from district import District

pytestmark = SPOKEN


@pytest.mark.parametrize("words", ["我的档案柜钥匙断在锁里了", "今天天气怎么样", "娃儿上学咋个办"])
async def test_staff_without_a_card_are_not_offered_to_file(district: District, words: str) -> None:
    admin = district.admin
    await admin.says(words)
    await district.settles()
    offered = [label for row in admin.last.buttons for label in row]
    assert offered
    assert not any("📝" in label for label in offered)
    assert "交给负责的人来办" not in admin.last.text


async def test_a_guest_who_looks_for_contacts_is_shown_the_way_to_link_a_card(district: District) -> None:
    guest = district.guest
    await guest.says("/contacts")
    told = await guest.hears("Your contacts come with the talent card")
    await guest.presses("card", on=told)
    await guest.hears("keep your name")


@pytest.mark.parametrize("way", ["typed", "contact"])
async def test_a_guest_who_sends_a_phone_number_is_led_to_link_the_card(district: District, way: str) -> None:
    guest = district.guest
    await (guest.says("13800000058") if way == "typed" else guest.shares_contact())
    await guest.hears("keep your name")
    await guest.presses("I agree")
    await guest.hears("card number")
