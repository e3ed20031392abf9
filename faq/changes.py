"""What is different between two books, as values that become sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from faq.book import Book
from faq.outcome import Outcome
from faq.schema import Entry
from words import Saying

_FIELDS = ("title", "keywords", "urgent", "office", "source", "category", "related", "audience", "tests")
_DATES = ("effective", "expires", "review_by")


@dataclass(frozen=True)
class Change:
    """One difference: the entry's id ("" for synonyms and the off-topic list) and a sentence."""

    entry: str
    saying: Saying


@dataclass(frozen=True)
class Turned:
    """A question whose outcome another book would change."""

    text: str
    before: Outcome
    after: Outcome


def changes(old: Book, new: Book) -> Iterator[Change]:
    """Entries added, gone and changed, field by field, in the new book's order."""
    for entry in new.entries:
        before = old.entry(entry.id)
        if before is None:
            yield Change(entry.id, Saying("faqbook.added", {"title": entry.title, "entry": entry}))
        elif before != entry:
            yield from _differences(before, entry)
    for entry in old.entries:
        if new.entry(entry.id) is None:
            yield Change(entry.id, Saying("faqbook.removed", {"title": entry.title}))
    if old.content.synonyms != new.content.synonyms:
        yield Change("", Saying("faqbook.synonyms_changed"))
    yield from _line_changes("", "off_topic", old.content.off_topic.known.all(), new.content.off_topic.known.all(), "")


def _differences(before: Entry, after: Entry) -> Iterator[Change]:
    title = after.title
    yield from _line_changes(after.id, "ask", before.ask.all(), after.ask.all(), title)
    yield from _line_changes(after.id, "avoid", before.avoid.all(), after.avoid.all(), title)
    for language in ("zh", "en"):
        old, new = before.answer.of(language), after.answer.of(language)
        if old != new:
            yield Change(after.id, Saying("faqbook.answer_changed", {"title": title, "old": old, "new": new}))
    for field in _FIELDS:
        if getattr(before, field) == getattr(after, field):
            continue
        yield Change(after.id, Saying("faqbook.field_changed", {"title": title, "field": field}))
    for field in _DATES:
        was, now = getattr(before, field), getattr(after, field)
        if was != now:
            values = {"title": title, "field": field, "old": _day(was), "new": _day(now)}
            yield Change(after.id, Saying("faqbook.date_changed", values))


def _day(value: object) -> str:
    return "—" if value is None else str(value)


def _line_changes(name: str, field: str, old: list[str], new: list[str], title: object) -> Iterator[Change]:
    for line in new:
        if line not in old:
            yield Change(name, Saying(f"faqbook.{field}_added", {"title": title, "text": line}))
    for line in old:
        if line not in new:
            yield Change(name, Saying(f"faqbook.{field}_removed", {"title": title, "text": line}))


def turned(old: Book, new: Book, questions: Iterable[tuple[str, str]]) -> Iterator[Turned]:
    """Of logged (question, language) pairs, those that the new book treats otherwise, each once."""
    for text, language in dict.fromkeys(questions):
        before, after = old.match(text, language), new.match(text, language)
        if type(before) is not type(after) or before.ids != after.ids:
            yield Turned(text, before, after)
