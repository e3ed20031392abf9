"""What editors hear of the FAQ: a preview, a new version, a slip to mend; in their own language, as letters owed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from desk import standing
from desk.desk import Desk
from desk.people import Person
from desk.post import Letter
from desk.rules.authority import Power, holders
from desk.rules.hears import Urgency
from faq.changes import Change, Turned
from faq.edit import Preview
from faq.outcome import Answer, Choices, Outcome
from faq.schema import Entry
from handlers.buttons import Button, Link, inline
from handlers.labels import speaker_of
from handlers.services import Services
from sheets import Problem
from words import LANGUAGES, Listed, Saying, Speaker

LONGEST = 3_500
"""Characters of a message, markup included; Telegram takes 4096 after parsing."""
MOST_TURNED = 8
LONGEST_LINE = 160
_TOLD_LINE_BY_LINE = frozenset({"ask", "avoid", "answer"})
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?|\n")

Rows = Sequence[Sequence[Button | Link]]


def may_edit(person: Person) -> bool:
    """Whether one of their posts is an editor's or an admin's."""
    return standing.may(person, Power.EDIT_FAQ)


async def went_live(desk: Desk, services: Services, found: Sequence[Change], author: Person | None) -> list[Letter]:
    """A new version is live: its author hears that it worked, the other editors what has changed."""

    def to(person: Person, say: Speaker) -> Letter | None:
        own = author is not None and person.id == author.id
        head = "faq_news.published" if own else "faq_news.by_person" if author else "faq_news.by_folder"
        lines = [say(head, who=author.name if author else ""), *_changed(say, found)]
        rows = [[Button(say.plain("faq_admin.history_button"), "faq_admin.history")]] if own else []
        return letter(services, person, fit(say, lines), rows)

    return await _to_editors(desk, services, to)


async def refused(desk: Desk, services: Services, problems: Sequence[Problem]) -> list[Letter]:
    """The folder cannot be used as it is; what to mend, where."""

    def to(person: Person, say: Speaker) -> Letter | None:
        return letter(services, person, fit(say, [say("faq_news.refused", n=len(problems)), *_slips(say, problems)]))

    return await _to_editors(desk, services, to)


def preview(services: Services, author: Person, edit_id: int, found: Preview) -> list[Letter]:
    """What would come of an edit, with a button to publish it if it can be."""
    say = speaker_of(author, services)
    again = Button(say.plain("faq_preview.drop"), "faq_admin.drop", edit_id)
    if found.book is None:
        lines = [say("faq_preview.refused", n=len(found.problems)), *_slips(say, found.problems)]
        return _some(letter(services, author, fit(say, lines)))
    lines = [say("faq_preview.head"), *(_changed(say, found.changes) or [say("faq_preview.nothing_said")]), ""]
    lines.append(say("faq_preview.tests", n=found.book.counts()["tests"]))
    lines += _turned(say, found.turned)
    publish = Button(say.plain("faq_preview.publish"), "faq_admin.publish", edit_id)
    return _some(letter(services, author, fit(say, lines), [[publish, again]]))


def told(services: Services, found: Sequence[Change]) -> dict[str, str]:
    """What an edit changes, as HTML by language, for whoever has to say yes to it."""
    speakers = [services.words.speaker(language) for language in LANGUAGES]
    return {say.language: fit(say, _changed(say, found)) for say in speakers}


def not_done(services: Services, author: Person, edit_id: int, why: Saying) -> list[Letter]:
    """An edit came to nothing, and why; it can be tried anew on what stands in the folder now."""
    say = speaker_of(author, services)
    rows = [[Button(say.plain("faq_preview.again"), "faq_admin.again", edit_id)]]
    return _some(letter(services, author, say("faq_preview.not_done", why=why), rows))


def failed(services: Services, person: Person) -> list[Letter]:
    """Something broke on our side."""
    return _some(letter(services, person, speaker_of(person, services)("faq_preview.failed")))


def letter(services: Services, person: Person, text: str, rows: Rows = ()) -> Letter | None:
    """A message to somebody, if they have a chat with us."""
    if person.chat_id is None or person.user_id is None:
        return None
    params: dict[str, Any] = {"chat_id": person.chat_id, "text": text, "parse_mode": "HTML"}
    if rows:
        params["reply_markup"] = inline(rows, services.tokens, person.user_id)
    return Letter(person.chat_id, "sendMessage", params, urgency=Urgency.SOON, person_id=person.id)


def fit(say: Speaker, lines: Sequence[str]) -> str:
    """The lines as one message; what does not fit is counted."""
    kept: list[str] = []
    room = LONGEST
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*kept, say("faq_news.more", n=len(lines) - number)])
        kept.append(line)
    return "\n".join(kept)


def short(text: str, most: int = LONGEST_LINE) -> str:
    """The text on one line, cut where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def outcome(say: Speaker, found: Outcome) -> Saying:
    """An outcome in a few words."""
    match found:
        case Answer(entry=entry):
            return Saying("faq_outcome.answer", {"title": entry.title})
        case Choices(entries=entries):
            return Saying("faq_outcome.choices", {"titles": Listed(entry.title for entry in entries)})
        case _:
            return Saying("faq_outcome.unknown")


