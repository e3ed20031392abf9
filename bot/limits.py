"""Telegram's limits as rows, so that all processes obey them together and a restart forgets nothing.

A bucket is one moment: when it will be full again (the generic cell rate algorithm). Source of the rates:
core.telegram.org/bots/faq, "My bot is hitting limits": 30 a second, one a second in a chat, 20 a minute in a group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from db.engine import Tx
from db.inserting import insert_into, insert_new
from db.schema.queues import rate_buckets
from db.types import EPOCH

BOT = "bot"
SKEW = timedelta(seconds=5)
"""The clocks of two machines differ by less; by more, one has been put right since."""


@dataclass(frozen=True)
class Rate:
    """One message each `every`, and at most `burst` at once after a pause."""

    every: timedelta
    burst: int

    @property
    def slack(self) -> timedelta:
        """How far ahead of the steady rate one may be."""
        return self.every * (self.burst - 1)


@dataclass(frozen=True)
class Rates:
    """Burst and steady rate together stay within what Telegram allows in any second, or any minute for groups."""

    bot: Rate = Rate(timedelta(milliseconds=37), 3)
    chat: Rate = Rate(timedelta(milliseconds=1050), 4)
    group: Rate = Rate(timedelta(milliseconds=3500), 3)

    def of(self, chat_id: int) -> Rate:
        """A private chat's id is its person's, positive; a group's is negative."""
        return self.chat if chat_id > 0 else self.group


@dataclass
class Bucket:
    """A row while it is being counted on."""

    full_at: datetime = EPOCH
    held_until: datetime | None = None

    def opens(self, rate: Rate, now: datetime) -> datetime:
        """The moment from which one more is allowed."""
        ready = self._full_at(rate, now) - rate.slack
        return max(ready, self.held_until or now)

    def take(self, rate: Rate, now: datetime) -> None:
        """Count one more."""
        self.full_at = max(self._full_at(rate, now), now) + rate.every

    def ahead(self, rate: Rate, now: datetime) -> timedelta:
        """How far ahead of the steady rate we are."""
        return max(self._full_at(rate, now) - now, timedelta())

    def _full_at(self, rate: Rate, now: datetime) -> datetime:
        """A moment that no sending leads to comes from a clock that has been put back: we count anew."""
        possible = now + rate.every * rate.burst + SKEW
        return self.full_at if self.full_at <= possible else now


_FOUND = select(rate_buckets).where(rate_buckets.c.key.in_(bindparam("keys", expanding=True)))
# Locked in one order, so that two processes wait for each other and never both for ever.
_LOCKED = _FOUND.order_by(rate_buckets.c.key).with_for_update()


@cache
def _keep(dialect: str) -> Any:
    statement = insert_into(rate_buckets, dialect)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["key"], set_={"full_at": new.full_at, "held_until": new.held_until}
    )


class Limits:
    """Grants sends. Every method works in the caller's transaction."""

    def __init__(self, rates: Rates | None = None) -> None:
        self._rates = rates or Rates()
        self._bot = Bucket()

    def opens(self, now: datetime) -> datetime:
        """When the bot as a whole may send again, as far as this process knows."""
        return max(now, self._bot.opens(self._rates.bot, now))

    def room(self, now: datetime) -> int:
        """How many sends the bot as a whole has left now, as far as this process knows."""
        if self._bot.opens(self._rates.bot, now) > now:
            return 0
        return 1 + int((self._rates.bot.slack - self._bot.ahead(self._rates.bot, now)) / self._rates.bot.every)

    async def take(self, tx: Tx, chats: Sequence[int], now: datetime) -> list[datetime | None]:
        """Ask for one send to each of these chats, in this order.

        Returns:
            for each None when it may go now, else the moment from which it may.
        """
        buckets = await self._read(tx, [BOT, *map(str, chats)])
        answers = [self._grant(buckets[BOT], buckets[str(chat)], self._rates.of(chat), now) for chat in chats]
        touched = {BOT, *(str(chat) for chat, answer in zip(chats, answers, strict=True) if answer is None)}
        self._bot = buckets[BOT]
        if len(touched) > 1:
            await self._write(tx, {key: buckets[key] for key in sorted(touched)})
        return answers

    async def hold(self, tx: Tx, key: str, until: datetime) -> None:
        """Let nothing pass to a chat (its id as text), or from the bot as a whole (`BOT`), before this moment."""
        bucket = (await self._read(tx, [BOT, key]))[key]
        bucket.held_until = max(bucket.held_until or until, until)
        await self._write(tx, {key: bucket})
        if key == BOT:
            self._bot = bucket

    def _grant(self, bot: Bucket, chat: Bucket, rate: Rate, now: datetime) -> datetime | None:
        opens = max(bot.opens(self._rates.bot, now), chat.opens(rate, now))
        if opens > now:
            return opens
        bot.take(self._rates.bot, now)
        chat.take(rate, now)
        return None

    async def _read(self, tx: Tx, keys: Sequence[str]) -> dict[str, Bucket]:
        buckets = {key: Bucket() for key in keys}
        rows = (await tx.execute(_LOCKED, {"keys": sorted(buckets)})).all()
        if BOT not in {row.key for row in rows}:
            await tx.execute(insert_new(rate_buckets, tx.dialect), {"key": BOT, "full_at": EPOCH, "held_until": None})
            rows = (await tx.execute(_LOCKED, {"keys": sorted(buckets)})).all()
        for row in rows:
            buckets[row.key] = Bucket(row.full_at, row.held_until)
        return buckets

    async def _write(self, tx: Tx, buckets: Mapping[str, Bucket]) -> None:
        rows = [{"key": key, "full_at": one.full_at, "held_until": one.held_until} for key, one in buckets.items()]
        await tx.execute(_keep(tx.dialect), rows)
