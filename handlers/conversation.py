"""The conversation about a matter: words, photos, albums, files, voice and edits pass between the two sides.

For cardholders and whoever handles their matter. A reply to anything about a matter goes to that matter; words by
themselves are a question, unless they read like a message to a handler: then we ask which matter they are about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from desk.copies import Copy
from desk.deed import Deed, Message
from desk.drafts import WAITING
from desk.filing import Upload
from desk.refusals import Refused
from desk.rules.authority import Power
from desk.rules.life import Act
from desk.views import Matter
from handlers import (
    ask,
    binding,
    by_number,
    courtesy,
    filing_form,
    frames,
    further,
    labels,
    onward,
    other_language,
    rating,
    result,
)
from handlers.buttons import Button
from handlers.feature import Feature, Step, needs
from handlers.matter_turn import matter_of, respond, spoken_as, uploads_of
from handlers.turn import Turn

JOURNEY = WAITING
ACTING = "act"
"""The journey of an act that waits for its words; a reply about the same matter is those words."""

MOST_OFFERED = 8
LABEL = 40
TOGETHER = timedelta(seconds=1.5)
"""How long a question waits for the rest of an album, so that it is asked once."""


async def talk(turn: Turn, form: Step | None) -> None:
    """Find out what a message is about; the first that fits decides.

    1. An edit of words that were passed on follows them; another asks its question anew, or hears how to change a form.
    2. One more part of an album goes where its first part went.
    3. A reply to anything about a matter goes to that matter.
    4. A form that waits for words gets them; so does the matter that files were sent about just before.
    5. Anything else is a question, or a message whose matter we ask for.

    A cry for help among these is told at once whom to phone.
    """
    await _heard(turn, form)
    await ask.urgent_too(turn)


async def _heard(turn: Turn, form: Step | None) -> None:
    if turn.incoming.edited:
        await _edited(turn, form)
    elif await _is_part(turn):
        return
    elif (about := await _about(turn)) is not None:
        await _reply(turn, *about)
    elif form is not None:
        await form(turn)
    else:
        await _undirected(turn)


async def _edited(turn: Turn, form: Step | None) -> None:
    sent = turn.incoming
    copy = await turn.desk.conversation.copy_at(sent.chat_id, sent.message_id)
    if copy is not None:
        matter, roles = await matter_of(turn, copy.matter_id)
        await turn.desk.matters.may(matter, Act.NOTE if await _is_internal(turn, copy) else Act.SAY, roles)
        if await turn.desk.conversation.edit(turn.person, matter, copy, turn.text, uploads_of(turn)):
            turn.reply("talk.edited")
    elif (waiting := await _waiting_as(turn)) is not None:
        await _wait_for_matter(turn, turn.text, kept(waiting)[1], turn.incoming.message_id)
    elif form is None:
        await ask.ask(turn)
    elif turn.pressed.action == filing_form.JOURNEY:
        turn.reply("talk.edit_not_in_form")


async def _waiting_as(turn: Turn) -> Mapping[str, Any] | None:
    """What waits for its matter, if it is the words that were edited."""
    draft = await turn.desk.drafts.of(turn.person)
    waiting = draft.state if draft is not None and draft.journey == JOURNEY else None
    return waiting if waiting and waiting.get("message") == turn.incoming.message_id else None


async def _is_part(turn: Turn) -> bool:
    """Whether this was one more part of an album; if so it is with the others now, and nothing more is said."""
    album = next((each.album for each in turn.incoming.attachments if each.album), None)
    parts = await turn.desk.conversation.album(turn.person.id, album) if album else []
    if not parts:
        return False
    await turn.desk.conversation.add_part(
        turn.person, parts[0], Deed(turn.text, uploads_of(turn), message=spoken_as(turn))
    )
    return True


async def _about(turn: Turn) -> tuple[int, Act] | None:
    """The matter a reply is about, and whether it is words for the other side or stays among the staff."""
    sent = turn.incoming
    if sent.reply_to is None:
        return None
    matter = await turn.desk.post.matter_on(sent.chat_id, sent.reply_to)
    draft = await turn.desk.drafts.of(turn.person)
    if matter is None or (draft and draft.journey == ACTING and draft.state.get("matter") == matter):
        return None
    copy = await turn.desk.conversation.copy_at(sent.chat_id, sent.reply_to)
    return matter, Act.NOTE if copy is not None and await _is_internal(turn, copy) else Act.SAY


async def _is_internal(turn: Turn, copy: Copy) -> bool:
    entry = await turn.desk.conversation.entry(copy.matter_id, copy.entry_n)
    return entry is not None and entry.internal


async def _reply(turn: Turn, matter_id: int, act: Act) -> None:
    if not turn.text and not turn.incoming.attachments:
        raise Refused("words_for.nothing")
    await respond(turn, act, matter_id=matter_id, words=turn.text)
    await further.keep_open(turn, act, matter_id)


@needs(Power.FILL_IN)
async def follow(turn: Turn) -> None:
    """What comes after files about a matter: more files go the same way, anything else is looked at anew."""
    to = await further.where_to(turn)
    await (_undirected(turn) if to is None else _reply(turn, *to))


@needs(Power.FILL_IN)
async def rate(turn: Turn) -> None:
    """What comes after a rating was asked for: the rating, or something new."""
    if not await rating.taken(turn):
        await _undirected(turn)


async def _undirected(turn: Turn) -> None:
    """Words or files that answer nothing: what can be answered is, anything else may be meant for a handler."""
    if courtesy.answered(turn) or await other_language.was_named(turn) or await result.answered(turn):
        return
    if binding.is_card_number(turn):
        await binding.by_number(turn)
        return
    if binding.is_phone(turn):
        await binding.by_card(turn)
        return
    if await by_number.shown(turn):
        return
    if await _is_question(turn) or not await _candidates(turn):
        await onward.asked(turn)
        return
    await _wait_for_matter(turn, turn.text, uploads_of(turn), turn.incoming.message_id)


async def _is_question(turn: Turn) -> bool:
    if turn.incoming.attachments or not turn.text:
        return not turn.incoming.attachments
    return await ask.is_question(turn)


async def _candidates(turn: Turn) -> list[Matter]:
    """The open matters they may speak about: their own, then those they hold."""
    own = await turn.desk.views.open_of(turn.person.id)
    posts = [number for post in turn.person.posts for number in (post.id, post.acts_for) if number]
    held = await turn.desk.views.held_by(posts) if posts else []
    return list({each.id: each for each in [*own, *held]}.values())[:MOST_OFFERED]


async def ask_again(turn: Turn) -> None:
    """A form is done: words that were sent before it and still wait are asked about once more.

    Where no matter is open any more, there is nothing left to ask.
    """
    draft = await turn.desk.drafts.of(turn.person)
    if draft is not None and draft.journey == JOURNEY and not await _candidates(turn):
        await turn.desk.drafts.drop(turn.person)
    elif draft is not None and draft.journey == JOURNEY:
        words, uploads = kept(draft.state)
        turn.reply("talk.still_waits", words=frames.cut(words, LABEL) or turn.say.plain("talk.files", n=len(uploads)))
        await _wait_for_matter(turn, words, uploads, draft.state.get("message"))


async def _wait_for_matter(turn: Turn, words: str, uploads: Sequence[Upload], message: int | None = None) -> None:
    """Keep what was sent and ask which matter it is about; several parts get one question.

    `message`: the message it came as, so that an edit of it follows; none for what came as several.
    """
    state = {"words": words, "uploads": [asdict(upload) for upload in uploads], "message": message}
    await turn.desk.drafts.keep(turn.person, JOURNEY, state)
    rows = [
        [
            Button(
                turn.say.plain("talk.item", number=each.number, category=labels.category(turn, each.category)),
                "talk.choose",
                each.id,
                int(turn.desk.now.timestamp()),
            )
        ]
        for each in await _candidates(turn)
    ]
    if turn.actor.card == "valid":
        rows.append([turn.button("talk.new", "talk.new")])
    rows.append([turn.button("talk.none" if words and not uploads else "talk.drop", "talk.none")])
    turn.hold_back(f"which:{turn.person.id}", TOGETHER if uploads else timedelta())
    turn.reply("talk.which", buttons=rows)


@needs(Power.FILL_IN)
async def more(turn: Turn) -> None:
    """Something further before the matter was chosen: it belongs to the rest, unless it is a question."""
    draft = await turn.desk.drafts.of(turn.person)
    if courtesy.answered(turn) or await result.answered(turn) or await by_number.shown(turn):
        return
    if draft is None or await _is_question(turn) or not await _candidates(turn):
        await turn.desk.drafts.drop(turn.person)
        await onward.asked(turn)
        return
    words, uploads = kept(draft.state)
    together = "\n".join(part for part in (words, turn.text) if part)
    await _wait_for_matter(turn, together, [*uploads, *uploads_of(turn)])


@needs(Act.SAY)
async def choose(turn: Turn) -> None:
    """The matter was chosen: pass everything on."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.waiting is None:
        asked = datetime.fromtimestamp(turn.arg, UTC)
        number = await turn.desk.conversation.spoken_about(turn.person, asked)
        turn.toast("talk.passed_on" if number else "talk.gone", alert=True, number=number)
        return
    words, uploads = kept(draft.waiting)
    await turn.desk.drafts.settle_waiting(turn.person)
    written = draft.waiting.get("message")
    message = Message(turn.incoming.chat_id, written) if written else None
    await respond(turn, Act.SAY, words=words, uploads=uploads, message=message)
    matter, _roles = await matter_of(turn)
    turn.show("done.say", number=matter.number)
    if uploads:
        await further.keep_open(turn, Act.SUPPLY, matter.id)


@needs(Power.FILL_IN)
async def none(turn: Turn) -> None:
    """It was about none of them: words are a question then."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.waiting is None:
        turn.leave_as_is()
        return
    words, uploads = kept(draft.waiting)
    await turn.desk.drafts.settle_waiting(turn.person)
    if not words or uploads:
        turn.show("talk.dropped")
        return
    turn.leave_as_is()
    turn.incoming = replace(turn.incoming, text=words)
    await ask.ask(turn)


def kept(state: Any) -> tuple[str, list[Upload]]:
    """The words and files that wait for their matter."""
    return state["words"], [Upload(**upload) for upload in state["uploads"]]


feature = Feature(
    presses={"talk.choose": choose, "talk.none": none},
    listens={JOURNEY: more, further.JOURNEY: follow, rating.JOURNEY: rate},
)
"""Replies and edits reach `talk` through the switchboard; these are the questions it may ask."""
