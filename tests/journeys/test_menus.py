"""The menu of commands follows what somebody may use: on binding, on a new post, on leaving."""

from __future__ import annotations

import pytest
from colleagues import invited, without_number
from district import District
from test_binding import tap

from sandbox import Person, menus

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on which database it is."""


def menu(district: District, person: Person) -> set[str]:
    """The commands that this person's phone shows."""
    world = district.sandbox.telegram.world
    return {each["command"] for each in menus.menu(world, world.chats[person.id], person.account)}


@ON_SQLITE
async def test_staff_have_their_menu_once_bound_and_lose_it_on_leaving(district: District) -> None:
    admin, guest = district.admin, district.guest
    await guest.start()
    await district.settles()
    assert "inbox" not in menu(district, guest)
    token = await invited(district, "教育主管部门", "邱山")
    await without_number(district, "邱山")
    await guest.start(token)
    await tap(district, guest, "I agree", "It is me")
    assert {"inbox", "stats", "away"} <= menu(district, guest)
    assert not {"invite", "roster", "audit", "new"} & menu(district, guest)
    await admin.says("/invite")
    await tap(district, admin, "教育主管部门", "邱山", "离任", "是，邱山离任")
    assert "inbox" not in menu(district, guest)
