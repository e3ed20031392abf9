"""Wrong tries with a card while the key changes: they go on counting, before, during and after the rotation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.engine import Database
from db.schema.binding import binding_tries
from desk.binding import Shared
from desk.desk import Desk
from desk.house import House
from desk.refusals import Refused
from desk.rekeying import rekey
from desk.tries import BUDGETS
from desk.vault import Vault

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OLD, NEW = b"k" * 32, b"n" * 32


async def tries(database: Database, house: House, keys: list[bytes], account: int, card: str = "DEMO-0008") -> str:
    """Somebody tries a card with a phone that is not its owner's: the sentence they hear."""
    async with database.write() as tx:
        desk = Desk(tx, replace(house, vault=Vault(keys)), NOW + timedelta(minutes=account))
        asker = await desk.people.meet(900_000 + account, 900_000 + account, None)
        with pytest.raises(Refused) as refused:
            await desk.binding.by_card(asker, card, Shared("13900000000", own=True))
    return refused.value.key


async def test_a_change_of_key_gives_nobody_more_tries_at_a_card(seeded: Database, house: House) -> None:
    assert house.vault.marks("card", "1") == Vault([OLD]).marks("card", "1")  # the roster was sealed with it
    most = BUDGETS["card"][0]
    ways = [[OLD], [NEW, OLD]]
    assert {await tries(seeded, house, ways[n % 2], n) for n in range(most)} == {"binding.no_match"}
    assert await tries(seeded, house, [NEW, OLD], most) == "binding.too_many"
    assert await tries(seeded, house, [NEW, OLD], most + 1, "DEMO-0007") == "binding.no_match"
    async with seeded.write() as tx:
        await rekey(tx, replace(house, vault=Vault([NEW, OLD])))
    assert await tries(seeded, house, [NEW], most + 2, "DEMO0008") == "binding.too_many"
    assert await tries(seeded, house, [NEW], most + 3, "DEMO-0007") == "binding.no_match"
    async with seeded.read() as tx:
        by_card = select(func.count()).where(binding_tries.c.scope.startswith("card:"))
        assert await tx.scalar(by_card.group_by(binding_tries.c.scope).order_by(func.count())) == 2
