"""The menu of commands by what somebody may use; it hides, it does not authorise. Renewed when their posts change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from desk.people import Person
from desk.post import Letter
from desk.rules.authority import Power, holders
from desk.rules.hears import Urgency
from handlers.feature import Command
from handlers.journeys import FEATURES
from handlers.services import Services
from words import LANGUAGES, Speaker

TALENTS = ("all", "talent")
STAFF = ("all", "staff")


def menu(say: Speaker, commands: Sequence[Command], *, pages: bool) -> list[dict[str, str]]:
    """The Bot API's list of these commands, each with its line; `pages`: the office has its own."""
    return [
        {"command": each.name, "description": say.plain(f"menu.{each.name}")}
        for each in commands
        if pages or each.name != "page"
    ]


def for_talents() -> list[Command]:
    """What everybody's menu shows."""
    return [each for feature in FEATURES for each in feature.commands if each.audience in TALENTS]


def for_staff(roles: Collection[str]) -> list[Command]:
    """What the menu of somebody with these posts shows: what they may use."""
    found = [each for feature in FEATURES for each in feature.commands if each.audience in STAFF]
    return [each for each in found if isinstance(each.run.act, Power) and not holders(each.run.act).isdisjoint(roles)]


def letters(services: Services, person: Person) -> list[Letter]:
    """Their menu as their posts are now, in each language; without a post everybody's menu stands again."""
    if person.chat_id is None:
        return []
    made = []
    for language in LANGUAGES:
        params: dict[str, object] = {"scope": {"type": "chat", "chat_id": person.chat_id}}
        params["language_code"] = "" if language == LANGUAGES[0] else language
        roles = {post.role for post in person.posts}
        if roles:
            params["commands"] = menu(services.words.speaker(language), for_staff(roles), pages=bool(services.pages))
        method = "setMyCommands" if roles else "deleteMyCommands"
        made.append(Letter(person.chat_id, method, params, urgency=Urgency.LATER, person_id=person.id))
    return made
