"""The three rates from acts alone: response (accepted in time), resolution (confirmed solved), satisfaction (4–5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from desk.rules.life import Act
from desk.rules.zone import day_of

CONTENT = 4
"""A rating from here on counts as satisfied."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Done:
    """One act on a matter. `accept_due` stands on the acts that set it; `rating` on those that rate."""

    matter: int
    at: datetime
    act: Act
    accept_due: datetime | None = None
    rating: int | None = None


@dataclass(frozen=True)
class Record:
    """One matter and every act on it, with what it is counted under."""

    matter: int
    office: str
    owner: int
    category: str
    acts: tuple[Done, ...]

    @property
    def month(self) -> str:
        """The month it was filed in, in the district: `2026-11`."""
        filed = next(done.at for done in self.acts if done.act is Act.FILE)
        return f"{day_of(filed):%Y-%m}"


@dataclass(frozen=True)
class Share:
    """So many of so many; no rate where there was nothing to count."""

    good: int = 0
    of: int = 0

    @property
    def rate(self) -> float | None:
        """Between 0 and 1."""
        return self.good / self.of if self.of else None

    def __add__(self, other: Share) -> Share:
        return Share(self.good + other.good, self.of + other.of)


@dataclass(frozen=True)
class Rates:
    """The three rates of a group of matters."""

    matters: int = 0
    response: Share = Share()
    resolution: Share = Share()
    satisfaction: Share = Share()

    def __add__(self, other: Rates) -> Rates:
        return Rates(
            self.matters + other.matters,
            self.response + other.response,
            self.resolution + other.resolution,
            self.satisfaction + other.satisfaction,
        )


def rates(records: Iterable[Record], by: Callable[[Record], Key], now: datetime) -> dict[Key, Rates]:
    """The three rates per group, e.g. `by=lambda each: (each.office, each.month)`.

    A matter counts for response once it was accepted or its time to be accepted is over, for resolution once it has
    been delivered and then confirmed, disputed or left without an answer, and for satisfaction when it was rated.
    One withdrawn before any of these counts for none. What the cardholder said last is what counts.
    """
    found: dict[Key, Rates] = {}
    for record in records:
        key = by(record)
        found[key] = found.get(key, Rates()) + of_matter(record.acts, now)
    return found


def of_matter(acts: Iterable[Done], now: datetime) -> Rates:
    """What one matter adds to the rates."""
    history = sorted(acts, key=lambda done: done.at)
    return Rates(1, _response(history, now), _resolution(history), _satisfaction(history))


def _response(history: list[Done], now: datetime) -> Share:
    """The first promise counts: whoever it was passed to since, the cardholder was told this date."""
    due = next((done.accept_due for done in history if done.accept_due), None)
    accepted = next((done.at for done in history if done.act is Act.ACCEPT), None)
    ended = next((done.at for done in history if done.act is Act.WITHDRAW), None)
    if due is None or (accepted is None and (ended or now) <= due):
        return Share()
    return Share(int(accepted is not None and accepted <= due), 1)


_NOT_SOLVED = (Act.DISPUTE, Act.REOPEN)
_VERDICTS = (Act.CONFIRM, Act.LAPSE, *_NOT_SOLVED)


def _resolution(history: list[Done]) -> Share:
    verdicts = [done.act for done in history if done.act in _VERDICTS]
    return Share(int(verdicts[-1] is Act.CONFIRM), 1) if verdicts else Share()


def _satisfaction(history: list[Done]) -> Share:
    """Whoever says that it is not solved after all takes the rating back."""
    rating = None
    for done in history:
        rating = None if done.act in _NOT_SOLVED else done.rating or rating
    return Share(int(rating >= CONTENT), 1) if rating is not None else Share()
