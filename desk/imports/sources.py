"""A roster's file of whatever kind, by its name: a workbook, a table of text, or YAML."""

from __future__ import annotations

from desk.catalogue import Catalogue
from desk.imports.fromyaml import read_yaml
from desk.imports.reading import Progress, Reading, read_file
from desk.imports.slips import FileRefused, Slip
from sheets import SheetError
from words import Saying

ENDINGS = (".xlsx", ".csv", ".yaml", ".yml", ".xls", ".xlsm", ".et", ".txt", ".tsv")
"""What is taken for a roster; some only to be told what to do instead."""


def read_any(name: str, data: bytes, catalogue: Catalogue, progress: Progress | None = None) -> Reading:
    """Read a roster's file.

    Raises:
        FileRefused: it cannot be read; every slip of a YAML file is told with its line.
    """
    if not name.lower().endswith((".yaml", ".yml")):
        return read_file(name, data, catalogue, progress)
    try:
        return read_yaml(name, data, catalogue)
    except SheetError as error:
        slips = [
            Slip(None, 0, "", None, Saying("roster.yaml_line", {"line": each.line, "what": each.saying}))
            for each in error.problems
        ]
        raise FileRefused(*slips) from None
