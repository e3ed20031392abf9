"""Privacy: what is kept and why in plain words, all that is kept about the asker as a file, and forgetting it.

Open to everybody, each for themselves.
"""

from __future__ import annotations

from datetime import date, datetime

from desk.privacy import Section
from desk.rules.authority import Power
from handlers import labels
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn


@needs(Power.OWN_DATA)
async def privacy(turn: Turn) -> None:
    """What is kept, why, for how long, and what they can do."""
    buttons = [[turn.button("privacy.mydata", "privacy.mydata")], [turn.button("privacy.forget", "privacy.forget")]]
    turn.show("privacy.plain", buttons=buttons)


@needs(Power.OWN_DATA)
async def mydata(turn: Turn) -> None:
    """Everything that is kept about them, as a file that any phone can open."""
    sections = await turn.desk.privacy.everything(turn.person)
    content = "\n\n".join(
        [turn.say.plain("privacy.file_head", at=turn.desk.now), *(_section(turn, s) for s in sections)]
    )
    turn.send_bytes(turn.say.plain("privacy.file_name"), content.encode("utf-8-sig"), turn.say("privacy.file_sent"))


@needs(Power.OWN_DATA)
async def forget(turn: Turn) -> None:
    """Erase it, after one more press that says what stays and why."""
    if not turn.arg:
        sure = [turn.button("privacy.forget_yes", "privacy.forget", arg=1), turn.button("privacy.back", "privacy.show")]
        turn.show("privacy.forget_card" if turn.person.card else "privacy.forget_sure", buttons=[sure])
        return
    locked = await turn.desk.privacy.forget(turn.person)
    turn.show("privacy.forgotten_locked" if locked else "privacy.forgotten")


def _section(turn: Turn, section: Section) -> str:
    name, rows = section
    lines = [f"【{turn.say.plain(f'privacy.section_{name}')}】"]
    lines += ["  ".join(_field(turn, field, value) for field, value in row.items() if value) for row in rows]
    return "\n".join(lines)


def _field(turn: Turn, field: str, value: object) -> str:
    shown = value
    if isinstance(value, datetime):
        shown = f"{value:%Y-%m-%d %H:%M} UTC"
    elif isinstance(value, date):
        shown = value.isoformat()
    elif field == "office":
        shown = labels.office_name(turn.services, turn.say, str(value))
    elif field == "category":
        shown = labels.category_name(turn.services, turn.say, str(value))
    label = f"privacy.field_{field}"
    return f"{turn.say.plain(label) if turn.say.has(label) else field}: {shown}"


feature = Feature(
    commands=(Command("privacy", privacy), Command("mydata", mydata), Command("forget", forget)),
    presses={"privacy.show": privacy, "privacy.mydata": mydata, "privacy.forget": forget},
)
