"""What is wrong with a roster file, told with sheet, row, column and mend, so that a clerk finds the cell at once."""

from __future__ import annotations

from dataclasses import dataclass

from desk.imports.forms import Column, SheetForm
from words import Saying, Speaker

MOST = 200
"""Slips told at once; a person mends these first."""


@dataclass(frozen=True)
class Slip:
    """One slip. `row` counts as the spreadsheet does, `at` is the column's letters; 0 and empty where none is meant."""

    sheet: SheetForm | None
    row: int
    at: str
    column: Column | None
    what: Saying

    def say(self, speaker: Speaker) -> str:
        """The slip as one plain line."""
        what = speaker.plain(self.what.key, **self.what.values)
        sheet = self.sheet.name.of(speaker.language) if self.sheet else ""
        column = self.column.name.of(speaker.language) if self.column else ""
        key = "roster.at_cell" if column else "roster.at_row" if self.row else "roster.at_sheet" if sheet else ""
        if not key:
            return what
        return speaker.plain(key, sheet=sheet, row=self.row, at=self.at, column=column, what=what)


class FileRefused(Exception):
    """The file as a whole cannot be read; `slips` says why and how to mend it."""

    def __init__(self, *slips: Slip) -> None:
        super().__init__(slips[0].what.key)
        self.slips = slips


def refuse(key: str, /, **values: object) -> FileRefused:
    """The refusal of a whole file."""
    return FileRefused(Slip(None, 0, "", None, Saying(key, values)))
