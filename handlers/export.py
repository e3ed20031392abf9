"""Tables as an XLSX workbook in which every cell is a string that no spreadsheet runs; nothing here knows Telegram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from words import tidy

LONGEST_CELL, LONGEST_TITLE = 32_767, 31
"""Characters; Excel's own limits."""
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

Sheet = Sequence[Sequence[str]]
"""Rows of cells, the first of them the heading."""


def write(sheets: Mapping[str, Sheet]) -> bytes:
    """The workbook, one sheet for each name."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        _fill(book.create_sheet(name.translate(_NOT_IN_TITLES)[:LONGEST_TITLE]), rows)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(sheet: Worksheet, rows: Sheet) -> None:
    sheet.freeze_panes = "A2"
    for y, row in enumerate(rows, start=1):
        for x, text in enumerate(row, start=1):
            _put(sheet.cell(y, x), text, heading=y == 1)
    for x, column in enumerate(zip(*rows, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(x)].width = min(max(map(_breadth, column)) + 2, 60)


def _put(cell: Any, text: str, *, heading: bool) -> None:
    """A string whatever it begins with; the quote prefix keeps it one when somebody edits the cell later."""
    assert isinstance(cell, Cell)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", tidy(text))[:LONGEST_CELL]
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.number_format = "@"
    if heading:
        cell.font = Font(bold=True)


def _breadth(text: str) -> int:
    """Columns a text takes: a Chinese character is as broad as two Latin ones."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
