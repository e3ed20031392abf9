"""YAML as people who do not program may write it: texts, lists and blocks, each with its line, and nothing else.

Every value stays the text that was typed (`否`, `on`, `2026-01-01`, a long number); the model decides what it means.
Anchors, aliases, tags, merge keys, directives, repeated keys and second documents are refused, not interpreted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import cyaml

from sheets.diagnosis import diagnose
from sheets.problem import Problem, SheetError

DEPTH = 12
"""Blocks within blocks, at most."""
EVENTS = 40_000
"""Parts of a file (texts, starts and ends of lists and blocks), at most."""

Loc = tuple[str | int, ...]
_WIDE_OPEN, _WIDE_CLOSE = ("“", "‘", "＂"), ("”", "’", "＂")


@dataclass
class Tree:
    """What a file says: `data` of dicts, lists, texts and None (nothing written), and the line of every part."""

    name: str
    data: Any = None
    lines: dict[Loc, int] = field(default_factory=lambda: {(): 1})

    def line(self, loc: Loc) -> int:
        """The line (from 1) of the part at `loc`, or of the nearest part around it."""
        return self.lines[self.nearest(loc)]

    def nearest(self, loc: Loc) -> Loc:
        """The longest existing path made of `loc`'s steps in order; steps that lead nowhere are left out."""
        found: Loc = ()
        for step in loc:
            if (*found, step) in self.lines:
                found = (*found, step)
        return found

    def entry(self, loc: Loc) -> str:
        """The `id` of the innermost block around `loc` that has one, or ""."""
        name, data = "", self.data
        for step in (*self.nearest(loc), None):
            if isinstance(data, dict) and isinstance(data.get("id"), str):
                name = data["id"]
            if step is not None:
                data = data[step]
        return name

    def problem(self, loc: Loc, key: str, **values: object) -> Problem:
        """A problem placed at `loc`."""
        return Problem(self.name, self.line(loc), self.entry(loc), key, values)


@dataclass
class _Open:
    """A list or block whose end has not come yet."""

    into: dict[str, Any] | list[Any]
    loc: Loc
    flow: bool
    key: str | None = None


class _Builder:
    def __init__(self, name: str) -> None:
        self.tree = Tree(name)
        self.stack: list[_Open] = []
        self.problems: list[Problem] = []
        self.documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.NodeEvent):
            self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self._stop(line, "sheets.second_document")
            if event.version or event.tags:
                raise self._stop(line, "sheets.directive")

    def _node(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._stop(line, "sheets.alias", name=event.anchor)
        if event.anchor:
            raise self._stop(line, "sheets.anchor", name=event.anchor)
        if event.tag:
            raise self._stop(line, "sheets.tag", tag=event.tag)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.into, dict) and top.key is None:
            self._key(top, event, line)
            return
        self._value(top, event, line)

    def _key(self, top: _Open, event: Any, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._stop(line, "sheets.odd_key")
        key = event.value
        if key == "<<":
            raise self._stop(line, "sheets.merge")
        if key in top.into:
            first = self.tree.lines[(*top.loc, key)]
            self._note(line, "sheets.twice", field=key, first=first)
        else:
            self.tree.lines[(*top.loc, key)] = line
        top.key = key

    def _value(self, top: _Open | None, event: Any, line: int) -> None:
        loc = self._place(top, line)
        scalar = isinstance(event, yaml.ScalarEvent)
        value: Any = _text(event) if scalar else {} if isinstance(event, yaml.MappingStartEvent) else []
        if scalar and event.value:
            self.tree.lines[loc] = line
        if scalar and event.implicit[0]:
            self._plain(event.value, line, flow=top is not None and top.flow)
        if top is None:
            self.tree.data = value
        elif isinstance(top.into, dict):
            top.into.setdefault(str(top.key), value)
            top.key = None
        else:
            top.into.append(value)
        if not scalar:
            if len(self.stack) >= DEPTH:
                raise self._stop(line, "sheets.too_deep", depth=DEPTH)
            self.stack.append(_Open(value, loc, bool(event.flow_style)))

    def _plain(self, text: str, line: int, *, flow: bool) -> None:
        """Text without quotes: marks that were meant as quotes or as separators are told, not taken as text."""
        if flow and ("，" in text or "、" in text):
            self._note(line, "sheets.wide_comma", text=text[:40])
        elif text.startswith(_WIDE_OPEN) and text.endswith(_WIDE_CLOSE) and not text[1:-1].count(text[0]):
            self._note(line, "sheets.wide_quote", text=text[:40])

    def _note(self, line: int, key: str, **values: object) -> None:
        self.problems.append(Problem(self.tree.name, line, self._entry(), key, values))

    def _place(self, top: _Open | None, line: int) -> Loc:
        if top is None:
            return ()
        if isinstance(top.into, dict):
            return (*top.loc, str(top.key))
        loc = (*top.loc, len(top.into))
        self.tree.lines[loc] = line
        return loc

    def _entry(self) -> str:
        blocks = (frame.into for frame in reversed(self.stack))
        return next((b["id"] for b in blocks if isinstance(b, dict) and isinstance(b.get("id"), str)), "")

    def _stop(self, line: int, key: str, **values: object) -> SheetError:
        return SheetError([*self.problems, Problem(self.tree.name, line, self._entry(), key, values)])


def grow(text: str, name: str) -> Tree:
    """Read YAML text.

    Raises:
        SheetError: broken YAML, with the likeliest mistake named, or something we do not allow.
    """
    builder = _Builder(name)
    count = 0
    try:
        for event in _events(text):
            count += 1
            if count > EVENTS:
                raise SheetError([Problem(name, event.start_mark.line + 1, "", "sheets.too_many", {"limit": EVENTS})])
            builder.take(event)
    except yaml.YAMLError as error:
        problem = diagnose(text, name, error, builder._entry())
        raise SheetError([*builder.problems, problem]) from None
    if builder.problems:
        raise SheetError(builder.problems)
    return builder.tree


def _events(text: str) -> Iterator[Any]:
    parser = cyaml.CSafeLoader(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _text(event: Any) -> str | None:
    """What was typed; None where nothing was."""
    return None if event.value == "" and event.implicit[0] else str(event.value)
