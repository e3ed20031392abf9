"""What a workbook may be before it is opened: a small zip of plain XML, with no entities, no code and no surprises."""

from __future__ import annotations

import io
import re
import zipfile

from desk.imports.slips import refuse

LARGEST_FILE = 8 * 1024 * 1024
LARGEST_CONTENT = 96 * 1024 * 1024
"""Bytes once unpacked; a sheet of 10,000 rows is about 5 MiB."""
MOST_PARTS = 500
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_CHUNK = 256 * 1024
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def workbook(data: bytes) -> zipfile.ZipFile:
    """The workbook's zip, looked through.

    Raises:
        FileRefused: too large, packed to explode, encrypted, of an old kind, or with XML declarations of its own.
    """
    if len(data) > LARGEST_FILE:
        raise refuse("roster.too_large", limit=LARGEST_FILE // 1024 // 1024)
    if data.startswith(_OLD_EXCEL):
        raise refuse("roster.old_excel")
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise refuse("roster.not_a_workbook") from None
    _look_at_sizes(packed)
    try:
        for part in packed.infolist():
            if part.filename.endswith((".xml", ".rels")):
                _look_through(packed, part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise refuse("roster.not_a_workbook") from None
    return packed


def _look_at_sizes(packed: zipfile.ZipFile) -> None:
    """By the zip's own directory: no part can be read beyond the size it declares there."""
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_CONTENT:
        raise refuse("roster.bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise refuse("roster.encrypted")
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise refuse("roster.macros")


def _look_through(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """XML in plain UTF-8 without a document type: there is nothing that could expand or reach out."""
    with packed.open(part) as file:
        end = b""
        while chunk := file.read(_CHUNK):
            if not end and b"\0" in chunk[:64]:
                raise refuse("roster.bomb")  # UTF-16 would hide the words looked for here
            if _DECLARATION.search(end + chunk):
                raise refuse("roster.bomb")
            end = chunk[-16:]
