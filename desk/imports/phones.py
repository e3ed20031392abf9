"""Phone numbers covered in a file that leaves the server: 138****0051, read back as "as it was"."""

from __future__ import annotations

from desk.imports.cells import COVERED
from desk.imports.forms import FORM
from desk.imports.reading import Reading
from desk.imports.standing import Records
from desk.vault import masked
from words import Saying


def covered(records: Records) -> Records:
    """The roster with every phone number covered."""
    return {
        sheet: {key: {**row, "phone": masked(row["phone"])} if row.get("phone") else row for key, row in rows.items()}
        for sheet, rows in records.items()
    }


def uncover(reading: Reading, records: Records) -> None:
    """Put the known number where a covered one of the same person stands; one that is not theirs is a slip."""
    for sheet in ("cardholders", "staff"):
        known = {row["id"]: row["phone"] for row in records.get(sheet, {}).values()}
        for line in reading.lines.get(sheet, []):
            phone = line.record["phone"]
            if COVERED.fullmatch(phone):
                line.record["phone"] = known.get(line.record["id"], "")
                if masked(line.record["phone"]) != phone:
                    reading.slip(FORM[sheet], line, "phone", Saying("roster.covered_phone"))
