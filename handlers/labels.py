"""Names as people read them: categories, offices, concerns, sources; never an internal code."""

from __future__ import annotations

import html
import re
import zlib
from datetime import datetime
from typing import Any

from desk.catalogue import Category
from desk.filing import Concern
from desk.matter import Happened, Matter
from desk.people import Person
from desk.rules.reasons import Reason, Value
from faq.schema import Entry
from handlers.services import Services
from handlers.turn import Turn
from words import Speaker, tidy

_ASKED = re.compile(
    r"[?？]|^(请问|问一?下)|(吗|呢|么|不)$|找谁|咋个|怎么|怎样|啷个|如何|为什么|为啥|^(how|what|when|where|who|can|do|is|are)\b",
    re.IGNORECASE,
)


_QUESTION_WORD = re.compile(r"哪|谁|什么|啥|几点|几号|多少|好多|\b(what|where|when|who|which|how)\b", re.IGNORECASE)

ANYTHING_ELSE = "other"
"""The category for what fits no other one. Of an FAQ entry it says nothing: those about the desk itself have it too."""


def key(name: str | None) -> int:
    """A category's 32-bit number for a button; 0 for none."""
    return zlib.crc32(name.encode()) if name else 0


def category_of(turn: Turn, number: int) -> Category | None:
    """The category behind a button's number."""
    return next((each for each in turn.services.house.catalogue.categories if key(each.id) == number), None)


def category(turn: Turn, name: str) -> str:
    """A category's name with its sign."""
    return category_name(turn.services, turn.say, name)


def category_name(services: Services, say: Speaker, name: str) -> str:
    """A category's name with its sign; the bare id for one that left the catalogue."""
    found = services.house.catalogue.get(name)
    return f"{found.emoji} {found.name.of(say.language)}".strip() if found else name


def listed_category(services: Services, say: Speaker, name: str) -> str:
    """A category's name in a list in the chat; empty where the chat carries no content."""
    return "" if services.pages else category_name(services, say, name)


def office_of(turn: Turn, number: int) -> str:
    """The office behind a button's number; empty for one that left the file."""
    return next((each.id for each in turn.services.house.catalogue.offices if key(each.id) == number), "")


def office_name(services: Services, say: Speaker, name: str) -> str:
    """An office's name."""
    found = services.house.catalogue.office(name)
    return found.name.of(say.language) if found else name


def concern(turn: Turn, concerned: Concern) -> str:
    """What a matter is about, in a word or by its name."""
    return about(turn.say, concerned)


def about(say: Speaker, concerned: Concern) -> str:
    """What a matter is about, in a word or by its name."""
    if concerned.name is not None:
        return say.plain(f"concern.{concerned.kind}_named", name=concerned.name)
    return say.plain(f"concern.{concerned.kind}")


def source(turn: Turn, entry: Entry) -> str:
    """Where an answer comes from and who stands for it."""
    cited = entry.source
    parts = [cited.title.of(turn.say.language), cited.number, cited.date and cited.date.isoformat()]
    return turn.say.plain(
        "ask.source",
        source=" · ".join(part for part in parts if part),
        office=office_name(turn.services, turn.say, entry.office),
    )


def looks_asked(text: str) -> bool:
    """Whether words look like a question rather than a statement."""
    return bool(_ASKED.search(text.strip()))


def has_question_word(text: str) -> bool:
    """Whether a question word stands anywhere; in words to a handler, one may without their being a question to us."""
    return bool(_QUESTION_WORD.search(text))


def escaped(text: str) -> str:
    """Plain text as Telegram HTML."""
    return html.escape(tidy(text), quote=False)


def speaker_of(person: Person, services: Services) -> Speaker:
    """Who speaks this person's language."""
    return services.words.speaker(person.language)


def actor(say: Speaker, event: Happened) -> str:
    """Who did something, by name; the service itself where nobody did, and whose name has been erased is without."""
    return event.actor or say.plain("did.clock" if event.actor_id is None else "did.nameless")


def holder(say: Speaker, matter: Matter) -> str:
    """Whose matter it is, by name as long as that is kept."""
    return matter.person_name or say.plain("did.nameless")


def handler_name(services: Services, say: Speaker, who: Person, matter: Matter, *, former: str = "") -> str:
    """The name of whoever acted as the cardholder may read it: their own, or what the office acted for lets be shown.

    `former` is the office of somebody who has left it since, which still decides.
    """
    if who.id == matter.person_id:
        return who.name
    return shown_name(services, say, who.name, acting_office(who, matter.office) or former or matter.office)


def acting_office(who: Person, office: str) -> str:
    """The office somebody acted for: this one where they have a post, else their own; none without a post."""
    offices = [post.office for post in who.posts]
    return office if office in offices else next(iter(offices), "")


def shown_name(services: Services, say: Speaker, name: str, office: str) -> str:
    """A handler's name as a cardholder may read it: an office that does not show names has handlers."""
    entry = services.house.catalogue.office(office)
    return name if entry is None or entry.shows_name else say.plain("relay.handler")


def who_and_when(services: Services, say: Speaker, matter: Matter) -> dict[str, Any]:
    """What a sentence about a matter that has just moved may say: its number, who has it now, and until when."""
    return {
        "number": matter.number,
        "office": office_name(services, say, matter.office),
        "name": shown_name(services, say, matter.owner_name, matter.office),
        "due": matter.deliver_due,
    }


def next_due(matter: Matter) -> datetime:
    """The promise that comes first: to accept, while nobody has, then to deliver."""
    return min(matter.accept_due, matter.deliver_due) if matter.accepted_at is None else matter.deliver_due


def shown_reason(services: Services, say: Speaker, reason: Reason, office: str) -> Reason:
    """Why somebody of this office handles a matter, as a cardholder may read it.

    In whose stead it is, and why it would have been theirs, is shown as their own office wants it, which is `of`.
    """
    before = str(reason.values.get("of", office))
    whose = {"name": office, "absent": before}
    values: dict[str, Value] = dict(reason.values)
    for key, value in reason.values.items():
        if isinstance(value, Reason):
            values[key] = shown_reason(services, say, value, before)
        elif key in whose and isinstance(value, str):
            values[key] = shown_name(services, say, value, whose[key])
    return Reason(reason.key, values)
