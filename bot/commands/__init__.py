"""The commands of `python -m bot`, in the order in which `--help` shows them."""

from bot.commands import check, demo, migrate, roster, route, run
from bot.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    demo.command,
    run.command,
    check.command,
    migrate.command,
    roster.command,
    route.command,
)

__all__ = ["COMMANDS", "Command"]
