"""A roster as a file: a workbook with its choices and notes, or one sheet as text; in the form that is imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from desk.catalogue import Catalogue
from desk.imports.forms import FORMS, Column, Record, SheetForm
from desk.imports.standing import Records
from words import Speaker

_HEAD = PatternFill("solid", fgColor="DDEBF7")
_RISKY = ("=", "+", "-", "@", "\t")


def workbook(records: Records, catalogue: Catalogue, say: Speaker) -> bytes:
    """The roster as a workbook; with no records it is the template."""
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    names = {office.id: office.name.of(say.language) for office in catalogue.offices}
    for form in FORMS:
        sheet = book.create_sheet(form.name.of(say.language))
        _head(sheet, form, say.language)
        for row in records.get(form.id, {}).values():
            sheet.append(_cells(form, row, names, say.language))
        _as_text(sheet, form)
        _choices(sheet, form, names, say.language)
    _notes(book.create_sheet(say.plain("roster.notes_sheet")), say)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(form: SheetForm, rows: Mapping[str, Record], catalogue: Catalogue, say: Speaker) -> bytes:
    """One sheet as comma-separated text that spreadsheets open without a question."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = {office.id: office.name.of(say.language) for office in catalogue.offices}
    writer.writerow([_label(column, say.language) for column in form.columns])
    for row in rows.values():
        writer.writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in _cells(form, row, names, "zh")])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cells(form: SheetForm, row: Record, offices: Mapping[str, str], language: str) -> list[str]:
    return [_cell(column, row[column.field], offices, language) for column in form.columns]


def _cell(column: Column, value: str, offices: Mapping[str, str], language: str) -> str:
    if column.kind == "office":
        return offices.get(value, value)
    if column.kind == "word":
        return next((name.of(language) for word, name in column.words if word == value), value)
    return value.replace(",", "、") if column.kind == "ids" else value


def _label(column: Column, language: str) -> str:
    return column.name.of(language) + ("*" if column.needed else "")


def _head(sheet: Worksheet, form: SheetForm, language: str) -> None:
    sheet.append([_label(column, language) for column in form.columns])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = "A2"
    for n, column in enumerate(form.columns, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = 26 if column.kind in ("office", "ids") else 16


def _as_text(sheet: Worksheet, form: SheetForm) -> None:
    """Every cell is text: nothing becomes a formula, and phones and dates keep their shape."""
    for row in sheet.iter_rows(min_row=2, max_col=len(form.columns)):
        for cell in row:
            cell.number_format = "@"
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for n in range(1, len(form.columns) + 1):
        sheet.column_dimensions[get_column_letter(n)].number_format = "@"


def _choices(sheet: Worksheet, form: SheetForm, offices: Mapping[str, str], language: str) -> None:
    for n, column in enumerate(form.columns, start=1):
        words = [name.of(language) for _value, name in column.words]
        words = list(offices.values()) if column.kind == "office" else words
        listed = '"' + ",".join(words) + '"'
        if words and len(listed) <= 255 and not any("," in word for word in words):  # the format's own limit
            rule = DataValidation(type="list", formula1=listed, allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(f"{get_column_letter(n)}2:{get_column_letter(n)}5000")


def _notes(sheet: Worksheet, say: Speaker) -> None:
    for line in say.plain("roster.notes").splitlines():
        sheet.append([line])
    for form in FORMS:
        sheet.append([])
        sheet.append([form.name.of(say.language)])
        sheet.append([_label(column, say.language) for column in form.columns])
        sheet.append(list(form.example))
    sheet.column_dimensions["A"].width = 26
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(vertical="top")
