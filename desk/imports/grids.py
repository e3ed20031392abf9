"""Any file of a roster as grids of cells: a workbook's sheets, or one sheet of comma-separated text.

openpyxl is imported where it is used: it takes 8 MB, and a bot that only talks never needs it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from desk.imports import guard
from desk.imports.slips import refuse

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 50_000, 40, 20
FORMULA = "=…"
"""Stands for a formula, whatever it says; every reader of cells refuses it."""
_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Grid:
    """A sheet: its name and its cells, row by row; the first row is row 1."""

    name: str
    rows: list[list[object]]


def open_grids(name: str, data: bytes) -> list[Grid]:
    """The sheets of a file, by what it is rather than what it is called.

    Raises:
        FileRefused: it is neither a workbook nor a table of text, or is too large or unsafe.
    """
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(data)
    if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".et")):
        raise refuse("roster.not_a_workbook")
    return [_text(data)]


def _workbook(data: bytes) -> list[Grid]:
    from openpyxl import load_workbook

    packed = guard.workbook(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        if len(book.sheetnames) > MOST_SHEETS:
            raise refuse("roster.too_many_sheets", n=MOST_SHEETS)
        return [_sheet(sheet, packed) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, zipfile.BadZipFile, SyntaxError, OSError):
        # openpyxl meets a damaged workbook with whatever its parts happen to raise.
        raise refuse("roster.not_a_workbook") from None


def _sheet(sheet: Any, packed: zipfile.ZipFile) -> Grid:
    rows: list[list[object]] = []
    for row in sheet.iter_rows(max_col=MOST_COLUMNS):
        if len(rows) >= MOST_ROWS:
            raise refuse("roster.too_many_rows", n=MOST_ROWS)
        rows.append([FORMULA if cell.data_type == "f" else cell.value for cell in row])
    _fill_merged(rows, packed.read(sheet._worksheet_path))
    return Grid(sheet.title, rows)


def _fill_merged(rows: list[list[object]], xml: bytes) -> None:
    """Every cell of a merged range says what its first cell says, as it looks on screen."""
    from openpyxl.utils import range_boundaries

    for found in _MERGED.finditer(xml):
        left, top, right, bottom = range_boundaries(found[1].decode())
        if not (left and top and right and bottom) or top > len(rows) or left > MOST_COLUMNS:
            continue
        said = _cell(rows[top - 1], left)
        for row in rows[top - 1 : bottom]:
            row.extend([None] * (min(right, MOST_COLUMNS) - len(row)))
            for column in range(left, min(right, MOST_COLUMNS) + 1):
                row[column - 1] = said


def _cell(row: list[object], column: int) -> object:
    return row[column - 1] if column <= len(row) else None


def _text(data: bytes) -> Grid:
    if len(data) > guard.LARGEST_FILE:
        raise refuse("roster.too_large", limit=guard.LARGEST_FILE // 1024 // 1024)
    text = _decoded(data)
    first = text[:4096].splitlines()[:1] or [""]
    comma = max((",", "\t", ";", "，"), key=first[0].count)
    return Grid("", list(_lines(text, comma)))


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise refuse("roster.not_text")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse("roster.not_text")


def _lines(text: str, comma: str) -> Iterator[list[object]]:
    try:
        for n, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=comma)):
            if n >= MOST_ROWS:
                raise refuse("roster.too_many_rows", n=MOST_ROWS)
            yield [_without_quote(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error:
        raise refuse("roster.not_text") from None


def _without_quote(cell: str) -> str:
    """A spreadsheet's sign that what follows is text, as `'=1+1`; the sign itself is not meant."""
    return cell[1:] if cell.startswith("'") and cell[1:2] not in ("", "=") else cell
