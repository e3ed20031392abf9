"""The menu of commands that each kind of person sees, in each language; it hides, it does not authorise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from telegram.error import BadRequest

from bot.transport import Api
from desk.rules.authority import Power, holders
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


async def set_menus(api: Api, services: Services, staff_chats: Mapping[int, Collection[str]]) -> None:
    """Set the menus: cardholders' for everybody, and in the chats of staff what their posts are for.

    Parameters:
        staff_chats: the private chats of staff, each with the roles of its person.
    """
    everybody, pages = {"type": "all_private_chats"}, bool(services.pages)
    for language in LANGUAGES:
        say = services.words.speaker(language)
        code = "" if language == LANGUAGES[0] else language
        await _set(api, menu(say, for_talents(), pages=pages), everybody, code)
        for chat, roles in staff_chats.items():
            await _set(api, menu(say, for_staff(roles), pages=pages), {"type": "chat", "chat_id": chat}, code)


async def _set(api: Api, shown: list[dict[str, str]], scope: dict[str, Any], code: str) -> None:
    try:
        await api.call("setMyCommands", {"commands": shown, "scope": scope, "language_code": code})
    except BadRequest:
        if scope["type"] != "chat":  # a chat that was never opened has no menu yet
            raise
