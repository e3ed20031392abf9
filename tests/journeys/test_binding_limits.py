"""Wrong tries tell nothing, not even by what they cost; each card, each account and all together have their limit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from district import District
from sqlalchemy import func, insert, select
from test_binding import account, gives_number, tap

from db.schema.binding import binding_tries
from db.tx import AwaitedTx, DirectTx
from desk.tries import BUDGETS
from sandbox import Person

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on which database it is."""


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that reaches the database from here on, without its values."""
    seen: list[str] = []
    for kind in (AwaitedTx, DirectTx):
        monkeypatch.setattr(kind, "execute", _counting(kind.execute, seen))
    return seen


def _counting(execute: Any, seen: list[str]) -> Any:
    async def counted(self: Any, statement: Any, params: Any = None) -> Any:
        seen.append(str(statement))
        return await execute(self, statement, params)

    return counted


async def one_try(district: District, name: str, number: str, statements: list[str]) -> tuple[list[str], list[str]]:
    """A stranger's wrong try of a card: what the answer took, and how it read. The owner is told later, apart."""
    guest = district.sandbox.add_person(name, first_name=name, language_code="en", phone="13900000000")
    await gives_number(district, guest, number)
    async with district.parts.database.write() as tx:
        raw, worker = contact(guest), district.parts.worker
        statements.clear()
        await worker._handle(tx, worker._read(json.dumps(raw)), district.clock.now())
        took = list(statements)
    await district.parts.timers.idle()
    await district.settles()
    return took, [message.text for message in guest.messages[-2:]]


def contact(guest: Person) -> dict[str, Any]:
    """The update of a phone number shared by its owner."""
    user = {"id": guest.id, "is_bot": False, "first_name": "x", "language_code": "en"}
    shared = {"phone_number": "13911112222", "first_name": "x", "user_id": guest.id}
    chat = {"id": guest.id, "type": "private", "first_name": "x"}
    message = {"message_id": 999, "date": 1_795_000_000, "chat": chat, "from": user, "contact": shared}
    return {"update_id": 999, "message": message}


async def test_a_wrong_phone_a_wrong_card_and_no_card_at_all_take_the_same(
    district: District, statements: list[str]
) -> None:
    bound = await one_try(district, "g1", "DEMO-0001", statements)
    unbound = await one_try(district, "g2", "DEMO-0008", statements)
    unknown = await one_try(district, "g3", "DEMO-9999", statements)
    assert bound == unbound == unknown
    assert len(bound[0]) > 5
    await district.talent.hears("有人想用您的信息绑定英才卡")


@ON_SQLITE
async def test_one_card_is_tried_five_times_a_day_whoever_tries(district: District) -> None:
    for n in range(BUDGETS["card"][0]):
        guest = district.sandbox.add_person(f"g{n}", first_name="G", language_code="en", phone=f"1390000000{n}")
        await gives_number(district, guest, "DEMO-0008")
        await guest.presses("Share my phone")
        await district.settles()
        assert guest.sees("does not match")
    await district.admin.hears("错误尝试达到上限")
    await gives_number(district, district.guest, "DEMO-0008")  # its owner, with the right phone
    await district.guest.presses("Share my phone")
    await district.guest.hears("Too many tries")
    assert await account(district, "an_ke") is None
    await district.passes(hours=25)
    await gives_number(district, district.guest, "DEMO-0008")
    await district.guest.presses("Share my phone")
    await district.guest.hears("your card is bound")


@ON_SQLITE
async def test_all_together_have_a_limit_an_hour(district: District) -> None:
    most, now = BUDGETS["all"][0], district.clock.now()
    async with district.parts.database.write() as tx:
        await tx.execute(insert(binding_tries), [{"at": now, "scope": "all"} for _ in range(most)])
    await gives_number(district, district.guest)
    await district.guest.presses("Share my phone")
    await district.guest.hears("Too many tries")
    await district.passes(minutes=61)
    await gives_number(district, district.guest)
    await district.guest.presses("Share my phone")
    await district.guest.hears("your card is bound")
    async with district.parts.database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(binding_tries)) == most


@ON_SQLITE
async def test_whoever_leaves_is_taken_out_in_the_chat_at_once_and_the_deputy_has_it_all(district: District) -> None:
    admin, department = district.admin, district.department
    await admin.says("/invite")
    await tap(district, admin, "教育主管部门", "江禾", "离任")
    assert "权限马上停" in admin.last.text
    await department.says("/inbox")
    await district.settles()
    assert not department.sees("没有这个功能")
    await tap(district, admin, "是，江禾离任")
    await admin.hears("江禾已离任")
    await department.says("/inbox")
    await department.hears("没有这个功能")
    await admin.says("/invite")
    await tap(district, admin, "人才", "周安", "离任")
    assert "要由另一位同事" in admin.toasts[-1]
