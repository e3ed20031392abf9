"""The file of `/mydata`: all that is kept about somebody, kind by kind, in words and in the district's own time.

Rows that say nothing but when (what was sent, cards, marks of messages) are counted, with the first and the last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from desk.answers import answer_in
from desk.privacy import Section
from desk.rules.zone import ZONE, day_of
from handlers import labels
from handlers.services import Services
from words import Speaker, one_line

COUNTED = frozenset({"received", "sent", "cards", "copies", "limits"})


def as_text(services: Services, say: Speaker, sections: Sequence[Section], now: datetime) -> str:
    """All that is kept, for a file that any device can show."""
    return "\n\n".join([say.plain("privacy.file_head", at=now), *(_section(services, say, s) for s in sections)])


def _section(services: Services, say: Speaker, section: Section) -> str:
    name, rows = section
    lines = [f"【{say.plain(f'privacy.section_{name}')}】"]
    told = [row for row in rows if name not in COUNTED or row.get("body")]
    lines += ["  ".join(_fields(services, say, row)) for row in told]
    if len(told) < len(rows):
        lines.append(_counted(say, [row for row in rows if row not in told]))
    return "\n".join(lines)


def _counted(say: Speaker, rows: Sequence[Mapping[str, object]]) -> str:
    days = sorted(day_of(value) for row in rows for value in row.values() if isinstance(value, datetime))
    if not days:
        return say.plain("privacy.counted", n=len(rows))
    return say.plain("privacy.counted_days", n=len(rows), first=days[0].isoformat(), last=days[-1].isoformat())


def _fields(services: Services, say: Speaker, row: Mapping[str, object]) -> Iterator[str]:
    for name, value in row.items():
        if value:
            shown = one_line(_shown(services, say, name, value))
            label = f"privacy.field_{name}"
            yield say.plain("privacy.field", name=say.plain(label) if say.has(label) else name, value=shown)


def _shown(services: Services, say: Speaker, name: str, value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if name == "office":
        return labels.office_name(services, say, str(value))
    if name == "category":
        return labels.category_name(services, say, str(value))
    if name == "state":
        return say.plain("privacy.and").join(dict.fromkeys(_said(value)))
    if name == "answers":
        return say.plain("privacy.and").join(_answered(say, each) for each in value)  # type: ignore[attr-defined]
    return next((say.plain(key) for key in _keys(name, value) if say.has(key)), str(value))


def _answered(say: Speaker, answer: Mapping[str, str]) -> str:
    return say.plain("privacy.field", name=answer[f"ask_{say.language}"], value=answer_in(say.language, answer))


def _keys(name: str, value: object) -> Sequence[str]:
    """Where the words for a field's value may stand; a value without any is shown as it is."""
    match name:
        case "act":
            return (f"life.act_{value}", f"ledger.{value}", f"power.{value}")
        case "what":
            return (f"look.{value}",)
        case "role":
            return (f"role.{value}",)
        case "journey":
            return (f"privacy.form_{value}",)
        case "status":
            return (f"status.{value}", f"privacy.value_{value}")
        case "kind" | "by" | "outcome":
            return (f"privacy.value_{value}",)
        case "language" | "app_language":
            return (f"privacy.value_{str(value)[:2]}",)
        case _:
            return ()


def _said(value: object) -> Iterable[str]:
    """The words somewhere in a half-filled form."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _said(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _said(each)
    elif isinstance(value, str) and value:
        yield value
