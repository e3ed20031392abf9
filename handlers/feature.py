"""What a journey offers: its commands, its buttons, and the form whose next words it listens for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from desk.rules.authority import Power
from desk.rules.life import Act
from handlers.admission import admit
from handlers.turn import Turn

Run = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """One step of a journey, and the act it needs; whoever may not is refused before it runs, however it is reached."""

    act: Act | Power
    run: Run

    async def __call__(self, turn: Turn) -> None:
        """Run it, if this person may.

        Raises:
            Refused: they may not, or not now.
        """
        await admit(turn, self.act)
        await self.run(turn)


def needs(act: Act | Power) -> Callable[[Run], Step]:
    """Makes a function a step that needs this act; one on a matter is about the pressed one, or the form's."""

    def made(run: Run) -> Step:
        return Step(act, run)

    return made


@dataclass(frozen=True)
class Command:
    """A slash command. `audience` says in whose menu it stands: `all`, `talent`, or `staff` who may use it.

    The menu hides, it does not authorise; its line is the sentence `menu.<name>`. `also`: what else people type for it.
    """

    name: str
    run: Step
    audience: str = "all"
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feature:
    """One journey. `presses` maps an action to its step, `listens` a form's name to the step that hears its words.

    `opens` maps the first part of a link's payload (`card` of `/start card-…`) to its step; `takes` is a test of what
    was sent, such as a file of a certain kind, and the step that takes it. Every step says what it needs.
    """

    commands: tuple[Command, ...] = ()
    presses: Mapping[str, Step] = field(default_factory=dict)
    listens: Mapping[str, Step] = field(default_factory=dict)
    opens: Mapping[str, Step] = field(default_factory=dict)
    takes: tuple[Callable[[Turn], bool], Step] | None = None

    def steps(self) -> Mapping[str, Step]:
        """Every way in, by its name: `/new`, `filing.submit`, `form:filing`, `link:card`, `file:receive`."""
        found = {f"/{command.name}": command.run for command in self.commands} | dict(self.presses)
        found |= {f"form:{name}": step for name, step in self.listens.items()}
        found |= {f"link:{name}": step for name, step in self.opens.items()}
        return found | ({f"file:{self.takes[0].__name__}": self.takes[1]} if self.takes else {})

    def __post_init__(self) -> None:
        """Refuse a way in that says nothing of who may take it."""
        bare = [name for name, step in self.steps().items() if not isinstance(step, Step)]
        if bare:
            raise TypeError(f"{', '.join(bare)}: no act declared; write @needs(Power.… or Act.…) above the step")
