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
    """One journey. `presses` maps an action to its step, `listens` a form's name to the step that hears its words.

    `opens` maps the first part of a link's payload (`card` of `/start card-…`) to its step; `takes` is a test of what
    was sent, such as a file of a certain kind, and the step that takes it.
    """

    commands: tuple[Command, ...] = ()
    presses: Mapping[str, Step] = field(default_factory=dict)
    listens: Mapping[str, Step] = field(default_factory=dict)
    opens: Mapping[str, Step] = field(default_factory=dict)
    takes: tuple[Callable[[Turn], bool], Step] | None = None
