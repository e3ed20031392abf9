"""The district's own clock, wherever the machine stands: which day it is, and when an hour of a day comes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The district's calendar day at this moment."""
    return moment.astimezone(ZONE).date()


def at_hour(day: date, hour: time) -> datetime:
    """When the district's clocks show this hour on this day."""
    return datetime.combine(day, hour, ZONE)


def next_hour(moment: datetime, hour: time) -> datetime:
    """When they show it next, after this moment."""
    at = at_hour(day_of(moment), hour)
    return at if at > moment else at + timedelta(days=1)
