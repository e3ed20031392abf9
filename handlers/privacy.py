"""Privacy: what is kept and why in plain words, all that is kept about the asker as a file, and forgetting it.

Open to everybody, each for themselves.
"""

from __future__ import annotations

from desk.rules.authority import Power
from handlers.feature import Command, Feature, needs
from handlers.own_data import as_text
from handlers.turn import Turn


@needs(Power.OWN_DATA)
async def privacy(turn: Turn) -> None:
    """What is kept, why, for how long, and what they can do."""
    buttons = [[turn.button("privacy.mydata", "privacy.mydata")], [turn.button("privacy.forget", "privacy.forget")]]
    turn.show("privacy.plain_minimal" if turn.services.pages else "privacy.plain", buttons=buttons)


@needs(Power.OWN_DATA)
async def mydata(turn: Turn) -> None:
    """Everything that is kept about them, as a file that any phone can open."""
    sections = await turn.desk.privacy.everything(turn.person)
    await turn.desk.sightings.export(turn.person.id)
    content = as_text(turn.services, turn.say, sections, turn.desk.now)
    turn.send_bytes(turn.say.plain("privacy.file_name"), content.encode("utf-8-sig"), turn.say("privacy.file_sent"))


@needs(Power.OWN_DATA)
async def forget(turn: Turn) -> None:
    """Erase it, after one more press that says what stays and why; while something is open, that is said at once."""
    if not turn.arg:
        await turn.desk.privacy.may_forget(turn.person)
        sure = [turn.button("privacy.forget_yes", "privacy.forget", arg=1), turn.button("privacy.back", "privacy.show")]
        turn.show("privacy.forget_card" if turn.person.card else "privacy.forget_sure", buttons=[sure])
        return
    locked = await turn.desk.privacy.forget(turn.person)
    turn.show("privacy.forgotten_locked" if locked else "privacy.forgotten")


feature = Feature(
    commands=(Command("privacy", privacy), Command("mydata", mydata), Command("forget", forget)),
    presses={"privacy.show": privacy, "privacy.mydata": mydata, "privacy.forget": forget},
)
