"""Setting the menus at the start: everybody's, and those of whoever works here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from telegram.error import BadRequest

from bot.transport import Api
from handlers.feature import Command
from handlers.menus import for_staff, for_talents, menu
from handlers.services import Services
from words import LANGUAGES

Menu = tuple[int | None, str]
"""Whose it is: a chat's or everybody's, and its language."""


async def set_menus(api: Api, services: Services, staff_chats: Mapping[int, Collection[str]], done: set[Menu]) -> None:
    """Set the menus: cardholders' for everybody, and in the chats of staff what their posts are for.

    Parameters:
        staff_chats: the private chats of staff, each with the roles of its person.
        done: menus that are set already and are left out; whatever is set is added.
    """
    pages = bool(services.pages)
    for language in LANGUAGES:
        say = services.words.speaker(language)
        code = "" if language == LANGUAGES[0] else language
        whose: dict[int | None, list[Command]] = {
            None: for_talents(),
            **{chat: for_staff(roles) for chat, roles in staff_chats.items()},
        }
        for chat, names in whose.items():
            if (chat, code) not in done:
                scope = {"type": "chat", "chat_id": chat} if chat else {"type": "all_private_chats"}
                await _set(api, menu(say, names, pages=pages), scope, code)
                done.add((chat, code))


async def _set(api: Api, shown: list[dict[str, str]], scope: dict[str, Any], code: str) -> None:
    try:
        await api.call("setMyCommands", {"commands": shown, "scope": scope, "language_code": code})
    except BadRequest:
        if scope["type"] != "chat":  # a chat that was never opened has no menu yet
            raise
