"""Questions that got no good answer: grouped by the bookkeeper for the editors, who settle them group by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

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
        """Put these groups in place of those that are open; their ids are given here.

        A question that was forgotten while they were made is in none of them.
        """
        await self._tx.execute(update(book_misses).where(book_misses.c.status == "open").values(status="replaced"))
        there = await self._texts(number for group in groups for number in group.questions)
        for group in filter(None, (_left(each, there) for each in groups)):
            values = {"language": group.language, "nearest": group.nearest, **_said(group)}
            await self._tx.execute(insert(book_misses).values(at=self._now, status="open", **values))

    async def forget(self, person_id: int) -> None:
        """Take what this person asked out of every group, whatever became of it; a group of theirs alone goes.

        A wording that somebody else used too stays. Their questions themselves are still there, and go next.
        """
        own = questions.c.asker_id == person_id
        first = await self._tx.scalar(select(func.min(questions.c.at)).where(own))
        if first is None:
            return
        mine = set((await self._tx.execute(select(questions.c.id).where(own))).scalars())
        for miss in await self._read(book_misses.c.at >= first):
            if mine.isdisjoint(miss.questions):
                continue
            left = _left(miss, await self._texts(number for number in miss.questions if number not in mine))
            row = book_misses.c.id == miss.id
            change = update(book_misses).where(row).values(**_said(left)) if left else delete(book_misses).where(row)
            await self._tx.execute(change)

    async def open(self) -> list[Miss]:
        """The groups still to be settled, in the order they were given."""
        return await self._which("open")

    async def get(self, miss_id: int) -> Miss | None:
        """A group that is not settled, even if the questions have been grouped anew since."""
        return next((miss for miss in await self._which("open", "replaced") if miss.id == miss_id), None)

    async def filed(self, miss: Miss) -> int:
        """How many of its questions a matter came of."""
        came = questions.c.id.in_(miss.questions) & questions.c.filed
        return int(await self._tx.scalar(select(func.count()).select_from(questions).where(came)))

    async def _which(self, *statuses: str) -> list[Miss]:
        return await self._read(book_misses.c.status.in_(statuses))

    async def _texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """The wordings of those of these questions that are there."""
        which = questions.c.id.in_(list(numbers))
        return {
            row.id: row.text for row in await self._tx.execute(select(questions.c.id, questions.c.text).where(which))
        }

    async def _read(self, which: ColumnElement[bool]) -> list[Miss]:
        query = select(book_misses).where(which).order_by(book_misses.c.id)
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


def _left(miss: Miss, there: Mapping[int, str]) -> Miss | None:
    """The group as far as its questions are there, given with their wordings; `None` when none is."""
    left = tuple(number for number in miss.questions if number in there)
    if len(left) == len(miss.questions):
        return miss
    said = dict.fromkeys(there[number] for number in left)
    texts = tuple(text for text in miss.texts if text in said) or tuple(said)
    return replace(miss, texts=texts, count=len(left), questions=left) if left else None


def _said(miss: Miss) -> dict[str, object]:
    """What a group holds of its questions, as its row keeps it."""
    return {"texts": list(miss.texts), "count": miss.count, "questions": list(miss.questions)}
