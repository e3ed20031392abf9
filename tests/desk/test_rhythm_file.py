"""The rhythm's file: what it may say, what a slip is told, and when it is quiet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from desk.rhythm import Quiet, Tempo
from desk.rules.deadlines import USUAL_RHYTHM
from desk.rules.zone import ZONE
from sheets import SheetError
from words import Words


def test_the_file_that_comes_with_us_says_what_is_usual() -> None:
    assert Tempo.load() == Tempo()
    assert Tempo.load().deadlines == USUAL_RHYTHM


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("quiet: {from: '25:00'}", "25:00"),
        ("reminders: [half]", "half"),
        ("answers: [6d]", "lapse_after"),
        ("step_every: soon", "soon"),
        ("quite: {}", "quite"),
    ],
)
def test_a_slip_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "rhythm.yaml"
    file.write_text(f"# 办事节奏\n{text}\n", "utf-8")
    with pytest.raises(SheetError) as slip:
        Tempo.load(file)
    (problem,) = slip.value.problems
    assert problem.line == 2
    for language in ("zh", "en"):
        assert told in problem.say(Words.load().speaker(language))


@pytest.mark.parametrize(
    ("start", "end", "at", "until"),
    [
        ("21:00", "08:00", "23 21:00", "24 08:00"),
        ("21:00", "08:00", "24 07:59", "24 08:00"),
        ("21:00", "08:00", "24 08:00", None),
        ("21:00", "08:00", "23 20:59", None),
        ("12:30", "14:00", "23 13:00", "23 14:00"),
        ("12:30", "14:00", "23 14:00", None),
        ("08:00", "08:00", "23 08:00", None),
    ],
)
def test_quiet_hours_may_pass_midnight(start: str, end: str, at: str, until: str | None) -> None:
    def moment(text: str) -> datetime:
        return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)

    quiet = Quiet.model_validate({"from": start, "to": end})
    assert quiet.until(moment(at)) == (moment(until) if until else None)
