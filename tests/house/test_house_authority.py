"""Who may do what is decided by the rules alone: every way in declares an act, and no handler looks at roles itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desk.rules.authority import POWERS, READING, Power
from desk.rules.life import TRANSITIONS, Act
from handlers.feature import Command, Feature, Step, needs
from handlers.journeys import FEATURES
from handlers.turn import Turn

HOME = Path(__file__).resolve().parents[2]
LOOKS_AT_ROLES = re.compile(r"has_role\(|\.role (==|in|not in)|is_staff")
SPEAKS_BY_ROLE = {"start.py": "greets staff in their own words", "ask.py": "entries that are meant for some readers"}
"""Files that ask what somebody is to choose their words, not to let them in."""


async def step(_turn: Turn) -> None:
    """A step that says nothing of who may take it."""


def test_every_way_in_declares_an_act_that_the_rules_know() -> None:
    declared = {name: each.act for feature in FEATURES for name, each in feature.steps().items()}
    assert len(declared) > 150
    unknown = [n for n, act in declared.items() if act not in {*POWERS, *READING, *(a for _s, a in TRANSITIONS)}]
    assert unknown == []


@pytest.mark.parametrize("place", ["commands", "presses", "listens", "opens", "takes"])
def test_a_way_in_without_an_act_fails_when_it_is_put_together(place: str) -> None:
    bare: dict[str, object] = {
        "commands": (Command("x", step),),  # type: ignore[arg-type]
        "takes": (lambda _turn: True, step),
    }
    with pytest.raises(TypeError, match="no act declared"):
        Feature(**{place: bare.get(place, {"x": step})})  # type: ignore[arg-type]


def test_every_power_is_used_and_every_act_on_a_matter_has_a_button() -> None:
    steps = [each.act for feature in FEATURES for each in feature.steps().values()]
    asked_elsewhere = {
        Power.READ_NOTES,
        Power.SECOND_FAQ,
        Power.SECOND_ROLES,
        Power.SECOND_EXPORT,
        Power.SECOND_ANNOUNCE,
    }
    assert set(Power) - set(steps) == asked_elsewhere
    by_the_clock_or_on_paper = {Act.PREPARE, Act.ESCALATE, Act.LAPSE, Act.MOVE}
    assert set(Act) - set(steps) <= by_the_clock_or_on_paper


def test_no_handler_looks_at_roles_itself() -> None:
    files = [*(HOME / "handlers").rglob("*.py"), *(HOME / "bot").rglob("*.py")]
    found = [
        f"{path.relative_to(HOME)}:{n}: {line.strip()}"
        for path in files
        if path.name not in SPEAKS_BY_ROLE
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if LOOKS_AT_ROLES.search(line)
    ]
    assert found == []


def test_a_declared_step_can_be_told_from_a_plain_function() -> None:
    made = needs(Power.HELLO)(step)
    assert isinstance(made, Step)
    assert made.act is Power.HELLO
