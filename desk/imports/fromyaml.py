"""A roster kept as YAML, in the rows that a spreadsheet would have."""

from __future__ import annotations

from datetime import date

from desk.catalogue import Catalogue
from desk.imports.forms import FORM, Record
from desk.imports.reading import Line, Reading
from desk.rosterfile import read_text
from desk.rosterforms import GroupEntry, RosterFile


def read_yaml(name: str, data: bytes, catalogue: Catalogue) -> Reading:
    """Read a roster in YAML; every block of it counts, and one that is left out is empty.

    Raises:
        SheetError: with every problem found, each on its line.
    """
    return from_roster(read_text(name, data, catalogue))


def from_roster(roster: RosterFile) -> Reading:
    """The rows of a roster that was read before."""
    reading = Reading()
    _people(reading, roster)
    for form_id, groups in (("projects", roster.projects), ("teams", roster.teams)):
        for group in groups:
            _add(reading, form_id, _group(group))
    for led in roster.links.leader:
        _link(reading, "leader", led.cardholder, led.since, led.until, staff=led.staff)
    for paired in roster.links.department:
        _link(reading, "department", paired.project, paired.since, paired.until, office=paired.office)
    for followed in roster.links.run_team:
        _link(reading, "run_team", followed.team, followed.since, followed.until, staff=followed.staff)
    for away in roster.absences:
        days = {"first": away.first.isoformat(), "last": away.last.isoformat()}
        _add(reading, "absences", {"staff": away.staff, "deputy": away.deputy or "", **days})
    return reading


def _people(reading: Reading, roster: RosterFile) -> None:
    for holder in roster.cardholders:
        who = {"id": holder.id, "name": holder.name, "phone": holder.phone or ""}
        card = {"number": holder.card.number, "tier": holder.card.tier, "status": holder.card.status}
        days = {"valid_from": _day(holder.card.valid_from), "valid_to": _day(holder.card.valid_to)}
        _add(reading, "cardholders", {**who, **card, **days})
    for entry in roster.staff:
        who = {"id": entry.id, "name": entry.name, "phone": entry.phone or ""}
        for post in entry.posts:
            title = {"title_zh": post.title.zh if post.title else "", "title_en": post.title.en if post.title else ""}
            ends = {"deputy": post.deputy or "", "acts_for": post.acts_for or ""}
            _add(reading, "staff", {**who, "office": post.office, "role": post.role, **title, **ends})


def _group(group: GroupEntry) -> Record:
    members = ",".join(sorted(group.members))
    return {"id": group.id, "name_zh": group.name.zh, "name_en": group.name.en, "members": members}


def _link(
    reading: Reading, kind: str, subject: str, since: date, until: date | None, *, staff: str = "", office: str = ""
) -> None:
    days = {"since": since.isoformat(), "until": _day(until)}
    _add(reading, "links", {"kind": kind, "subject": subject, "staff": staff, "office": office, **days})


def _add(reading: Reading, form_id: str, record: Record) -> None:
    ordered = {column.field: record[column.field] for column in FORM[form_id].columns}
    lines = reading.lines.setdefault(form_id, [])
    lines.append(Line(len(lines) + 1, {}, ordered))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