def _changed(say: Speaker, found: Iterable[Change]) -> list[str]:
    return [line for change in found for line in _change(say, change.saying)]


def _change(say: Speaker, saying: Saying) -> list[str]:
    """One difference as lines; an answer's sentence by sentence, a field by its name."""
    values = dict(saying.values)
    if saying.key == "faqbook.answer_changed":
        lines = _marked(say, _sentences(str(values["old"])), _sentences(str(values["new"])))
        return [say("faq_news.answer", title=values["title"]), *lines]
    if isinstance(added := values.get("entry"), Entry):
        return ["• " + say(saying.key, **values), *_whole(say, added)]
    if saying.key == "faqbook.field_changed" and values["field"] in _TOLD_LINE_BY_LINE:
        return []
    if "field" in values:
        values["field"] = Saying(f"faq_field.{values['field']}")
    return ["• " + say(saying.key, **values)]


def _marked(say: Speaker, old: Sequence[str], new: Sequence[str]) -> list[str]:
    """What went and what came, place by place."""
    lines: list[str] = []
    for kind, gone, gone_end, come, come_end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            lines += [say("faq_news.gone", text=short(line, 300)) for line in old[gone:gone_end]]
            lines += [say("faq_news.new", text=short(line, 300)) for line in new[come:come_end]]
    return lines


def _whole(say: Speaker, entry: Entry) -> list[str]:
    """All that a new entry will say, for whoever has to answer for it: answers, their source, and the phrasings."""
    said = [line for language in LANGUAGES for line in _sentences(entry.answer.of(language))]
    lines = [*said, entry.source.title.of(say.language), *entry.ask.all()]
    return [say("faq_news.new", text=short(line, 300)) for line in lines]


def _sentences(text: str) -> list[str]:
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def _slips(say: Speaker, problems: Iterable[Problem]) -> list[str]:
    return [say("faq_news.slip", text=problem.say(say)) for problem in problems]


def _turned(say: Speaker, found: Sequence[Turned]) -> list[str]:
    if not found:
        return [say("faq_preview.nothing_turned")]
    lines = [say("faq_preview.turned", n=len(found))]
    for each in found[:MOST_TURNED]:
        before, after = outcome(say, each.before), outcome(say, each.after)
        lines.append(say("faq_preview.turned_line", text=short(each.text, 60), before=before, after=after))
    if len(found) > MOST_TURNED:
        lines.append(say("faq_news.more", n=len(found) - MOST_TURNED))
    return lines


async def _to_editors(desk: Desk, services: Services, make: Callable[[Person, Speaker], Letter | None]) -> list[Letter]:
    made = [
        make(person, speaker_of(person, services)) for person in await desk.people.with_role(*holders(Power.EDIT_FAQ))
    ]
    return [each for each in made if each is not None]


def _some(made: Letter | None) -> list[Letter]:
    return [made] if made is not None else []
