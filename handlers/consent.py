"""Consent: before the first personal field is kept, the person is told what is kept and why, and says yes.

Asking policy questions needs no consent. What they wanted to do is remembered and goes on after the yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.feature import Feature, Step
from handlers.turn import Turn

JOURNEY = "consent"


async def given(turn: Turn, wish: str, state: Mapping[str, Any]) -> bool:
    """Whether this person agreed to the notice in force; if not, ask, and keep what they wished for.

    Parameters:
        wish: the action to go on with after the yes; one of `WISHES`.
        state: what that action needs.
    """
    if turn.person.consent == turn.services.consent_version:
        return True
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"wish": wish, "state": dict(state)})
    turn.show(
        "consent.ask", buttons=[[turn.button("consent.yes", "consent.yes")], [turn.button("consent.no", "consent.no")]]
    )
    return False


def feature(wishes: Mapping[str, Step]) -> Feature:
    """The journey, given the steps that can follow a yes."""

    async def agree(turn: Turn) -> None:
        draft = await turn.desk.drafts.of(turn.person)
        turn.person = await turn.desk.people.agree(turn.person, turn.services.consent_version, turn.incoming.name)
        if draft is None or draft.journey != JOURNEY:
            turn.show("consent.thanks")
            return
        await turn.desk.drafts.drop(turn.person)
        turn.wish = draft.state["state"]
        await wishes[draft.state["wish"]](turn)

    async def decline(turn: Turn) -> None:
        await turn.desk.drafts.drop(turn.person)
        turn.show("consent.declined")

    return Feature(presses={"consent.yes": agree, "consent.no": decline})
