"""From a model's complaint to a sentence that says what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from sheets.diagnosis import slip_in_value
from sheets.problem import Problem
from sheets.tree import Tree

_PLAIN = {
    "missing": "sheets.missing",
    "string_type": "sheets.want_text",
    "list_type": "sheets.want_list",
    "tuple_type": "sheets.want_list",
    "set_type": "sheets.want_list",
    "frozen_set_type": "sheets.want_list",
    "dict_type": "sheets.want_block",
    "model_type": "sheets.want_block",
    "model_attributes_type": "sheets.want_block",
    "dataclass_type": "sheets.want_block",
    "bool_type": "sheets.want_yes_no",
    "bool_parsing": "sheets.want_yes_no",
    "string_pattern_mismatch": "sheets.want_pattern",
}
_NUMBERS = ("int_", "float_", "decimal_", "finite_")
_DATES = ("date_", "datetime_", "time_")
_LIMITS = {
    "greater_than": ("sheets.too_small", "gt"),
    "greater_than_equal": ("sheets.too_small", "ge"),
    "less_than": ("sheets.too_big", "lt"),
    "less_than_equal": ("sheets.too_big", "le"),
    "too_short": ("sheets.too_few_items", "min_length"),
    "too_long": ("sheets.too_many_items", "max_length"),
    "string_too_short": ("sheets.too_short", "min_length"),
    "string_too_long": ("sheets.too_long", "max_length"),
}


def problem_of(tree: Tree, error: Mapping[str, Any], kind: Any) -> Problem:
    """The problem that stands for one entry of `ValidationError.errors()` about a file read as `kind`."""
    loc = tuple(error["loc"])
    field = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    values: dict[str, object] = {"field": field, "text": _short(error.get("input"))}
    key = _key(error, values, kind)
    if key == "sheets.missing":
        loc = loc[:-1]
    if key == "sheets.want_block" and (slip := slip_in_value(error.get("input"))):
        key = slip
    if error.get("input") is None and key.startswith("sheets.want_"):
        key = "sheets.nothing_written"
    return tree.problem(loc, key, **values)


def _key(error: Mapping[str, Any], values: dict[str, object], kind: Any) -> str:
    """The words key for an error; what the sentence needs goes into `values`."""
    complaint, context = str(error["type"]), error.get("ctx", {})
    if "." in complaint:
        values.update({name: value for name, value in context.items() if name != "key"})
        return complaint
    if complaint == "extra_forbidden":
        values["meant"] = _meant(str(values["field"]), kind)
        return "sheets.unknown_field_meant" if values["meant"] else "sheets.unknown_field"
    if complaint in ("literal_error", "enum"):
        values["allowed"] = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return "sheets.not_one_of"
    if complaint in _LIMITS:
        key, name = _LIMITS[complaint]
        values["limit"] = context.get(name)
        return key
    if complaint.startswith(_NUMBERS):
        return "sheets.want_number"
    if complaint.startswith(_DATES):
        return "sheets.want_date"
    if complaint not in _PLAIN:
        values["reason"] = str(error.get("msg", ""))
    return _PLAIN.get(complaint, "sheets.other")


def _meant(word: str, kind: Any) -> str:
    """The field name that was probably meant, or ""."""
    return next(iter(difflib.get_close_matches(word[:60], _fields(kind), n=1, cutoff=0.6)), "")


@lru_cache(maxsize=64)
def _fields(kind: Any) -> tuple[str, ...]:
    schema = TypeAdapter(kind).json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return tuple(sorted({name for part in parts for name in part.get("properties", {})}))


def _short(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else "…"
    return text if len(text) <= 40 else text[:39] + "…"
