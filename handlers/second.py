"""The second person: what one alone may not do is shown to the others who may say yes; one press decides, once.

For admins, dispatchers and editors, each for what is theirs; never for whoever asked. What was granted is done at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from desk.approvals import Kind, Request
from desk.rules.authority import Power
from handlers import announce, faq_admin_previews, roster
from handlers.feature import Feature, needs
from handlers.turn import Turn

DOES: Mapping[Kind, Callable[[Turn, Request], Awaitable[None]]] = {
    Kind.ROLES: roster.granted,
    Kind.EXPORT: roster.export_granted,
    Kind.ANNOUNCE: announce.granted,
    Kind.FAQ: faq_admin_previews.granted,
}
"""What is done once it is granted."""


@needs(Power.BE_SECOND)
async def yes(turn: Turn) -> None:
    """Grant it: the decision and what follows from it are one, or neither happens."""
    async with turn.desk.all_or_nothing():
        request = await turn.desk.approvals.decide(turn.person, turn.subject, yes=True)
        await DOES[request.kind](turn, request)
    turn.leave_as_is()
    turn.toast("second.you_granted")


@needs(Power.BE_SECOND)
async def no(turn: Turn) -> None:
    """Refuse it; nothing is done."""
    await turn.desk.approvals.decide(turn.person, turn.subject, yes=False)
    turn.leave_as_is()
    turn.toast("second.you_refused")


feature = Feature(presses={"second.yes": yes, "second.no": no})
