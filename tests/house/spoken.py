"""Which sentences the code speaks: found in its syntax, so that a key cannot be forgotten or left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[2]
ROOMS = ("bot", "pages", "handlers", "faq", "desk", "db", "sheets", "words")
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
SPEAKS = {
    "say", "plain", "_say", "reply", "show", "toast", "button", "refuse", "tell", "_tell",
    "Refused", "Saying", "Reason", "because", "problem", "NoCard", "Complaint",
}  # fmt: skip
"""What is called with a key first."""
SPEAKS_LATER = {"problem", "tell", "_tell", "_say", "Complaint"}
"""What is called with a key after something else."""


@dataclass(frozen=True)
class Found:
    """A key, or the pattern of one (`status.{}`), and where it stands."""

    text: str
    where: str
    spoken: bool

    @property
    def is_pattern(self) -> bool:
        return "{}" in self.text

    def matches(self, key: str) -> bool:
        """Whether this is what the code makes of the key."""
        if not self.is_pattern:
            return self.text == key
        return re.fullmatch("[a-z0-9_.]+".join(map(re.escape, self.text.split("{}"))), key) is not None


def modules() -> list[Path]:
    """Every module of ours."""
    return [path for room in ROOMS for path in sorted((HOME / room).rglob("*.py")) if "migrations" not in path.parts]


def keys_in_code() -> list[Found]:
    """Every text in the code that looks like a key."""
    return [found for path in modules() for found in _of(path)] + [
        found for path in templates() for found in _said(path)
    ]


def joined_by_hand() -> list[str]:
    """Where things are joined with a comma of one language, whoever reads them."""
    return [
        f"{path.relative_to(HOME)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "join" and isinstance(node.value, ast.Constant)
        if str(node.value.value).strip() in ("、", "，", "；")
    ]


def templates() -> list[Path]:
    """The pages' templates."""
    return sorted((HOME / "pages" / "templates").glob("*.html"))


def _said(path: Path) -> Iterator[Found]:
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for key in re.findall(r"\bt\('([a-z_.]+)'", line):
            yield Found(key, f"{path.relative_to(HOME)}:{n}", spoken=True)


def _of(path: Path) -> Iterator[Found]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken = {id(text) for node in ast.walk(tree) if isinstance(node, ast.Call) for text in _first_text(node)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        text = _text(node) if id(node) not in inside else ""
        if text:
            where = f"{path.relative_to(HOME)}:{getattr(node, 'lineno', 0)}"
            yield Found(text, where, id(node) in spoken)


def _first_text(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in SPEAKS or not call.args:
        return []
    said = call.args if name in SPEAKS_LATER else call.args[:1]
    return next((each for each in map(_branches, said) if any(map(_text, each))), [])


def _branches(node: ast.expr) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if KEY.fullmatch(node.value) else ""
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        ending = re.fullmatch(r"\{\}_[a-z_]+", text)  # a key with something put after it
        return text if ending or (KEY.fullmatch(text.replace("{}", "x")) and not text.startswith("{}")) else ""
    return ""
