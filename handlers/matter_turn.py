"""What every step about one matter shares: find it for this person, act on it, and show what stands now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk import standing
from desk.deed import Deed, Message
from desk.filing import Upload
from desk.refusals import NoSuchMatter, Refused
from desk.rules.life import Act, Role, Status
from desk.steps import step_of
from desk.views import Matter
from handlers import cards, labels
from handlers.buttons import Button
from handlers.turn import Turn

LARGEST_FILE = 20 * 1024 * 1024
"""In bytes: what Telegram lets a bot fetch, and so what an office can get out of it."""


async def matter_of(turn: Turn, matter_id: int | None = None) -> tuple[Matter, frozenset[Role]]:
    """The matter of the pressed button and this person's roles in it.

    Raises:
        NoSuchMatter: there is none, or it is none of theirs; both answer alike.
    """
    wanted = matter_id or turn.subject
    if turn.matter is None or turn.matter.id != wanted:
        turn.matter = await turn.desk.views.matter(wanted)
    matter = turn.matter
    turn.about = matter.id if matter else 0
    roles = standing.roles(turn.person, matter) if matter else frozenset()
    if matter is None or not roles:
        raise NoSuchMatter
    turn.secret = turn.secret or turn.services.house.secret(matter)
    return matter, roles


def offers(turn: Turn, matter: Matter, roles: frozenset[Role]) -> tuple[Act, ...]:
    """What this person may do with the matter now."""
    return standing.offers(matter, roles, turn.services.house, turn.desk.now, step_of(turn.person, matter))


def uploads_of(turn: Turn) -> list[Upload]:
    """The files of this message.

    Raises:
        Refused: one is larger than Telegram lets a bot pass on.
    """
    uploads = list(turn.incoming.attachments)
    if any(upload.size > LARGEST_FILE for upload in uploads):
        raise Refused("talk.too_large")
    return uploads


async def respond(
    turn: Turn,
    act: Act,
    *,
    matter_id: int | None = None,
    words: str = "",
    rating: int | None = None,
    office: str = "",
    to_post: int | None = None,
    until: datetime | None = None,
    uploads: Sequence[Upload] | None = None,
    message: Message | None = None,
) -> None:
    """Act on the matter. The cards change by themselves; whoever acted hears one short word.

    `message`: what the words came as, where that was not in this turn.
    """
    matter, roles = await matter_of(turn, matter_id)
    given = uploads_of(turn) if uploads is None else uploads
    deed = Deed(words, given, rating, office, message or spoken_as(turn), await _answers(turn, matter), until, to_post)
    turn.matter = None  # what was read is not what stands any more
    after = await turn.desk.matters.act(matter, act, turn.person, roles, deed)
    _tell(turn, act, deed, after, roles)


def _tell(turn: Turn, act: Act, deed: Deed, after: Matter, roles: frozenset[Role]) -> None:
    """One short word of what was done; a cardholder hears what is still open after a recording or words on a result."""
    spoken = act is Act.SAY or (act is Act.SUPPLY and after.status is Status.WAITING)
    done = Act.SAY if spoken else act
    turn.toast(f"done.{done.value}", rating=deed.rating, **labels.who_and_when(turn.services, turn.say, after))
    if Role.CARDHOLDER not in roles or not spoken:
        return
    if deed.uploads and after.status is Status.WAITING:
        turn.reply("talk.papers_still", wanted=after.wanted or "")
    if deed.words and after.status is Status.DELIVERED:
        unsolved = cards.do_name(Act.DISPUTE, after.status, turn.say)
        turn.reply("result.is_it_now", number=after.number, unsolved=unsolved, buttons=[solved_or_not(turn, after)])


def solved_or_not(turn: Turn, matter: Matter) -> list[Button]:
    """The cardholder's two answers to a result; what they have written about it is the reason of the second."""
    return [
        Button(cards.do_name(Act.CONFIRM, matter.status, turn.say), "result.solved", matter.id),
        Button(cards.do_name(Act.DISPUTE, matter.status, turn.say), "result.unsolved", matter.id),
    ]


async def news_pressed(turn: Turn) -> int | None:
    """The message of the news that this press is on; none for a card, whose buttons follow its matter."""
    pressed = turn.incoming
    news = pressed.is_press and await turn.desk.post.is_news(pressed.chat_id, pressed.message_id)
    return pressed.message_id if news else None


async def news_answered(turn: Turn) -> None:
    """Take the buttons off the news that this press answers."""
    if await news_pressed(turn) is not None:
        turn.leave_as_is()


def spoken_as(turn: Turn) -> Message | None:
    """The message that was written; a press is none."""
    sent = turn.incoming
    return None if sent.is_press else Message(sent.chat_id, sent.message_id)


async def _answers(turn: Turn, matter: Matter) -> int | None:
    """The number of the entry that the message is a reply to."""
    sent = turn.incoming
    copy = await turn.desk.conversation.copy_at(sent.chat_id, sent.reply_to) if sent.reply_to else None
    return copy.entry_n if copy is not None and copy.matter_id == matter.id else None
