"""Consent on the page: the notice, and apart from it what touches a child, money or health, each its own tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.catalogue import Category
from desk.desk import Desk
from desk.people import Person
from desk.refusals import Refused
from handlers import frames
from handlers.services import Services
from pages.uploads import Form
from words import Speaker

NOTICE = "notice"


@dataclass(frozen=True)
class Asked:
    """A consent still to be given: the field's name, and what is agreed to."""

    field: str
    text: str


async def wanted(desk: Desk, services: Services, person: Person, category: Category) -> Sequence[str]:
    """Which consents are missing: `notice`, and `child`, `money` or `health`."""
    version = services.consent_version
    missing = [NOTICE] if person.consent != version else []
    kind = category.sensitive
    if kind != "none" and not await desk.privacy.agreed(person, kind, version):
        missing.append(kind)
    return missing


async def asked(desk: Desk, services: Services, say: Speaker, person: Person, category: Category) -> Sequence[Asked]:
    """The consents to be asked on this page."""
    keys = {NOTICE: "consent.ask"}
    return [
        Asked(f"consent-{kind}", frames.visible(say(keys.get(kind, f"consent.ask_{kind}"))))
        for kind in await wanted(desk, services, person, category)
    ]


async def record(desk: Desk, services: Services, person: Person, category: Category, form: Form) -> None:
    """Record what was ticked.

    Raises:
        Refused: one of the consents that are needed was not given; nothing is kept.
    """
    missing = await wanted(desk, services, person, category)
    if any(not form.get(f"consent-{kind}") for kind in missing):
        raise Refused("page.consent_first")
    for kind in missing:
        if kind == NOTICE:
            await desk.people.agree(person, services.consent_version, person.name)
        else:
            await desk.privacy.agree(person, kind, services.consent_version)
