"""The manuals say what the code does: commands, settings, catalogue, the diagram in the README."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import manuals
import pytest
from bugs import BUGS
from spoken import HOME, modules

from bot.commands import COMMANDS
from handlers.journeys import FEATURES
from handlers.menus import STAFF, TALENTS


def the_command_line() -> str:
    return manuals.table(("命令 · command", "what it does"), [(f"`{each.name}`", each.help) for each in COMMANDS])


def the_planted_bugs() -> str:
    rows = [(bug.what, f"`{bug.file}`", f"`{bug.tests.removeprefix('tests/')}`") for bug in BUGS]
    return manuals.table(("planted", "in", "must be noticed by `tests/…`"), rows)


@pytest.mark.parametrize(
    ("file", "name", "fresh"),
    [
        ("docs/commands.md", "commands", manuals.commands()),
        ("docs/commands.md", "cli", the_command_line()),
        ("docs/settings.md", "settings", manuals.settings()),
        ("docs/catalogue.md", "catalogue", manuals.catalogue()),
        ("docs/telegram-errors.md", "errors", manuals.errors()),
        ("docs/reliability.md", "planted", the_planted_bugs()),
        ("README.md", "life", manuals.life()),
    ],
)
def test_what_a_manual_shows_is_what_the_code_has(file: str, name: str, fresh: str) -> None:
    assert manuals.written(HOME / file, name, fresh) == fresh, "run the tests once with WRITE_MANUALS=1"


def test_every_command_is_in_somebodys_menu() -> None:
    shown = {*TALENTS, *STAFF}
    commands = [command for feature in FEATURES for command in feature.commands]
    assert [command.name for command in commands if command.audience not in shown] == []
    assert len({command.name for command in commands}) == len(commands)


def test_every_bug_can_still_be_planted() -> None:
    gone = [bug.what for bug in BUGS if bug.good not in (HOME / bug.file).read_text("utf-8")]
    assert gone == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in modules() if path.read_text("utf-8").strip() and not docstring(path)]
    assert [str(path.relative_to(HOME)) for path in silent] == []


def test_the_rooms_import_only_what_they_may() -> None:
    linter = Path(sys.executable).with_name("lint-imports")  # a process of its own: it switches off our logs in its own
    done = subprocess.run([linter, "--no-cache"], cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text("utf-8")))
