"""What can be done with a matter on its page: for each act the fields its form has, and the deed that comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Upload
from desk.matter import Matter
from desk.refusals import Refused
from desk.rules import answers
from desk.rules.answers import Wanted
from desk.rules.life import Act
from handlers import labels
from handlers.cards import do_name
from handlers.handling import is_enough
from handlers.services import Services
from pages.uploads import Form
from words import Speaker

WORDS, FILES, RATING, DATE, HANDS, OFFICE, MATERIALS, CONSENT = (
    "words",
    "files",
    "rating",
    "date",
    "hands",
    "office",
    "materials",
    "consent",
)

FIELDS: Mapping[Act, tuple[str, ...]] = {
    Act.FILE: (CONSENT,),
    Act.DISPATCH: (OFFICE,),
    Act.ACCEPT: (),
    Act.DELIVER: (WORDS, FILES),
    Act.STEP_TAKE: (),
    Act.STEP_DONE: (WORDS,),
    Act.ASK: (MATERIALS, WORDS),
    Act.SUPPLY: (WORDS, FILES),
    Act.RETURN: (WORDS,),
    Act.TRANSFER: (HANDS, WORDS),
    Act.EXTEND: (DATE, WORDS),
    Act.GRANT: (),
    Act.REFUSE_EXTENSION: (WORDS,),
    Act.CONFIRM: (RATING,),
    Act.DISPUTE: (WORDS, FILES),
    Act.RATE: (RATING,),
    Act.SAY: (WORDS, FILES),
    Act.NOTE: (WORDS, FILES),
    Act.URGE: (),
    Act.WITHDRAW: (),
    Act.REOPEN: (WORDS,),
}
"""Acts that people do on the page; the others are the clock's, or have a page of their own."""

FIRST = (Act.ACCEPT, Act.CONFIRM, Act.SUPPLY, Act.FILE, Act.DELIVER)
"""What is mostly wanted stands open; the rest is folded."""


@dataclass(frozen=True)
class Offer:
    """An act's form. `hands` and `offices` are values to choose with their names, `materials` numbered from 0."""

    act: str
    label: str
    fields: tuple[str, ...]
    first: bool
    hands: Sequence[tuple[str, str]] = ()
    offices: Sequence[tuple[str, str]] = ()
    materials: Sequence[str] = ()


async def offered(desk: Desk, services: Services, say: Speaker, matter: Matter, acts: Sequence[Act]) -> list[Offer]:
    """The forms of these acts."""
    return [await _offer(desk, services, say, matter, act) for act in acts if act in FIELDS]


async def _offer(desk: Desk, services: Services, say: Speaker, matter: Matter, act: Act) -> Offer:
    offices = [
        (office.id, office.name.of(say.language))
        for office in services.house.catalogue.offices
        if office.id != matter.office
    ]
    hands: list[tuple[str, str]] = []
    if HANDS in FIELDS[act]:
        here = [each for each in await desk.handover.workers(matter.office) if each.id != matter.owner_id]
        hands = [(f"post:{each.id}", each.name) for each in here]
        hands += [(f"office:{office}", name) for office, name in offices]
    materials = [text.of(say.language) for text in services.house.category(matter.category).materials]
    return Offer(act.value, do_name(act, matter.status, say), FIELDS[act], act in FIRST, hands, offices, materials)


async def deed(desk: Desk, services: Services, matter: Matter, act: Act, form: Form, uploads: Sequence[Upload]) -> Deed:
    """What the form says.

    Raises:
        Refused: words or a choice are missing, or the date cannot be.
    """
    words = form.get(WORDS)
    if act is Act.ASK:
        words = await _wanted(desk, services, matter, form)
    nothing = not words and not uploads
    if WORDS in FIELDS[act] and (nothing or not is_enough(act, words, files=bool(uploads))):
        raise Refused("words_for.nothing")
    rating = _rating(form) if RATING in FIELDS[act] else None
    kind, _, name = form.get(HANDS).partition(":")
    if HANDS in FIELDS[act] and not name:
        raise Refused("page.choose")
    office = name if kind == "office" else form.get(OFFICE)
    to_post = int(name) if kind == "post" and name.isdecimal() else None
    until = _until(desk, services, matter, form) if DATE in FIELDS[act] else None
    return Deed(words, uploads, rating, office, until=until, to_post=to_post)


async def _wanted(desk: Desk, services: Services, matter: Matter, form: Form) -> str:
    """The checklist in the cardholder's own language; the handler's words as they are."""
    holder = await desk.people.get(matter.person_id)
    say = services.words.speaker(holder.language if holder else None)
    materials = services.house.category(matter.category).materials
    ticked = [text.of(say.language) for n, text in enumerate(materials) if form.get(f"material-{n}")]
    own = [line for line in form.get(WORDS).splitlines() if line.strip()]
    lines = [say.plain("ask.item", what=what) for what in (*ticked, *own)] if ticked else own
    return "\n".join(lines)


def _rating(form: Form) -> int:
    said = form.get(RATING)
    if said not in ("1", "2", "3", "4", "5"):
        raise Refused("page.choose")
    return int(said)


def _until(desk: Desk, services: Services, matter: Matter, form: Form) -> datetime:
    day = answers.parse(Wanted("date", ahead=True), form.get(DATE), desk.today, "zh").value
    until = services.house.closing(matter.office, day)  # type: ignore[arg-type]
    if until is None:
        say = services.words.speaker(None)
        raise Refused("extend.closed", office=labels.office_name(services, say, matter.office))
    return until
