"""Whether a roster hangs together: every id means somebody, every post has the right neighbours, nothing is unowned."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from desk.catalogue import Catalogue
from desk.imports.cells import undashed
from desk.imports.forms import FORM, Record
from desk.imports.plan import ROLES, SUBJECTS, deputyless, ended
from desk.imports.reading import Line, Reading
from desk.imports.standing import Records, Standing
from words import Listed, Saying

Found = tuple[str, str | None, Saying]
"""What is wrong with a row: the sheet, the column, the sentence."""

Roles = dict[str, set[str]]
"""The roles of everybody who serves, by their id."""


def check(reading: Reading, after: Records, catalogue: Catalogue, standing: Standing, today: str) -> None:
    """Note every slip of the rows in the file, and of the roster as a whole, in `reading`.

    Who has left stands in `standing`, and what is over may name them. That a head has lost the deputy since is no slip
    of the file.
    """
    deputies_left = {row["id"] for row in deputyless(standing.records)}
    roles: Roles = {}
    for row in after["staff"].values():
        roles.setdefault(row["id"], set()).add(row["role"])
    for sheet, lines in reading.lines.items():
        for line in lines:
            for column, saying in _row(sheet, line.record, after, roles, standing.former, today):
                if saying.key == "roster.head_without_deputy" and line.record["id"] in deputies_left:
                    continue
                reading.slip(FORM[sheet], line, column, saying)
    _cards_twice(reading)
    if "staff" in reading.lines:
        _one_person_one_name(reading)
        for saying in _houses(after, catalogue):
            reading.slip(FORM["staff"], None, None, saying)


def _row(
    sheet: str, row: Record, after: Records, roles: Roles, former: Collection[str], today: str
) -> Iterator[tuple[str, Saying]]:
    if sheet == "staff":
        yield from _post(row, after, roles)
    elif sheet in ("projects", "teams"):
        for member in row["members"].split(",") if row["members"] else ():
            if member not in after["cardholders"]:
                yield "members", Saying("roster.nobody", {"id": member})
    elif sheet == "links":
        yield from _link(row, after, roles, {*former, *roles} if ended(row, today) else ())
    elif sheet == "absences":
        past = former if row["staff"] in former or row["last"] < today else ()
        for field in ("staff", "deputy"):
            if row[field] and row[field] not in roles and row[field] not in past:
                yield field, Saying("roster.nobody", {"id": row[field]})
    elif sheet == "cardholders" and row["id"] in roles:
        yield "id", Saying("roster.both_staff", {"id": row["id"]})


def _post(row: Record, after: Records, roles: Roles) -> Iterator[tuple[str, Saying]]:
    if not row["id"] or not row["role"]:
        return
    if row["id"] in after["cardholders"]:
        yield "id", Saying("roster.both_cardholder", {"id": row["id"]})
    for field in ("deputy", "acts_for"):
        if row[field] and row[field] not in roles:
            yield field, Saying("roster.nobody", {"id": row[field]})
    if (row["role"] == "liaison") != bool(row["acts_for"]):
        yield "acts_for", Saying("roster.liaison_acts_for", {"id": row["id"]})
    elif row["acts_for"] in roles and "leader" not in roles[row["acts_for"]]:
        yield "acts_for", Saying("roster.not_a_leader", {"id": row["acts_for"]})
    if row["deputy"] == row["id"]:
        yield "deputy", Saying("roster.own_deputy", {"id": row["id"]})
    if row["role"] == "head" and not row["deputy"]:
        yield "deputy", Saying("roster.head_without_deputy", {"id": row["id"]})


def _link(row: Record, after: Records, roles: Roles, past: Collection[str]) -> Iterator[tuple[str, Saying]]:
    kind = row["kind"]
    if not kind:
        return
    if row["subject"] and row["subject"] not in after[SUBJECTS[kind]]:
        yield "subject", Saying("roster.nobody", {"id": row["subject"]})
    wanted, other = ("office", "staff") if kind == "department" else ("staff", "office")
    if not row[wanted]:
        yield wanted, Saying("roster.empty_cell")
    if row[other]:
        yield other, Saying("roster.leave_empty")
    if row["staff"] in past:  # whatever they do now
        return
    role = ROLES[kind]
    if role and row["staff"] and role not in roles.get(row["staff"], set()):
        key = "roster.nobody" if row["staff"] not in roles else f"roster.not_{'a_leader' if role == 'leader' else role}"
        yield "staff", Saying(key, {"id": row["staff"]})


def _cards_twice(reading: Reading) -> None:
    for column in ("number", "phone"):
        seen: dict[str, int] = {}
        for line in reading.lines.get("cardholders", []):
            value = undashed(line.record[column]) if column == "number" else line.record[column]
            if value and seen.setdefault(value, line.row) != line.row:
                reading.slip(FORM["cardholders"], line, column, Saying("roster.same_as_row", {"row": seen[value]}))


def _one_person_one_name(reading: Reading) -> None:
    """Several posts of one person are several rows; name and phone must be the same in each."""
    first: dict[str, Line] = {}
    for line in reading.lines["staff"]:
        known = first.setdefault(line.record["id"], line)
        for column in ("name", "phone"):
            if line.record[column] != known.record[column]:
                reading.slip(FORM["staff"], line, column, Saying("roster.other_than_row", {"row": known.row}))


def _houses(after: Records, catalogue: Catalogue) -> Iterator[Saying]:
    heads: dict[str, list[str]] = {}
    dispatchers = {row["office"] for row in after["staff"].values() if row["role"] == "dispatcher"}
    for row in after["staff"].values():
        if row["role"] == "head":
            heads.setdefault(row["office"], []).append(row["id"])
    for office in catalogue.offices:
        found = heads.get(office.id, [])
        if not found:
            yield Saying("roster.office_without_head", {"office": office.name})
        if len(found) > 1:
            yield Saying("roster.office_two_heads", {"office": office.name, "ids": Listed(found)})
    if catalogue.backstop.id not in dispatchers:
        yield Saying("roster.office_without_dispatcher", {"office": catalogue.backstop.name})
