"""Methods that ask who and where: getMe, getChat, getChatMember."""

from typing import Any

from sandbox.api.call import Call
from sandbox.api.target import find_chat
from sandbox.refusals import bad
from sandbox.telegram import Telegram


async def get_me(telegram: Telegram, call: Call) -> Any:
    """The bot itself."""
    return {
        **telegram.world.bot.user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(telegram: Telegram, call: Call) -> Any:
    """A chat with what is pinned in it."""
    chat = find_chat(telegram, call)
    full = {
        **telegram.world.chat_json(chat),
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        ),
    }
    pinned = chat.entries.get(chat.pinned) if chat.pinned else None
    if pinned is not None:
        full["pinned_message"] = pinned.body
    return full


async def get_chat_member(telegram: Telegram, call: Call) -> Any:
    """Whether somebody is in a chat."""
    chat = find_chat(telegram, call)
    number = call.integer("user_id")
    if number == telegram.world.bot.id:
        return {"user": telegram.world.bot.user(), "status": "member" if chat.is_private else chat.bot_status}
    account = telegram.world.accounts.get(number)
    if account is None:
        raise bad("user not found")
    return {"user": account.user(), "status": "member" if number in chat.members else "left"}


METHODS = {"getme": get_me, "getchat": get_chat, "getchatmember": get_chat_member}
