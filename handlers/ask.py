"""Asking: free words get an answer, three to choose from, or an offer to file, with the words carried over.

Open to everybody. A wrong answer is worse than none, so what is not clear is asked back.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from desk.people import Person
from desk.rules.authority import Power
from faq import Answer, Answers, Book, Choices, Outcome, Reader, Unknown
from faq.schema import Entry
from handlers import labels, other_language
from handlers.buttons import Button
from handlers.feature import Feature, needs
from handlers.markup import rich
from handlers.turn import Turn

LONGEST_LABEL = 60
ALBUM_PAUSE = timedelta(seconds=1)
"""How long the answer to a picture waits for the rest of its album, so that it is said once."""


async def ask(turn: Turn) -> int | None:
    """Answer what was written; the number under which the question is kept, if there was one."""
    if not turn.text:
        if any(each.album for each in turn.incoming.attachments):
            turn.hold_back(f"words_please:{turn.person.id}", ALBUM_PAUSE)
        turn.reply("ask.words_please")
        return None
    language = await other_language.is_due(turn)
    asked = await _answer(turn)
    if language is not None:
        other_language.offer(turn, language)
    return asked


async def urgent_too(turn: Turn) -> None:
    """Words for a form or a handler that cry for help: they are passed on, and what to do at once stands below."""
    if not turn.text or turn.answered or turn.person.is_staff:
        return
    found = await understood(turn)
    if isinstance(found, Answer) and found.urgent:
        await _answer(turn)


async def _answer(turn: Turn) -> int:
    turn.answered = True
    book = turn.services.knowledge.book
    match await understood(turn, book):
        case Answer() as answer:
            asked = await _keep(turn, turn.text, "answer", [answer.entry.id], book)
            show_entry(turn, answer.entry, asked)
        case Answers(entries=entries):
            for entry in entries:
                asked = await _keep(turn, turn.text, "answer", [entry.id], book)
                show_entry(turn, entry, asked)
        case Choices(entries=entries):
            asked = await _offer(turn, entries, book)
        case Unknown(off_topic=True):
            asked = await _keep(turn, turn.text, "unknown", [], book)
            _show_what_we_do(turn, asked)
        case Unknown(category=category):
            asked = await _keep(turn, turn.text, "unknown", [], book)
            _show_offer(turn, asked, category)
    return asked


async def understood(turn: Turn, book: Book | None = None) -> Outcome:
    """What the live book, or the one given, makes of the words, for this reader, today."""
    knowledge = turn.services.knowledge
    used = book or knowledge.book
    if turn.heard is None or turn.heard[:2] != (turn.text, used.version):  # asked twice in a turn, it is matched once
        who, day = reader(turn.person), turn.desk.today
        outcome = await knowledge.match(turn.text, turn.say.language, who, day, book=used)
        turn.heard = (turn.text, used.version, outcome)
    return turn.heard[2]


async def is_question(turn: Turn) -> bool:
    """Whether the book answers these words, or comes near to words that look asked, or knows them as none of ours."""
    match await understood(turn):
        case Answer() | Answers():
            return True
        case Choices():
            return labels.looks_asked(turn.text)
        case Unknown(off_topic=True):
            return labels.looks_asked(turn.text) or labels.has_question_word(turn.text)
        case _:
            return False


async def category_of(turn: Turn) -> str:
    """The kind of matter these words are likeliest about."""
    match await understood(turn):
        case Unknown(category=str() as found) | Choices(category=str() as found):
            return found
        case _:
            return labels.ANYTHING_ELSE


def reader(person: Person) -> Reader:
    """Which entries are meant for this person."""
    roles = {"cardholder" if person.card else "guest", *(post.role for post in person.posts)}
    roles |= {"staff"} if person.is_staff else set()
    return Reader(person.card.tier if person.card else None, frozenset(roles))


@needs(Power.ASK)
async def choose(turn: Turn) -> None:
    """One of the three was meant."""
    question = await turn.desk.questions.get(turn.subject, turn.person)
    entry = turn.services.knowledge.book.by_key.get(turn.arg)
    if question is None or entry is None:
        turn.toast("press.unknown", alert=True)
        return
    await turn.desk.questions.chose(question, entry.id)
    show_entry(turn, entry, question.id)


@needs(Power.ASK)
async def none_of_these(turn: Turn) -> None:
    """None of the three was meant: offer to file what they said."""
    question = await turn.desk.questions.get(turn.subject, turn.person)
    if question is None:
        turn.toast("press.unknown", alert=True)
        return
    await turn.desk.questions.chose(question, None)
    first = turn.services.knowledge.book.entry(question.entries[0])
    _show_offer(turn, question.id, first.category if first else None)


@needs(Power.ASK)
async def rate(turn: Turn) -> None:
    """Whether the answer helped."""
    question = await turn.desk.questions.get(turn.subject, turn.person)
    if question is not None:
        await turn.desk.questions.liked(question, bool(turn.arg))
    turn.toast("ask.thanks" if turn.arg else "ask.sorry")


@needs(Power.ASK)
async def browse_entry(turn: Turn) -> None:
    """Show the entry whose button was pressed."""
    entry = turn.services.knowledge.entry(turn.arg)
    book = turn.services.knowledge.book
    asked = await _keep(turn, entry.title.of(turn.say.language), "browsed", [entry.id], book)
    show_entry(turn, entry, asked)


def show_entry(turn: Turn, entry: Entry, question_id: int) -> None:
    """The answer with its source, related entries and the way to a matter; one out of date says so first."""
    language = turn.say.language
    expired = entry.expires is not None and entry.expires < turn.desk.today
    text = turn.say(
        "ask.answer_expired" if expired else "ask.answer",
        title=entry.title.of(language),
        answer=rich(entry.answer.of(language)),
        source=labels.source(turn, entry),
    )
    file_it = turn.button("ask.file_this", "filing.from_question", question_id, labels.key(entry.category))
    ways = [[file_it]] if _may_come_to_file(turn) else []
    opinions = [turn.button("ask.up", "ask.rate", question_id, 1), turn.button("ask.down", "ask.rate", question_id, 0)]
    turn.display(text, buttons=[*ways, *_related(turn, entry), opinions])


def _may_come_to_file(turn: Turn) -> bool:
    """Whoever only works here has nothing to file for themselves; a guest may yet show a card."""
    return turn.person.card is not None or not turn.person.is_staff


def _related(turn: Turn, entry: Entry) -> list[list[Button]]:
    book = turn.services.knowledge.book
    others = [other for other in map(book.entry, entry.related[:2]) if other is not None]
    return [[Button(_short(each.title.of(turn.say.language)), "ask.related", arg=book.key(each.id))] for each in others]


async def _offer(turn: Turn, entries: tuple[Entry, ...], book: Book) -> int:
    question = await _keep(turn, turn.text, "choices", [entry.id for entry in entries], book)
    rows = [
        [Button(_short(entry.title.of(turn.say.language)), "ask.choose", question, book.key(entry.id))]
        for entry in entries
    ]
    rows.append([turn.button("ask.none_of_these" if len(entries) > 1 else "ask.not_it", "ask.none", question)])
    turn.reply("ask.which" if len(entries) > 1 else "ask.is_it", buttons=rows)
    return question


def _show_offer(turn: Turn, question: int, category: str | None) -> None:
    browse = [turn.button("ask.browse", "browse.topics")]
    if not _may_come_to_file(turn):
        turn.show("ask.unknown_staff", buttons=[browse])
        return
    rows = []
    if category is not None:
        label = turn.button(
            "ask.file_as",
            "filing.from_question",
            question,
            labels.key(category),
            category=labels.category(turn, category),
        )
        rows.append([label])
    rows.append([turn.button("ask.file_other" if rows else "ask.file_it", "filing.from_question", question)])
    turn.show("ask.unknown", buttons=[*rows, browse])


def _show_what_we_do(turn: Turn, question: int) -> None:
    """Nothing of ours was asked: say what is. Whoever holds a card need not know whose it is: we find out."""
    browse = [turn.button("ask.browse", "browse.topics")]
    if turn.actor.card == "valid":
        file_it = turn.button("ask.find_out", "filing.from_question", question, labels.key(labels.ANYTHING_ELSE))
        turn.reply("ask.off_topic_cardholder", buttons=[[file_it], browse])
        return
    if not _may_come_to_file(turn):
        turn.reply("ask.unknown_staff", buttons=[browse])
        return
    file_it = turn.button("ask.file_anyway", "filing.from_question", question)
    turn.reply("ask.off_topic", buttons=[browse, [file_it]])


async def _keep(turn: Turn, text: str, outcome: str, entries: list[str], book: Book) -> int:
    turn.desk.once_kept(partial(turn.services.asked, outcome))
    return await turn.desk.questions.keep(turn.person, text, turn.say.language, outcome, entries, book.version)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


feature = Feature(
    presses={"ask.choose": choose, "ask.none": none_of_these, "ask.rate": rate, "ask.related": browse_entry}
)
