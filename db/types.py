"""Column types that mean the same in both databases: instants as UTC milliseconds, compact JSON, sealed text."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's own number; SQLite counts by itself only in a column of the type INTEGER."""


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC; what is finer is cut off.

    Raises:
        ValueError: the moment carries no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone is no moment: {moment!r}")
    return (moment - EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """The aware UTC moment of these milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime in Python, a BIGINT of milliseconds since 1970 in the database; it comes back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Sealed(TypeDecorator[str]):
    """What only the vault can read: encrypted text. A change of key seals every column of this type again."""

    impl = Text
    cache_ok = True


class Json(TypeDecorator[Any]):
    """Any JSON value as compact text. Not a number: NaN and infinities are refused, as RFC 8259 has none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
