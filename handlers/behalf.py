"""On a cardholder's behalf: after a call or visit staff fill in the form, and the cardholder confirms with one tap.

For staff; the form is the ordinary one. Nothing is handled before the cardholder said yes, and silence lets it lapse.
"""

from __future__ import annotations

from desk.refusals import Refused
from desk.rules.authority import Power
from desk.rules.life import Act
from handlers import consent, filing
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.matter_turn import matter_of
from handlers.turn import Turn

JOURNEY = "behalf"
CONFIRMING = "behalf.confirm"
"""What goes on after a consent that confirming had to wait for."""


@needs(Power.BEHALF)
async def begin(turn: Turn) -> None:
    """`/behalf`, alone or with a name or card number behind it."""
    if turn.args:
        await _find(turn, " ".join(turn.args))
        return
    await turn.desk.drafts.keep(turn.person, JOURNEY, {})
    turn.reply("behalf.who", buttons=[[turn.button("start.cancel", "start.cancel")]])


@needs(Power.BEHALF)
async def hear(turn: Turn) -> None:
    """A name or a card number."""
    await _find(turn, turn.text)


@needs(Power.BEHALF)
async def choose(turn: Turn) -> None:
    """This cardholder: now the ordinary form."""
    holder = await turn.desk.people.get(turn.subject)
    if holder is None or holder.card is None:
        raise Refused("behalf.nobody", said="")
    turn.reply("behalf.begin", name=holder.name)
    await filing.begin_for(turn, holder)


@needs(Act.FILE)
async def confirm(turn: Turn) -> None:
    """Yes, that is what I want: what staff prepared is filed, once the cardholder agrees to our keeping it."""
    await _confirm(turn, turn.subject)


async def resume(turn: Turn) -> None:
    """Go on after the consent that confirming had to wait for."""
    await _confirm(turn, turn.wish["matter"])


async def _confirm(turn: Turn, matter_id: int) -> None:
    matter, roles = await matter_of(turn, matter_id)
    await turn.desk.matters.may(matter, Act.FILE, roles)
    if not await consent.given(turn, CONFIRMING, {"matter": matter.id}):
        return
    category = turn.services.house.category(matter.category)
    if not await consent.given_apart(turn, category.sensitive, CONFIRMING, {"matter": matter.id}):
        return
    turn.matter = None
    await turn.desk.behalf.confirm(matter, turn.person, roles)
    turn.toast("done.file", number=matter.number)


async def _find(turn: Turn, said: str) -> None:
    found = await turn.desk.behalf.find(said)
    if not found:
        raise Refused("behalf.nobody", said=said)
    await turn.desk.drafts.keep(turn.person, JOURNEY, {})
    rows = [[Button(f"{each.name} · {each.number}", "behalf.for", each.id)] for each in found]
    turn.reply("behalf.which", buttons=[*rows, [turn.button("start.cancel", "start.cancel")]])


feature = Feature(
    commands=(Command("behalf", begin, audience="staff"),),
    presses={"behalf.for": choose, "act.file": confirm},
    listens={JOURNEY: hear},
)
