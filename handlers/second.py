"""The second person: what one alone may not do is shown to the others who may say yes; one press decides, once.

For admins, dispatchers and editors, each for what is theirs; never for whoever asked. What was granted is done at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from desk.approvals import Kind, Request
from desk.rules.authority import Power
from handlers import announce, faq_admin_previews, roster
from handlers.feature import Feature, needs
from handlers.labels import speaker_of
from handlers.turn import Turn
from words import Raw, Saying, Speaker

DOES: Mapping[Kind, Callable[[Turn, Request], Awaitable[None]]] = {
    Kind.ROLES: roster.granted,
    Kind.EXPORT: roster.export_granted,
    Kind.ANNOUNCE: announce.granted,
    Kind.FAQ: faq_admin_previews.granted,
}
"""What is done once it is granted."""

NAMES: Mapping[Kind, Callable[[Turn, Request, Speaker], Awaitable[str]]] = {
    Kind.ROLES: roster.asked_for,
    Kind.ANNOUNCE: announce.asked_for,
    Kind.FAQ: faq_admin_previews.asked_for,
}
"""What it is about in a line or two, as HTML, so that whoever asked for several knows which was decided."""


@needs(Power.BE_SECOND)
async def yes(turn: Turn) -> None:
    """Grant it: the decision and what follows from it are one, or neither happens."""
    async with turn.desk.all_or_nothing():
        request = await turn.desk.approvals.decide(turn.person, turn.subject, yes=True)
        await DOES[request.kind](turn, request)
    await _tell(turn, request, "second.granted")
    turn.leave_as_is()
    turn.reply("second.you_granted")  # so that their own chat shows, later too, what they decided


@needs(Power.BE_SECOND)
async def no(turn: Turn) -> None:
    """Refuse it; nothing is done."""
    request = await turn.desk.approvals.decide(turn.person, turn.subject, yes=False)
    await _tell(turn, request, "second.refused")
    turn.leave_as_is()
    turn.reply("second.you_refused")


async def _tell(turn: Turn, request: Request, key: str) -> None:
    """Whoever asked hears who decided, and about which of their requests."""
    asker = await turn.desk.people.get(request.asker_id)
    if asker is None:
        return
    name = NAMES.get(request.kind)
    about = await name(turn, request, speaker_of(asker, turn.services)) if name else ""
    kind = Saying(f"second.kind_{request.kind}")
    turn.notify(asker, key, by=turn.person.name, at=request.at, kind=kind, about=Raw(about and f"\n\n{about}"))


feature = Feature(presses={"second.yes": yes, "second.no": no})
