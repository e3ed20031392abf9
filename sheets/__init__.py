"""Reading the YAML files that office staff edit: strictly, all or nothing, with file, line and mend.

`read(path, Model)` gives the model or raises `SheetError` with its `problems`; `open_sheet` also keeps the lines, so
that the caller can place problems of its own. Imports only `words`.
"""

from sheets.fields import Bilingual, Day, Form, Id, ShortId, Text, YesNo
from sheets.problem import Problem, SheetError, wrong
from sheets.sheet import Sheet, open_sheet, parse, read
from sheets.text import LIMIT

__all__ = [
    "LIMIT",
    "Bilingual",
    "Day",
    "Form",
    "Id",
    "Problem",
    "Sheet",
    "SheetError",
    "ShortId",
    "Text",
    "YesNo",
    "open_sheet",
    "parse",
    "read",
    "wrong",
]
