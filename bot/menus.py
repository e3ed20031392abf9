"""Setting the menus at the start: everybody's, and those of whoever works here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from telegram.error import BadRequest

from bot.transport import Api
from handlers.menus import for_staff, for_talents, menu
from handlers.services import Services
from words import LANGUAGES


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
