"""Words, files or a contact while the filing form is open: an answer, something to go along, or a question to us.

For cardholders, and for staff who fill the form in for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from desk.catalogue import Question
from desk.filing import FILES, REVIEW, Filing, Upload
from desk.refusals import Refused
from desk.rules.authority import Power
from faq import Answer, Answers
from handlers import ask, filing_doubt, filing_form, labels
from handlers.feature import needs
from handlers.filing_answers import read_answer
from handlers.turn import Turn

MOST_UPLOADS = 20
LARGEST_UPLOAD = 20 * 1024 * 1024
"""Bytes; the Bot API hands out nothing larger."""
ALBUM_PAUSE = timedelta(seconds=1)


@needs(Power.FILL_IN)
async def hear(turn: Turn) -> None:
    """Words, files or a contact while the form is open."""
    form = await filing_form.open_form(turn)
    question = filing_form.question_at(turn, form)
    if turn.incoming.attachments and (question is None or question.kind != "file"):
        await _add_uploads(turn, form, turn.incoming.attachments)
    elif question is None and turn.text and form.at in (FILES, REVIEW) and not labels.looks_asked(turn.text):
        turn.reply("filing.words_added")
        await filing_form.show(turn, _with_words(form, turn.text))
    elif not _says_something(turn, question):
        await _nothing_said(turn, form, question)
    elif question is not None and await filing_doubt.is_due(turn, form, question):
        await filing_doubt.ask_which(turn, form, question)
    elif question is not None and not await _is_a_question_to_us(turn, question):
        await _answer(turn, form, question)
    else:
        await ask.ask(turn)
        await filing_form.show(turn, form)


def _says_something(turn: Turn, question: Question | None) -> bool:
    """Whether there are words, files, or the contact that was asked for; a sticker or a location is none of these."""
    contact = turn.incoming.contact is not None and question is not None and question.kind == "phone"
    return bool(turn.text or turn.incoming.attachments or contact)


async def _nothing_said(turn: Turn, form: Filing, question: Question | None) -> None:
    """What cannot be taken skips nothing: say what is wanted, and ask the same step again."""
    if question is None:
        turn.reply("filing.papers_please" if form.at == FILES else "filing.not_now")
    elif question.kind == "file":
        turn.reply("filing.file_please")
    elif question.optional:
        turn.reply("filing.words_or_skip", skip=turn.say.plain("filing.skip"))
    else:
        turn.reply("filing.words_please")
    await filing_form.show(turn, form)


async def _answer(turn: Turn, form: Filing, question: Question) -> None:
    sent = turn.incoming
    if question.kind == "file":
        if not sent.attachments:
            raise Refused("filing.file_please")
        form = _with_uploads(form, sent.attachments)
        await filing_form.go_on(turn, form.with_answer(question, turn.say.plain("filing.attached")))
        return
    said = sent.contact.phone if sent.contact and question.kind == "phone" else turn.text
    try:
        await filing_form.answer(turn, form, question, said)
    except Refused as refusal:
        turn.refuse(refusal)
        await filing_form.show(turn, form)  # its buttons, skip among them, stand below what went wrong


async def _add_uploads(turn: Turn, form: Filing, attachments: Sequence[Upload]) -> None:
    """Keep files, at whatever step they come. An album is many messages; they get one answer, after the last."""
    form = _with_words(_with_uploads(form, attachments), turn.text)
    await turn.desk.drafts.keep(turn.person, filing_form.JOURNEY, form.to_state())
    turn.hold_back(f"uploads:{turn.person.id}", ALBUM_PAUSE if attachments[0].album else timedelta())
    if form.at not in (FILES, REVIEW):
        turn.reply("filing.kept", n=len(form.uploads))
    await filing_form.show(turn, form)


def _with_words(form: Filing, more: str) -> Filing:
    """What is said beside the questions goes along with the words the form began with."""
    return replace(form, words="\n".join(part for part in (form.words, more) if part))


def _with_uploads(form: Filing, attachments: Sequence[Upload]) -> Filing:
    for file in attachments:
        if file.size > LARGEST_UPLOAD:
            raise Refused("filing.too_large")
        if len(form.uploads) >= MOST_UPLOADS:
            raise Refused("filing.too_many", n=MOST_UPLOADS)
        form = replace(form, uploads=(*form.uploads, file))
    return form


async def _is_a_question_to_us(turn: Turn, question: Question) -> bool:
    """Whether these words ask about policy: what answers the form is an answer, whatever the book makes of it."""
    if not turn.text or question.kind == "text":
        return False
    try:
        read_answer(turn, question, turn.text)
    except Refused:
        return isinstance(await ask.understood(turn), Answer | Answers)
    return False
