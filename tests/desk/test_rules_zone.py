"""The district's clock: its day begins at its own midnight, and an hour that is now comes again tomorrow."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from desk.rules.zone import day_of, next_hour


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 25, 15, 59, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 25, 16, 0, tzinfo=UTC), date(2026, 11, 26)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_is_the_districts(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


@pytest.mark.parametrize(
    ("moment", "comes"),
    [
        (datetime(2026, 11, 25, 0, 59, tzinfo=UTC), datetime(2026, 11, 25, 1, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 1, 0, tzinfo=UTC), datetime(2026, 11, 26, 1, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 17, 0, tzinfo=UTC), datetime(2026, 11, 26, 1, 0, tzinfo=UTC)),
    ],
)
def test_nine_in_the_morning_comes_next(moment: datetime, comes: datetime) -> None:
    assert next_hour(moment, time(9)) == comes
