"""Names as people read them: categories, offices, concerns, sources; never an internal code."""

from __future__ import annotations

import re
import zlib

from desk.catalogue import Category
from desk.filing import Concern
from desk.people import Person
from faq.schema import Entry
from handlers.services import Services
from handlers.turn import Turn
from words import Speaker

_ASKED = re.compile(
    r"[?？]|^(请问|问一?下)|(吗|呢|么|不)$|咋个|怎么|怎样|啷个|如何|为什么|为啥|^(how|what|when|where|who|can|do|is|are)\b",
    re.IGNORECASE,
)


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


def office_name(services: Services, say: Speaker, name: str) -> str:
    """An office's name."""
    found = services.house.catalogue.office(name)
    return found.name.of(say.language) if found else name


def concern(turn: Turn, about: Concern) -> str:
    """What a matter is about, in a word or by its name."""
    if about.name is not None:
        return turn.say.plain(f"concern.{about.kind}_named", name=about.name)
    return turn.say.plain(f"concern.{about.kind}")


def source(turn: Turn, entry: Entry) -> str:
    """Where an answer comes from and who stands for it."""
    return turn.say.plain(
        "ask.source",
        source=entry.source.title.of(turn.say.language),
        office=office_name(turn.services, turn.say, entry.office),
    )


def looks_asked(text: str) -> bool:
    """Whether words look like a question rather than a statement."""
    return bool(_ASKED.search(text.strip()))


def speaker_of(person: Person, services: Services) -> Speaker:
    """Who speaks this person's language."""
    return services.words.speaker(person.language)
