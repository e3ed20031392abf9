"""The house rules a desk works by: the catalogue of matters, the offices, the working calendar."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from db.types import from_ms
from desk.calendar import Workdays
from desk.catalogue import Catalogue, Category
from desk.matter import CoStep, Matter
from desk.rhythm import Tempo
from desk.rules.deadlines import Pause, Standing, accept_due, deliver_due, due
from desk.rules.worktime import Calendar
from desk.vault import Vault
from words import Saying

STEP_SHARE = 0.6
"""The part of the time to deliver in which further departments owe theirs, so that the lead can put it together."""


@dataclass(frozen=True)
class Due:
    """The two promises of a matter: accepted by, delivered by."""

    accept: datetime
    deliver: datetime


@dataclass(frozen=True)
class House:
    """Values read from files at start and shared by every desk. `calendar` has the district's usual hours.

    `vault` seals personal values; without one given, what was sealed can be opened in this process alone.
    """

    catalogue: Catalogue
    calendar: Calendar
    tempo: Tempo = field(default_factory=Tempo)
    vault: Vault = field(default_factory=lambda: Vault([secrets.token_bytes(32)]), compare=False, repr=False)

    def category(self, name: str) -> Category:
        """The category with this id; for one that left the catalogue, the last, which takes anything else."""
        return self.catalogue.get(name) or self.catalogue.categories[-1]

    def sensitive(self, name: str) -> bool:
        """Whether matters of this category touch a child, money or health."""
        return self.category(name).sensitive != "none"

    def secret(self, matter: Matter) -> bool:
        """Whether what is written about this matter is sealed."""
        return matter.sealed or self.sensitive(matter.category)

    def hours_of(self, office: str) -> Calendar:
        """The calendar with an office's own opening hours."""
        entry = self.catalogue.office(office)
        return self.calendar.with_hours(entry.opening) if entry else self.calendar

    def due(self, category: Category, office: str, now: datetime) -> Due:
        """What is promised for a matter that this office gets now, in working time of its own hours."""
        hours = self.hours_of(office)
        return Due(hours.after(now, category.accept_within), hours.after(now, category.deliver_within))

    def standing(self, matter: Matter) -> Standing:
        """A matter as the rules of deadlines see it."""
        category = self.category(matter.category)
        return Standing(
            status=matter.status,
            filed_at=matter.promised_at,
            dispatched_at=matter.dispatched_at,
            since=matter.since,
            accept_within=category.accept_within,
            deliver_within=category.deliver_within,
            pauses=[
                Pause(from_ms(start or 0), from_ms(end) if end is not None else None) for start, end in matter.pauses
            ],
            extended_to=matter.extended_to,
        )

    def told_by(self, before: Matter, after: Matter) -> datetime | None:
        """The date that stands whatever the hours of whoever has the matter: one granted, or told by another office.

        It was promised in working time of the office that had it first; other hands with other hours do not move it.
        """
        anew = before.promised_at != after.promised_at or after.extended_to is not None
        if anew or self.hours_of(before.office) == self.hours_of(after.office):
            return after.extended_to
        return before.deliver_due

    def reopen_until(self, matter: Matter) -> datetime:
        """Until when the cardholder may have a closed matter taken up again."""
        closed = matter.closed_at or matter.since
        return self.hours_of(matter.office).after(closed, self.tempo.reopen_within)

    def lapse_at(self, matter: Matter) -> datetime:
        """When a matter that waits for the cardholder's word is closed, should none come."""
        return self.hours_of(matter.office).after(matter.since, self.tempo.lapse_after)

    def urge_again(self, matter: Matter, last: datetime) -> datetime:
        """From when the cardholder may ask for speed again."""
        return self.hours_of(matter.office).after(last, self.tempo.urge_every)

    def calendar_warnings(self, today: date) -> Sequence[Saying]:
        """What is missing in the calendar, as an operator should know in good time."""
        days = self.calendar.workday
        return days.warnings(today) if isinstance(days, Workdays) else ()

    def closing(self, office: str, day: date) -> datetime | None:
        """When an office closes on this day, in UTC; `None` when it does not open."""
        return self.hours_of(office).closing(day)

    def step_due(self, matter: Matter, step: CoStep) -> datetime | None:
        """By when a further department owes its part: in the first part of the lead's time; `None` while it stands."""
        hours = self.hours_of(step.office)
        whole = hours.minutes(self.category(matter.category).deliver_within)
        return due(step.since, whole * STEP_SHARE, hours, self.standing(matter).pauses)

    def due_now(self, matter: Matter) -> Due:
        """Both promises as they stand; while the clock is paused the last date to deliver stays on record."""
        standing, hours = self.standing(matter), self.hours_of(matter.office)
        return Due(accept_due(standing, hours), deliver_due(standing, hours) or matter.deliver_due)
