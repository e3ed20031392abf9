"""What a journey offers: its commands, its buttons, and the form whose next words it listens for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from handlers.turn import Turn

Step = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True)
class Command:
    """A slash command. `audience` says in whose menu it stands: `all`, `talent`, `staff` or `editor`.

    The menu hides, it does not authorise; its line is the sentence `menu.<name>`.
    """

    name: str
    run: Step
    audience: str = "all"


@dataclass(frozen=True)
class Feature:
    """One journey. `presses` maps an action to its step, `listens` a form's name to the step that hears its words."""

    commands: tuple[Command, ...] = ()
    presses: Mapping[str, Step] = field(default_factory=dict)
    listens: Mapping[str, Step] = field(default_factory=dict)
