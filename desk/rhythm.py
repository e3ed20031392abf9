"""How the desk keeps time, as written in `rhythm.yaml`: quiet hours, reminders, steps up, run-team visits."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from desk.catalogue import USUAL, WorkingTime
from desk.rules.deadlines import Rhythm
from desk.rules.worktime import Span
from desk.rules.zone import ZONE, at_hour
from sheets import Form, SheetError, open_sheet, wrong

FILE = Path(__file__).with_name("rhythm.yaml")
DEMO = Path(__file__).parent / "demo" / "rhythm.yaml"
"""Without quiet hours."""

_TIME = re.compile(r"(\d{1,2})[:：](\d{2})")
_PART = re.compile(r"(\d{1,2})\s*[%％]?")


def _time(value: object) -> object:
    """`21:00` as a time of day."""
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(str(value).strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise wrong("rhythm.want_time", text=str(value)[:40])
    return time(int(found[1]), int(found[2]))


def _part(value: object) -> object:
    """`50` or `50%` as a half."""
    if isinstance(value, float):
        return value
    found = _PART.fullmatch(str(value).strip())
    if found is None or int(found[1]) == 0:
        raise wrong("rhythm.want_part", text=str(value)[:40])
    return int(found[1]) / 100


TimeOfDay = Annotated[time, BeforeValidator(_time)]
Part = Annotated[float, BeforeValidator(_part)]


class Quiet(Form):
    """The hours in which only what is urgent is sent, in the district's time; the same time twice means never."""

    start: TimeOfDay = Field(alias="from", default=time(21))
    end: TimeOfDay = Field(alias="to", default=time(8))

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` lies in are over; `None` outside them."""
        local = now.astimezone(ZONE)
        overnight = self.start > self.end
        late, early = local.time() >= self.start, local.time() < self.end
        if not (late or early if overnight else late and early):
            return None
        day = local.date() + timedelta(days=1) if overnight and late else local.date()
        return at_hour(day, self.end).astimezone(now.tzinfo)


class Tempo(Form):
    """The whole file. `visit_every` is how long the run-team may leave a team without contact."""

    quiet: Quiet = Field(default_factory=Quiet)
    reminders: tuple[Part, ...] = (0.5, 0.8)
    step_every: WorkingTime = Span(days=1)
    materials: tuple[WorkingTime, ...] = (Span(days=1), Span(days=3), Span(days=5))
    materials_every: WorkingTime = Span(days=5)
    answers: tuple[WorkingTime, ...] = (Span(days=2), Span(days=4))
    lapse_after: WorkingTime = Span(days=5)
    reopen_within: WorkingTime = Span(days=15)
    urge_every: WorkingTime = Span(minutes=120)
    visit_every: WorkingTime = Span(days=20)

    @classmethod
    def load(cls, path: Path = FILE) -> Tempo:
        """Read the file.

        Raises:
            SheetError: it has a slip; nothing of it is taken over.
        """
        sheet = open_sheet(path, cls)
        tempo = sheet.value
        if any(USUAL.minutes(span) >= USUAL.minutes(tempo.lapse_after) for span in tempo.answers):
            raise SheetError([sheet.problem(("answers",), "rhythm.answers_after_lapse")])
        return tempo

    @property
    def deadlines(self) -> Rhythm:
        """What the rules of deadlines want to know."""
        return Rhythm(
            reminders=self.reminders,
            step_every=self.step_every,
            materials=self.materials,
            materials_every=self.materials_every,
            answers=self.answers,
            lapse_after=self.lapse_after,
            reopen_within=self.reopen_within,
        )
