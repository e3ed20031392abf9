"""From grids of cells to rows of the roster: which sheet is which, which column is which, and what every cell says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from desk.catalogue import Catalogue
from desk.imports.cells import Offices, plain, read
from desk.imports.forms import FORMS, Column, Record, SheetForm
from desk.imports.grids import Grid, open_grids
from desk.imports.slips import MOST, Slip, refuse
from desk.refusals import Refused
from words import Listed, Saying

HEADER_WITHIN = 10
"""The header stands in one of the first rows; a title above it is common."""
STEP = 1000
"""Rows after which it is told how far it got."""
_MARKS = re.compile(r"[*＊:：\s]|[(（].*?[)）]")

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Line:
    """A row of the file that could be read, and where it stands."""

    row: int
    letters: dict[str, str]
    record: Record


@dataclass
class Reading:
    """What a file says. A sheet without rows says nothing, and is not among `lines`."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)

    def slip(self, form: SheetForm, line: Line | None, name: str | None, saying: Saying) -> None:
        """Note what is wrong with a cell, a row, or a sheet as a whole."""
        if len(self.slips) < MOST:
            at = line.letters.get(name or "", "") if line else ""
            self.slips.append(Slip(form, line.row if line else 0, at, form.column(name) if name else None, saying))

    def records(self, form_id: str) -> dict[str, Record]:
        """The rows of a sheet by their key."""
        form = next(each for each in FORMS if each.id == form_id)
        return {form.key_of(line.record): line.record for line in self.lines.get(form_id, [])}


def offices_of(catalogue: Catalogue) -> Offices:
    """Every way to write an office: its id and its name in either language."""
    found: dict[str, str] = {}
    for office in catalogue.offices:
        for name in (office.id, office.name.zh, office.name.en):
            found[name] = found[unicodedata.normalize("NFKC", name).lower()] = office.id
    return found


def read_file(name: str, data: bytes, catalogue: Catalogue, progress: Progress | None = None) -> Reading:
    """Read a workbook or a table of text.

    Parameters:
        progress: told a sheet's name and how many rows of it were read: of a long one every thousand, and at its end.

    Raises:
        FileRefused: the file as a whole cannot be read, or no sheet in it is one of a roster.
    """
    reading = Reading()
    offices = offices_of(catalogue)
    known = False
    grids = open_grids(name, data)
    named = [grid for grid in grids if _named(grid)]
    for grid in named or grids:
        found = _form_of(grid)
        if found is None:
            continue
        known = True
        for n in _read_sheet(reading, grid, *found, offices):
            if progress:
                progress(found[0].name.zh, n)
    if not known:
        raise refuse("roster.no_sheet", sheets=Listed(form.name for form in FORMS))
    return reading


def _named(grid: Grid) -> list[SheetForm]:
    title = _bare(grid.name)
    return [form for form in FORMS if title in (form.id, _bare(form.name.zh), _bare(form.name.en))]


def _form_of(grid: Grid) -> tuple[SheetForm, int, dict[int, Column]] | None:
    """Which sheet this is, the row of its header, and which column is which."""
    named = _named(grid)
    best: tuple[int, SheetForm, int, dict[int, Column]] | None = None
    for n, row in enumerate(grid.rows[:HEADER_WITHIN]):
        for form in named or FORMS:
            columns = _columns(form, row)
            needed = {column.field for column in form.columns if column.needed}
            fits = len(columns) if named or needed <= {column.field for column in columns.values()} else 0
            if fits > 1 and (best is None or fits > best[0]):
                best = (fits, form, n, columns)
    return best[1:] if best else None


def _columns(form: SheetForm, row: Sequence[object]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    for n, cell in enumerate(row):
        label = _bare(plain(cell))
        for column in form.columns:
            if label in (column.field, _bare(column.name.zh), _bare(column.name.en)) and column not in found.values():
                found[n] = column
    return found


def _bare(label: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", label)).lower()


def _read_sheet(
    reading: Reading, grid: Grid, form: SheetForm, header: int, columns: dict[int, Column], offices: Offices
) -> Iterator[int]:
    """How many rows were read so far, every thousand and at the end."""
    from openpyxl.utils import get_column_letter

    missing = [column for column in form.columns if column.needed and column not in columns.values()]
    for column in missing:
        reading.slip(form, None, None, Saying("roster.no_column", {"column": column.name}))
    if missing:
        yield 0
        return
    letters = {column.field: get_column_letter(n + 1) for n, column in columns.items()}
    seen: dict[str, int] = {}
    for n, row in enumerate(grid.rows[header + 1 :], start=header + 2):
        if any(plain(cell) for cell in row):
            line = Line(n, letters, {})
            _read_row(reading, form, line, row, columns, offices)
            _once(reading, form, line, seen)
            lines = reading.lines.setdefault(form.id, [])
            lines.append(line)
            if len(lines) % STEP == 0:
                yield len(lines)
    read_so_far = len(reading.lines.get(form.id, []))
    if read_so_far % STEP or not read_so_far:
        yield read_so_far


def _read_row(
    reading: Reading, form: SheetForm, line: Line, row: Sequence[object], columns: dict[int, Column], offices: Offices
) -> None:
    places = {column.field: n for n, column in columns.items()}
    for column in form.columns:
        at = places.get(column.field, len(row))
        try:
            line.record[column.field] = read(column, row[at] if at < len(row) else None, offices)
        except Refused as refusal:
            line.record[column.field] = ""
            reading.slip(form, line, column.field, Saying(refusal.key, refusal.values))
    _fill_in(form, line)
    for begin, end in (("valid_from", "valid_to"), ("since", "until"), ("first", "last")):
        if line.record.get(end) and line.record[end] < line.record.get(begin, ""):
            reading.slip(form, line, end, Saying("roster.ends_before_it_begins"))


def _fill_in(form: SheetForm, line: Line) -> None:
    """What may be left empty because it goes without saying."""
    if "status" in line.record and not line.record["status"]:
        line.record["status"] = "active"
    if form.id in ("projects", "teams") and not line.record["name_en"]:
        line.record["name_en"] = line.record["name_zh"]


def _once(reading: Reading, form: SheetForm, line: Line, seen: dict[str, int]) -> None:
    key = form.key_of(line.record)
    if seen.setdefault(key, line.row) != line.row:
        reading.slip(form, line, form.key[0], Saying("roster.same_as_row", {"row": seen[key]}))
