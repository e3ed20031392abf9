"""A group the bot is in."""

from sandbox.onlooker import messages_in
from sandbox.people import Person
from sandbox.seen import Message
from sandbox.telegram import Telegram
from sandbox.world import FIRST_GROUP, FIRST_SUPERGROUP, Chat, Entry, Json

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)


class Group:
    """Drives one group; after `migrate()` it stands for the supergroup."""

    def __init__(self, telegram: Telegram, chat: Chat) -> None:
        self._telegram = telegram
        self._chat = chat

    @property
    def id(self) -> int:
        return self._chat.id

    @property
    def messages(self) -> list[Message]:
        """What the group shows, oldest first."""
        return messages_in(self._telegram, self._chat)

    def migrate(self) -> int:
        """Turn into a supergroup with another id, told by both service messages; returns the new id."""
        old, world = self._chat, self._telegram.world
        number = FIRST_SUPERGROUP + 1 - world.count("supergroup")
        new = world.open(Chat(number, "supergroup", old.title, list(old.members), bot_status=old.bot_status))
        self._service(old, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        world.touch("chats", old.id)
        self._service(new, {"migrate_from_chat_id": old.id})
        self._telegram.tell(old, "migrated", to=new.id)
        self._chat = new
        return new.id

    def removes_bot(self) -> None:
        """Throw the bot out."""
        self._turn("kicked")

    def takes_bot_back(self, admin: bool = True) -> None:
        """Add it again."""
        self._turn("administrator" if admin else "member")

    def _turn(self, status: str) -> None:
        user = self._telegram.world.bot.user()
        old, self._chat.bot_status = self._chat.bot_status, status
        self._telegram.world.touch("chats", self.id)
        by = self._telegram.world.accounts[self._chat.members[0]]
        self._telegram.member_changed(self._chat, by, _member(user, old), _member(user, status))

    def _service(self, chat: Chat, content: Json) -> None:
        author = self._telegram.world.accounts[chat.members[0]]
        body = self._telegram.compose(chat, author, content)
        self._telegram.add(chat, Entry(body, author.id))
        self._telegram.updates.add("message", body)


def found(telegram: Telegram, title: str, members: list[Person], admin: bool) -> Group:
    """Open a group of these people with the bot in it; the bot hears of it by `my_chat_member`."""
    if not members:
        raise ValueError("a group needs a member")
    number = FIRST_GROUP + 1 - telegram.world.count("group")
    chat = telegram.world.open(Chat(number, "group", title, [m.id for m in members], bot_status="left"))
    group = Group(telegram, chat)
    group.takes_bot_back(admin)
    return group


def _member(user: Json, status: str) -> Json:
    """A ChatMember: an administrator's comes with every right spelled out, as clients rely on."""
    rights = dict.fromkeys(_RIGHTS, True) | {"can_be_edited": False, "is_anonymous": False}
    return {"user": user, "status": status} | (rights if status == "administrator" else {})
