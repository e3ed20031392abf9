"""The command line: `python -m bot run | demo | check | migrate`."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot import logs
from bot.commands import COMMANDS
from bot.settings import Settings, SettingsError, load
from db.engine import DatabaseError
from sheets import SheetError
from words import LANGUAGES, Words

ABOUT = """\
恩阳英才卡服务台 · the talent desk bot

  make demo                 try everything on this machine, no token needed
  python -m bot check       see what is still missing before going live
  python -m bot run         serve the real bot
"""


def parser() -> argparse.ArgumentParser:
    """The command line with every command and every setting explained."""
    top = argparse.ArgumentParser(
        prog="python -m bot", description=ABOUT, epilog=_settings_help(), formatter_class=argparse.RawTextHelpFormatter
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(sub)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it did what was asked, 1 when something has to be mended or it cannot go on, 2 for a wrong command line.
    """
    options = parser().parse_args(argv)
    command = next(each for each in COMMANDS if each.name == options.command)
    try:
        settings = load()
        logs.setup(settings.log_level)
        return asyncio.run(command.run(settings, options))
    except SettingsError as error:
        return _complain(error.lines)
    except SheetError as error:
        speakers = [Words.load().speaker(language) for language in LANGUAGES]
        return _complain([problem.say(speaker) for problem in error.problems for speaker in speakers])
    except (DatabaseError, OSError) as error:
        return _complain([str(error)])
    except KeyboardInterrupt:
        return 0


def _settings_help() -> str:
    lines = ["settings, from the environment or a file .env:", ""]
    for name, field in Settings.model_fields.items():
        lines.append(f"  DESK_{name.upper()}\n      {field.description}")
    return "\n".join(lines)


def _complain(lines: list[str]) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
