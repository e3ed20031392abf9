"""Whose command menu shows what: scopes from the narrowest to the widest, each in the person's language, then in none.

Order of core.telegram.org/bots/api#determining-list-of-commands.
"""

from sandbox.world import Account, Chat, Json, World


def key(scope: Json, language: str) -> str:
    """Where a list is kept."""
    where = [str(scope["type"]), *(str(scope[part]) for part in ("chat_id", "user_id") if part in scope)]
    return "/".join([*where, language])


def scopes(chat: Chat, account: Account) -> list[Json]:
    """The scopes that hold for a person in a chat, narrowest first."""
    if chat.is_private:
        return [{"type": "chat", "chat_id": chat.id}, {"type": "all_private_chats"}, {"type": "default"}]
    return [
        {"type": "chat_member", "chat_id": chat.id, "user_id": account.id},
        {"type": "chat", "chat_id": chat.id},
        {"type": "all_group_chats"},
        {"type": "default"},
    ]


def menu(world: World, chat: Chat, account: Account) -> list[Json]:
    """The commands a person sees in a chat."""
    language = (account.language_code or "").split("-")[0].lower()
    for scope in scopes(chat, account):
        for code in (language, ""):
            if found := world.menus.get(key(scope, code)):
                return found
    return []


def fits(scope: Json, chat: Chat) -> bool:
    """Whether a changed list may show in a chat."""
    if "chat_id" in scope:
        return bool(scope["chat_id"] == chat.id)
    return bool(scope["type"] == "default" or (scope["type"] == "all_private_chats") == chat.is_private)
