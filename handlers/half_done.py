"""A form left half-way: it can be taken up again from /my, and beginning another asks first, so that nothing is lost.

For cardholders; a form is theirs alone.
"""

from __future__ import annotations

from desk.filing import CATEGORY, Filing
from desk.rules.authority import Power
from handlers import filing_form, labels
from handlers.buttons import Button
from handlers.feature import Feature, needs
from handlers.turn import Turn
from words import Raw


async def left(turn: Turn) -> Filing | None:
    """The form of their own they have begun to fill in and not sent; never where forms are filled in on the pages."""
    if turn.services.pages:
        return None
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != filing_form.JOURNEY:
        return None
    form = Filing.from_state(draft.state)
    begun = form.category is not None and form.at != CATEGORY
    return form if begun and form.for_person is None else None


async def asked_first(turn: Turn, afresh: Button) -> bool:
    """Whether a form is half done; if so they are asked whether to go on with it or to begin by `afresh`."""
    form = await left(turn)
    if form is None:
        return False
    turn.display(await line(turn, form), buttons=[[go_on_button(turn)], [afresh]])
    return True


async def line(turn: Turn, form: Filing) -> Raw:
    """Which form it is and how far."""
    now, of = form.progress(await filing_form.steps(turn, form))
    return Raw(turn.say("half_done.line", category=labels.category(turn, form.category or ""), step=now, of=of))


def go_on_button(turn: Turn) -> Button:
    """The way back into the form."""
    return turn.button("half_done.go_on", "half_done.go_on")


@needs(Power.FILL_IN)
async def go_on(turn: Turn) -> None:
    """Ask the step the form is at once more."""
    form = await left(turn)
    if form is None:
        turn.toast("filing.no_form", alert=True)
        return
    await filing_form.show(turn, form)


feature = Feature(presses={"half_done.go_on": go_on})
