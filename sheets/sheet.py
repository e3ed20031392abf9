"""Reading a file into a model, all or nothing, with every problem placed on its line."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast, overload

from pydantic import BaseModel, TypeAdapter, ValidationError

from sheets.complaints import problem_of
from sheets.problem import Problem, SheetError
from sheets.text import LIMIT, decode, fetch
from sheets.tree import Loc, Tree, grow

Model = TypeVar("Model", bound=BaseModel)
T = TypeVar("T")

MOST = 50
"""Problems told at once; a person mends these first."""


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """A file that was read: its `value`, its `text`, and where each part of it stands."""

    value: T
    text: str
    tree: Tree

    @property
    def name(self) -> str:
        """The file's name."""
        return self.tree.name

    def problem(self, loc: Loc, key: str, **values: object) -> Problem:
        """A problem that the caller found, placed on the line of `loc`, e.g. `("entries", 3, "owner")`."""
        return self.tree.problem(loc, key, **values)


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def parse(text: str | bytes, kind: type[T], *, name: str, limit: int = LIMIT) -> Sheet[T]:
    """Read the text of a file named `name` as `kind` (a model, or a type such as `list[Model]`).

    Raises:
        SheetError: with every problem found, in the order of lines, at most 50.
    """
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    decoded = decode(raw, name, limit=limit)
    tree = grow(decoded, name)
    if tree.data is None:
        raise SheetError([Problem(name, 0, "", "sheets.empty")])
    try:
        value = _adapter(cast("Hashable", kind)).validate_python(tree.data)
    except ValidationError as error:
        found = [problem_of(tree, item, kind) for item in error.errors(include_url=False)[:MOST]]
        raise SheetError(sorted(found, key=lambda problem: problem.line)) from None
    return Sheet(value, decoded, tree)


def open_sheet(path: Path, kind: type[T], *, limit: int = LIMIT) -> Sheet[T]:
    """Read a file as `kind` and keep its lines, so that the caller can place problems of its own. See `parse`."""
    return parse(fetch(path, limit=limit), kind, name=path.name, limit=limit)


@overload
def read(path: Path, model: type[Model], *, many: Literal[False] = False, limit: int = LIMIT) -> Model: ...
@overload
def read(path: Path, model: type[Model], *, many: Literal[True], limit: int = LIMIT) -> list[Model]: ...
def read(path: Path, model: type[Model], *, many: bool = False, limit: int = LIMIT) -> Model | list[Model]:
    """Read a file that is one block of `model`, or with `many` a list of them. `limit` in bytes.

    Raises:
        SheetError: the file cannot be used; nothing of it is taken over.
    """
    if many:
        return open_sheet(path, list[model], limit=limit).value  # type: ignore[valid-type]
    return open_sheet(path, model, limit=limit).value
