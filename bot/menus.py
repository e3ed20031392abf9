"""The menu of commands that each kind of person sees, in each language; it hides, it does not authorise."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from telegram.error import BadRequest

from bot.transport import Api
from handlers.journeys import FEATURES
from handlers.services import Services
from words import LANGUAGES, Speaker

TALENTS = ("all", "talent")
STAFF = ("all", "staff")
EDITORS = ("all", "staff", "editor")


def menu(say: Speaker, audiences: Collection[str], *, pages: bool) -> list[dict[str, str]]:
    """The Bot API's list of commands for these audiences, each with its line; `pages`: the office has its own."""
    return [
        {"command": command.name, "description": say.plain(f"menu.{command.name}")}
        for feature in FEATURES
        for command in feature.commands
        if command.audience in audiences and (pages or command.name != "page")
    ]


async def set_menus(api: Api, services: Services, staff_chats: dict[int, bool]) -> None:
    """Set the menus: cardholders' for everybody, and staff's in the chats of staff.

    Parameters:
        staff_chats: the private chats of staff; true for those who may edit the FAQ.
    """
    everybody, pages = {"type": "all_private_chats"}, bool(services.pages)
    for language in LANGUAGES:
        say = services.words.speaker(language)
        code = "" if language == LANGUAGES[0] else language
        await _set(api, menu(say, TALENTS, pages=pages), everybody, code)
        for chat, edits in staff_chats.items():
            commands = menu(say, EDITORS if edits else STAFF, pages=pages)
            await _set(api, commands, {"type": "chat", "chat_id": chat}, code)


async def _set(api: Api, commands: list[dict[str, str]], scope: dict[str, Any], code: str) -> None:
    try:
        await api.call("setMyCommands", {"commands": commands, "scope": scope, "language_code": code})
    except BadRequest:
        if scope["type"] != "chat":  # a chat that was never opened has no menu yet
            raise
