"""Questions that got no good answer: grouped by the bookkeeper for the editors, who settle them group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update

from db.engine import Tx
from db.schema.book import book_misses
from db.schema.matters import questions

KEPT_FOR = timedelta(days=90)
MOST = 2_000


@dataclass(frozen=True)
class Missed:
    """One question that got no good answer; `disliked`: it got one, and that did not help."""

    id: int
    text: str
    language: str
    disliked: bool


@dataclass(frozen=True)
class Miss:
    """A group of such questions: its wordings, the most frequent first, and the entry that comes nearest."""

    id: int
    language: str
    texts: tuple[str, ...]
    count: int
    nearest: str | None
    questions: tuple[int, ...]


class Misses:
    """Misses, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    async def unsettled(self) -> list[Missed]:
        """Questions we did not know, whose three offers were all wrong, or whose answer did not help."""
        missed = or_(questions.c.outcome.in_(["unknown", "none"]), questions.c.liked.is_(False))
        query = (
            select(questions.c.id, questions.c.text, questions.c.language, questions.c.liked)
            .where(missed, questions.c.settled.is_(None), questions.c.at > self._now - KEPT_FOR)
            .where(~questions.c.text.startswith("/"))
            .order_by(questions.c.id.desc())
            .limit(MOST)
        )
        return [Missed(row.id, row.text, row.language, row.liked is False) for row in await self._tx.execute(query)]

    async def replace(self, groups: Sequence[Miss]) -> None:
        """Put these groups in place of those that are open; their ids are given here."""
        await self._tx.execute(update(book_misses).where(book_misses.c.status == "open").values(status="replaced"))
        for group in groups:
            values = {"language": group.language, "texts": list(group.texts), "count": group.count}
            values |= {"nearest": group.nearest, "questions": list(group.questions)}
            await self._tx.execute(insert(book_misses).values(at=self._now, status="open", **values))

    async def open(self) -> list[Miss]:
        """The groups still to be settled, in the order they were given."""
        return await self._which("open")

    async def get(self, miss_id: int) -> Miss | None:
        """A group that is not settled, even if the questions have been grouped anew since."""
        return next((miss for miss in await self._which("open", "replaced") if miss.id == miss_id), None)

    async def _which(self, *statuses: str) -> list[Miss]:
        query = select(book_misses).where(book_misses.c.status.in_(statuses)).order_by(book_misses.c.id)
        return [
            Miss(
                row["id"],
                row["language"],
                tuple(row["texts"]),
                row["count"],
                row["nearest"],
                tuple(row["questions"]),
            )
            for row in (await self._tx.execute(query)).mappings()
        ]

    async def settle(self, miss: Miss, how: str) -> None:
        """An editor dealt with it: `phrasing`, `entry`, `off_topic` or `ignored`."""
        await self._tx.execute(update(book_misses).where(book_misses.c.id == miss.id).values(status="settled"))
        await self._tx.execute(update(questions).where(questions.c.id.in_(miss.questions)).values(settled=how))
