"""Consent: before the first personal field is kept, the person is told what is kept and why, and says yes.

Asking policy questions needs no consent; a matter about a child, money or health wants one of its own. What they
wanted to do is remembered and goes on after the yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.drafts import Draft
from desk.rules.authority import Power
from faq import Answer, Answers
from handlers import ask, by_number, labels
from handlers.feature import Feature, Run, needs
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
    _ask(turn, None)
    return False


async def given_apart(turn: Turn, kind: str, wish: str, state: Mapping[str, Any]) -> bool:
    """Whether this person agreed, apart from the rest, to our keeping a sensitive kind of data; if not, ask.

    Parameters:
        kind: `child`, `money` or `health`; `none` wants nothing more. The others as in `given`.
    """
    version = turn.services.consent_version
    if kind == "none" or await turn.desk.privacy.agreed(turn.person, kind, version):
        return True
    await turn.desk.drafts.keep(turn.person, JOURNEY, {"wish": wish, "state": dict(state), "kind": kind})
    _ask(turn, kind)
    return False


def _ask(turn: Turn, kind: str | None) -> None:
    """The notice with its yes and no; `kind` for a sensitive one."""
    no = turn.button("consent.no", "consent.no")
    if kind is None:
        turn.show("consent.ask", buttons=[[turn.button("consent.yes", "consent.yes")], [no]])
    else:
        turn.show(f"consent.ask_{kind}", buttons=[[turn.button("consent.yes_apart", "consent.apart")], [no]])


@needs(Power.AGREE)
async def hear(turn: Turn) -> None:
    """Words instead of a press: a question is answered, anything else is no consent; the notice comes again."""
    draft = await turn.desk.drafts.of(turn.person)
    if await by_number.shown(turn):
        pass
    elif turn.text and (labels.looks_asked(turn.text) or isinstance(await ask.understood(turn), Answer | Answers)):
        await ask.ask(turn)
    else:
        turn.reply("consent.press_please")
    _ask(turn, draft.state.get("kind") if draft else None)


@needs(Power.AGREE)
async def decline(turn: Turn) -> None:
    await turn.desk.drafts.drop(turn.person)
    turn.show("consent.declined")


def feature(wishes: Mapping[str, Run]) -> Feature:
    """The journey, given the steps that can follow a yes."""

    @needs(Power.AGREE)
    async def agree(turn: Turn) -> None:
        version = turn.services.consent_version
        again = turn.person.consent == version
        turn.person = await turn.desk.people.agree(turn.person, version, turn.incoming.name)
        draft = await turn.desk.drafts.of(turn.person)
        if again and draft is not None:  # a second tap: what has been asked since then must stay to be read
            turn.toast("consent.thanks")
            return
        await _go_on(turn, draft if draft and "kind" not in draft.state else None)

    @needs(Power.AGREE)
    async def agree_apart(turn: Turn) -> None:
        """A press of its own: two quick presses on the first notice must not count as the second consent."""
        draft = await turn.desk.drafts.of(turn.person)
        if draft is not None and draft.journey != JOURNEY:
            turn.toast("consent.thanks")
            return
        if draft is not None and "kind" in draft.state:
            await turn.desk.privacy.agree(turn.person, draft.state["kind"], turn.services.consent_version)
        await _go_on(turn, draft)

    async def _go_on(turn: Turn, draft: Draft | None) -> None:
        if draft is None or draft.journey != JOURNEY:
            turn.show("consent.thanks", buttons=[[turn.button("home.new", "filing.new")]])
            return
        await turn.desk.drafts.drop(turn.person)
        turn.wish = draft.state["state"]
        await wishes[draft.state["wish"]](turn)

    return Feature(
        presses={"consent.yes": agree, "consent.apart": agree_apart, "consent.no": decline},
        listens={JOURNEY: hear},
    )
