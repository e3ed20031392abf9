"""Every question asked is kept with its outcome, so that the office sees what it failed to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from db.engine import Tx
from db.schema.matters import questions
from desk.people import Person


@dataclass(frozen=True)
class Question:
    """A question as it was asked, and the entries that were offered."""

    id: int
    text: str
    entries: tuple[str, ...]
    chosen: str | None


@dataclass(frozen=True)
class Uses:
    """How often an entry was given lately, how often a matter came of it, and of which questions, latest first."""

    given: int
    filed: int
    texts: tuple[str, ...]


PASSED_ON = "passed_on"
"""The outcome of a question that was meant for a handler."""
TYPED = ("answer", "chosen")
"""The outcomes of questions that were written and came to an entry; one can also be opened from the list."""
LATELY = timedelta(days=90)
_KEEP = insert(questions)
_KEEP_ONE = _KEEP.returning(questions.c.id)


class Questions:
    """The log of questions, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    async def foresee(self, count: int) -> None:
        """So many questions, at most, are about to be kept: they can be written together."""
        await self._tx.reserve(questions, count)

    async def keep(
        self, person: Person, text: str, language: str, outcome: str, entries: Sequence[str], book: str
    ) -> int:
        """Record a question: `outcome` is `answer`, `choices`, `unknown` or `browsed`; `book` the FAQ's version.

        Returns:
            its id.
        """
        row = {
            "at": self._now,
            "asker_id": person.id,
            "text": text[:1000],
            "language": language,
            "outcome": outcome,
            "entries": list(entries),
            "chosen": entries[0] if outcome in ("answer", "browsed") else None,
            "book": book,
        }
        number = self._tx.number(questions)
        if number is None:
            return int(await self._tx.scalar(_KEEP_ONE, row))
        self._tx.gather("questions", self._put).append({"id": number, **row})
        return number

    async def get(self, question_id: int, person: Person) -> Question | None:
        """This person's own question."""
        mine = (questions.c.id == question_id) & (questions.c.asker_id == person.id)
        row = (await self._tx.execute(select(questions).where(mine))).first()
        return Question(row.id, row.text, tuple(row.entries), row.chosen) if row else None

    async def texts_since(self, person: Person, since: datetime) -> list[str]:
        """What this person asked from that moment on."""
        theirs = (questions.c.asker_id == person.id) & (questions.c.at >= since)
        return [row.text for row in await self._tx.execute(select(questions.c.text).where(theirs))]

    async def chose(self, question: Question, entry: str | None) -> None:
        """They picked one of the three, or none of these."""
        await self._set(question.id, chosen=entry, outcome="chosen" if entry else "none")

    async def liked(self, question: Question, liked: bool) -> None:
        """They said whether the answer helped."""
        await self._set(question.id, liked=liked)

    async def led_to_filing(self, question_id: int) -> None:
        """A matter came of it."""
        await self._set(question_id, filed=True)

    async def uses(self, entry: str, most: int) -> Uses:
        """What became of an entry's answer in the last ninety days, with so many of the questions at most."""
        given = (questions.c.chosen == entry) & (questions.c.at > self._now - LATELY)
        given &= questions.c.outcome.in_((*TYPED, "browsed"))
        count = select(func.count()).select_from(questions)
        text = questions.c.text
        latest = (
            select(text)
            .where(given, questions.c.filed, questions.c.outcome.in_(TYPED))
            .group_by(text)
            .order_by(func.max(questions.c.id).desc())
            .limit(most)
        )
        return Uses(
            int(await self._tx.scalar(count.where(given))),
            int(await self._tx.scalar(count.where(given, questions.c.filed))),
            tuple((await self._tx.execute(latest)).scalars()),
        )

    async def pass_on(self, question: Question) -> bool:
        """It was meant for a handler, and is no question to the FAQ; false where it has been passed on before."""
        still = (questions.c.id == question.id) & (questions.c.outcome != PASSED_ON)
        done = await self._tx.execute(update(questions).where(still).values(outcome=PASSED_ON))
        return bool(done.rowcount)

    async def _put(self, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._tx.execute(_KEEP, rows)

    async def _set(self, question_id: int, **values: object) -> None:
        await self._tx.execute(update(questions).where(questions.c.id == question_id).values(**values))
