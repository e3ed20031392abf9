"""Small edits of the content files, made for the people who work in the chat: comments, order and style are kept.

Each edit takes the book and gives the changed files; nothing is written to disk. `preview` says what would come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from faq.book import Book
from faq.changes import Change, Turned, changes, turned
from faq.loading import OFF_TOPIC, Files
from faq.schema import Entry
from sheets import Problem, SheetError
from words import Saying

LANGUAGES = ("zh", "en")
_ORDER = tuple(Entry.model_fields)


class EditRefused(Exception):
    """An edit that makes no sense for this book; `saying` tells the editor why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.saying = Saying(key, values)


@dataclass(frozen=True)
class Edited:
    """The content after an edit: the one file that changed, its new text, and all files."""

    file: str
    text: str
    files: Files


@dataclass(frozen=True)
class Preview:
    """What would come of an edit: the new book or the problems that forbid it, and what changes for which questions."""

    book: Book | None
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    turned: tuple[Turned, ...]


class _AsTyped(VersionedResolver):
    """Takes every plain value for text, as our own reader does."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def add_phrasing(book: Book, name: str, text: str, language: str) -> Edited:
    """Teach an entry one more way of asking."""
    return _entry_edit(book, name, lambda entry: _append(_below(entry, "ask"), language, text))


def add_phrasings(book: Book, name: str, lines: Iterable[tuple[str, str]]) -> Edited:
    """Teach an entry several more ways of asking, each (text, language)."""

    def change(entry: CommentedMap) -> None:
        for text, language in lines:
            _append(_below(entry, "ask"), language, text)

    return _entry_edit(book, name, change)


def remove_phrasing(book: Book, name: str, text: str, language: str) -> Edited:
    """Take a way of asking away from an entry."""
    return _entry_edit(book, name, lambda entry: _remove(_below(entry, "ask"), language, text))


def add_avoid(book: Book, name: str, text: str, language: str) -> Edited:
    """Teach an entry what it must not answer."""
    return _entry_edit(book, name, lambda entry: _append(_below(entry, "avoid"), language, text))


def change_answer(book: Book, name: str, text: str, language: str) -> Edited:
    """Give an entry another answer in one language."""

    def change(entry: CommentedMap) -> None:
        entry["answer"][language] = _prose(text)

    return _entry_edit(book, name, change)


def change_dates(book: Book, name: str, **days: date | None) -> Edited:
    """Set or (None) take away `effective`, `expires`; set `review_by`."""

    def change(entry: CommentedMap) -> None:
        for field, day in days.items():
            if day is None:
                entry.pop(field, None)
            else:
                _put(entry, field, day.isoformat())

    return _entry_edit(book, name, change)


def add_off_topic(book: Book, text: str, language: str) -> Edited:
    """Teach the book that a question is not ours."""
    if text in book.content.off_topic.known.all():
        raise EditRefused("faqbook.already_there", text=text)
    before = book.files.get(OFF_TOPIC, b"known: {}\n")
    return _edit(book, OFF_TOPIC, before, lambda page: _append(_below(page, "known"), language, text))


def new_entry(book: Book, topic: str, entry: Mapping[str, Any]) -> Edited:
    """Add an entry, given by the fields of the format (see `faq.schema.Entry`), at the end of a topic."""
    place = next((p for p in book.content.places.values() if p.sheet.value.topic == topic), None)
    if place is None:
        raise EditRefused("faqbook.no_topic", id=topic)
    if book.entry(str(entry.get("id"))) is not None:
        raise EditRefused("faqbook.already_there", text=str(entry["id"]))

    def change(page: CommentedMap) -> None:
        _extend(page["entries"], _tree({field: entry[field] for field in _ORDER if field in entry}))

    return _edit(book, place.file, book.files[place.file], change)


def replace_file(book: Book, name: str, raw: bytes) -> Edited:
    """A file sent back by an editor, as it is."""
    return Edited(name, raw.decode("utf-8", "replace"), {**book.files, name: raw})


def preview(
    book: Book,
    edited: Edited,
    questions: Iterable[tuple[str, str]] = (),
    *,
    today: date,
    offices: Collection[str] | None = None,
    categories: Collection[str] | None = None,
) -> Preview:
    """Build the book of the edited files and compare; `questions`: logged (text, language) pairs to try on both."""
    try:
        after = Book.of(edited.files, today=today, offices=offices, categories=categories, encoder=book.encoder)
    except SheetError as error:
        return Preview(None, error.problems, (), ())
    return Preview(after, (), tuple(changes(book, after)), tuple(turned(book, after, questions)))


def _entry_edit(book: Book, name: str, change: Callable[[CommentedMap], None]) -> Edited:
    if book.entry(name) is None:
        raise EditRefused("faqbook.no_entry", id=name)
    place = book.place(name)
    return _edit(book, place.file, book.files[place.file], lambda page: change(page["entries"][place.number]))


def _edit(book: Book, name: str, before: bytes, change: Callable[[CommentedMap], None]) -> Edited:
    text = before.decode("utf-8-sig")
    yaml = _writer(text)
    page = yaml.load(text)
    change(page)
    out = StringIO()
    yaml.dump(page, out)
    return Edited(name, out.getvalue(), {**book.files, name: out.getvalue().encode()})


def _writer(text: str) -> YAML:
    """A round-trip reader and writer that leaves every value the text it is, in the file's own indentation."""
    yaml = YAML(typ="rt")
    yaml.Resolver = _AsTyped
    yaml.preserve_quotes = True
    yaml.width = 100_000
    if "\n  - " in text and "\n- " not in text:
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _below(block: CommentedMap, field: str) -> CommentedMap:
    if field not in block:
        _put(block, field, CommentedMap())
    below: CommentedMap = block[field]
    return below


def _put(entry: CommentedMap, field: str, value: Any) -> None:
    """Set a field; a new one goes to its place in the format's order."""
    if field in entry or field not in _ORDER:
        entry[field] = value
        return
    later = _ORDER[_ORDER.index(field) :]
    position = next((i for i, name in enumerate(entry) if name in later), len(entry))
    entry.insert(position, field, value)


def _append(lines: CommentedMap, language: str, text: str) -> None:
    if language not in lines:
        lines[language] = CommentedSeq()
    if text in lines[language]:
        raise EditRefused("faqbook.already_there", text=text)
    _extend(lines[language], _line(text))


def _remove(lines: CommentedMap, language: str, text: str) -> None:
    if text not in lines.get(language, []):
        raise EditRefused("faqbook.not_there", text=text)
    lines[language].remove(text)


def _extend(items: CommentedSeq, value: Any) -> None:
    """Append; what follows the last item (a blank line, a comment above the next block) goes on following the list."""
    last = len(items) - 1
    items.append(value)
    if last >= 0 and isinstance(value, str) and last in items.ca.items:
        items.ca.items[last + 1] = items.ca.items.pop(last)


def _line(text: str) -> str:
    """A line of text, in quotes wherever our reader could take a mark in it for something else."""
    risky = any(mark in text for mark in "，、：:#“”‘’\"'[]{},&*!|>%@`")
    return DoubleQuotedScalarString(text) if risky else text


def _prose(text: str) -> str:
    return LiteralScalarString(text.strip() + "\n") if "\n" in text.strip() else _line(text.strip())


def _tree(value: Any) -> Any:
    if isinstance(value, Mapping):
        return CommentedMap({key: _tree(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return CommentedSeq([_tree(item) for item in value])
    if isinstance(value, date):
        return value.isoformat()
    return _prose(value) if isinstance(value, str) else value
