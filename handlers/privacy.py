"""Privacy: what is kept and why in plain words, all that is kept about the asker as a file, and forgetting it.

Open to everybody, each for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from desk.privacy import Section
from desk.rules.authority import Power
from handlers import labels
from handlers.feature import Command, Feature, needs
from handlers.services import Services
from handlers.turn import Turn
from words import Speaker, one_line


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
    """Erase it, after one more press that says what stays and why."""
    if not turn.arg:
        sure = [turn.button("privacy.forget_yes", "privacy.forget", arg=1), turn.button("privacy.back", "privacy.show")]
        turn.show("privacy.forget_card" if turn.person.card else "privacy.forget_sure", buttons=[sure])
        return
    locked = await turn.desk.privacy.forget(turn.person)
    turn.show("privacy.forgotten_locked" if locked else "privacy.forgotten")


def as_text(services: Services, say: Speaker, sections: Sequence[Section], now: datetime) -> str:
    """All that is kept, kind by kind, for a file that any device can show."""
    return "\n\n".join([say.plain("privacy.file_head", at=now), *(_section(services, say, s) for s in sections)])


def _section(services: Services, say: Speaker, section: Section) -> str:
    name, rows = section
    lines = [f"【{say.plain(f'privacy.section_{name}')}】"]
    lines += ["  ".join(_field(services, say, field, value) for field, value in row.items() if value) for row in rows]
    return "\n".join(lines)


def _field(services: Services, say: Speaker, field: str, value: object) -> str:
    shown = value
    if isinstance(value, datetime):
        shown = f"{value:%Y-%m-%d %H:%M} UTC"
    elif isinstance(value, date):
        shown = value.isoformat()
    elif field == "office":
        shown = labels.office_name(services, say, str(value))
    elif field == "category":
        shown = labels.category_name(services, say, str(value))
    label = f"privacy.field_{field}"
    return f"{say.plain(label) if say.has(label) else field}: {one_line(str(shown))}"


feature = Feature(
    commands=(Command("privacy", privacy), Command("mydata", mydata), Command("forget", forget)),
    presses={"privacy.show": privacy, "privacy.mydata": mydata, "privacy.forget": forget},
)
