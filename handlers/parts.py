"""How the parts of several departments on one matter are shown: who has which, and how far it is."""

from __future__ import annotations

from desk.views import CoStep, Matter
from handlers import labels
from handlers.services import Services
from words import Speaker


def part_line(services: Services, say: Speaker, matter: Matter, step: CoStep, *, plain: bool = False) -> str:
    """One part: its department, who has it, and where it stands; as HTML."""
    return say(
        "deliver.open_step" if plain else "card.step",
        mark="✅" if step.done_at else "🔵" if step.taken_at else "⚪",
        office=labels.office_name(services, say, step.office),
        name=holder(services, say, step),
        stand=stand(services, say, matter, step),
    )


def holder(services: Services, say: Speaker, step: CoStep) -> str:
    """Who has it; where nobody of the department could take it, whose hands it is in instead."""
    name = labels.shown_name(services, say, step.name, step.of)
    if step.of == step.office:
        return name
    return say.plain("step.in_place", office=labels.office_name(services, say, step.of), name=name)


def stand(services: Services, say: Speaker, matter: Matter, step: CoStep) -> str:
    """How far a part is, in a few words."""
    if step.done_at is not None:
        return say.plain("step.done", at=step.done_at)
    due = services.house.step_due(matter, step)
    if step.taken_at is None:
        return say.plain("step.open")
    return say.plain("step.taken", due=due) if due else say.plain("step.taken_paused")
