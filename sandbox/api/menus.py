"""Methods about the command menu: setMyCommands, getMyCommands, deleteMyCommands."""

import re
from typing import Any

from sandbox import menus
from sandbox.api.call import Call
from sandbox.api.target import find_chat
from sandbox.refusals import bad
from sandbox.telegram import Telegram
from sandbox.world import Json

SCOPES = {
    "default": (), "all_private_chats": (), "all_group_chats": (), "all_chat_administrators": (),
    "chat": ("chat_id",), "chat_administrators": ("chat_id",), "chat_member": ("chat_id", "user_id"),
}  # fmt: skip
COMMAND = re.compile(r"^[a-z0-9_]{1,32}$", re.ASCII)
LANGUAGE = re.compile(r"^(?:[a-z]{2})?$", re.ASCII)
MOST_COMMANDS = 100


def _place(telegram: Telegram, call: Call) -> tuple[Json, str]:
    scope = call.structure("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in tuple(SCOPES):
        raise bad("can't parse BotCommandScope: unsupported type specified")
    for part in SCOPES[scope["type"]]:
        if part not in scope:
            raise bad(f"{part} is empty")
    if "chat_id" in SCOPES[scope["type"]]:
        scope = {**scope, "chat_id": find_chat(telegram, Call("", scope)).id}
    language = call.text("language_code")
    if not LANGUAGE.match(language):
        raise bad("invalid language code specified")
    return scope, language


def _commands(call: Call) -> list[Json]:
    wanted = call.structure("commands", "BotCommand")
    if not isinstance(wanted, list):
        raise bad("expected an Array of BotCommand")
    if len(wanted) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for item in wanted:
        command = str(item.get("command", "")).removeprefix("/") if isinstance(item, dict) else ""
        description = str(item.get("description", "")).strip() if isinstance(item, dict) else ""
        if not COMMAND.match(command):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": command, "description": description})
    return commands


def _announce(telegram: Telegram, scope: Json) -> None:
    """Tell the phones whose menu may have changed."""
    world = telegram.world
    for chat in world.chats.values():
        if menus.fits(scope, chat):
            for member in chat.members:
                shown = menus.menu(world, chat, world.accounts[member])
                telegram.feed.tell(member, "commands", chat.id, None, commands=shown)
    telegram.changes.tell()


async def set_my_commands(telegram: Telegram, call: Call) -> Any:
    """The menu of one scope in one language; an empty list deletes it."""
    scope, language = _place(telegram, call)
    where = menus.key(scope, language)
    telegram.world.menus[where] = _commands(call)
    telegram.world.touch("menus", where)
    _announce(telegram, scope)
    return True


async def get_my_commands(telegram: Telegram, call: Call) -> Any:
    """The menu of exactly that scope and language."""
    return telegram.world.menus.get(menus.key(*_place(telegram, call)), [])


async def delete_my_commands(telegram: Telegram, call: Call) -> Any:
    """Wider scopes show again."""
    scope, language = _place(telegram, call)
    where = menus.key(scope, language)
    telegram.world.menus.pop(where, None)
    telegram.world.touch("menus", where)
    _announce(telegram, scope)
    return True


METHODS = {
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
}
