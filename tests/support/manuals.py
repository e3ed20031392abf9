"""The tables in the manuals that the code itself can write; `WRITE_MANUALS=1` has the tests bring them up to date."""

from __future__ import annotations

import os
import re
from pathlib import Path

from telegram_errors import CASES

from bot.settings import HOME, PREFIX, Settings
from desk.catalogue import Catalogue, Category
from desk.rules.authority import STAFF, Part, Power, holders
from desk.rules.life import diagram
from desk.rules.worktime import Span
from handlers.feature import Command
from handlers.journeys import FEATURES
from words import Speaker, Words

WRITE = os.environ.get("WRITE_MANUALS") == "1"
ZH, EN = (Words.load().speaker(language) for language in ("zh", "en"))
AUDIENCES = {
    "all": "所有人 · everybody",
    "talent": "持卡人 · cardholders",
    "staff": "工作人员 · staff",
}


def commands() -> str:
    """Every command, whom its menu shows it to, and its menu line."""
    rows = [
        (f"`/{each.name}`", _audience(each), _menu(ZH, each.name), _menu(EN, each.name))
        for feature in FEATURES
        for each in feature.commands
    ]
    return table(("命令 · command", "菜单给谁看 · in whose menu", "做什么", "what it does"), rows)


def _audience(command: Command) -> str:
    """Whose menu it is in; of staff's the posts that may use it, where not all may."""
    roles = holders(command.run.act) if command.audience == "staff" and isinstance(command.run.act, Power) else set()
    if not roles or len(roles) == len(STAFF):
        return AUDIENCES[command.audience]
    names = [part.value for part in Part if part.value in roles]
    return " · ".join(sep.join(say.plain(f"role.{name}") for name in names) for say, sep in ((ZH, "、"), (EN, ", ")))


def settings() -> str:
    """Every setting with its default."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = str(default.relative_to(HOME)) if isinstance(default, Path) else str(default)
        rows.append((f"`{PREFIX}{name.upper()}`", f"`{shown}`" if shown.strip("*") else "", field.description or ""))
    return table(("设置 · setting", "默认值 · default", "what it is for"), rows)


def catalogue() -> str:
    """Every category and every office, as the files name them."""
    book = Catalogue.load(HOME / "desk" / "categories.yaml", HOME / "desk" / "offices.yaml")
    offices = {each.id: each for each in book.offices}
    matters = [
        (
            f"`{each.id}`",
            f"{each.emoji} {each.name.zh}",
            each.name.en,
            "、".join(offices[office].name.zh for office in (each.office, *_others(each))),
            f"{_span(each.accept_within)} / {_span(each.deliver_within)}",
        )
        for each in book.categories
    ]
    houses = [(f"`{each.id}`", each.name.zh, each.name.en) for each in book.offices]
    first = table(("id", "类别", "category", "承办单位 · office", "接单 / 送单 · accept / deliver"), matters)
    return f"{first}\n{table(('id', '单位', 'office'), houses)}"


def errors() -> str:
    """Telegram's refusals and what each means for the message."""
    rows = [(str(case.status), case.shown, case.verdict.value) for case in CASES]
    return table(("status", "Telegram says", "what becomes of the message"), rows)


def life() -> str:
    """The life of a matter as a diagram."""
    return f"```mermaid\n{diagram()}```\n"


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in lines)


def written(path: Path, name: str, fresh: str) -> str:
    """What stands between the marks `<!-- name:begin -->` and `<!-- name:end -->`; brought up to date when asked.

    Raises:
        AssertionError: the marks are missing.
    """
    text = path.read_text(encoding="utf-8")
    marks = re.compile(rf"(<!-- {name}:begin -->\n)(.*?)(<!-- {name}:end -->)", re.DOTALL)
    found = marks.search(text)
    assert found, f"{path.name} lacks the marks of {name}"
    if WRITE and found[2] != fresh:
        path.write_text(marks.sub(lambda match: match[1] + fresh + match[3], text), encoding="utf-8")
        return fresh
    return found[2]


def _menu(say: Speaker, command: str) -> str:
    return say.plain(f"menu.{command}")


def _others(category: Category) -> tuple[str, ...]:
    return tuple(category.co_handlers)


def _span(span: Span) -> str:
    parts = [f"{span.days} 个工作日"] if span.days else []
    hours = span.minutes / 60
    return " ".join(parts + ([f"{hours:g} 小时"] if hours else []))
