"""The commands of `python -m bot`, in the order in which `--help` shows them."""

from bot.commands import audit, backup, cards, check, demo, keys, migrate, move, roster, route, run
from bot.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    demo.command,
    run.command,
    check.command,
    migrate.command,
    backup.command,
    move.command,
    roster.command,
    cards.command,
    audit.command,
    keys.command,
    route.command,
)

__all__ = ["COMMANDS", "Command"]
