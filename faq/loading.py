"""From the files of a content folder to entries whose ids, links and dates agree; all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faq.schema import Entry, OffTopic, Synonyms, Topic
from sheets import LIMIT, Problem, Sheet, SheetError, parse
from words import Listed

SYNONYMS, OFF_TOPIC = "synonyms.yaml", "off_topic.yaml"
MOST_FILES = 4_000

Files = Mapping[str, bytes]
"""The content folder: file name → bytes."""


@dataclass(frozen=True)
class Place:
    """Where an entry stands: its topic's sheet and its number in it."""

    sheet: Sheet[Topic]
    number: int

    @property
    def file(self) -> str:
        """The file's name."""
        return self.sheet.name

    @property
    def entry(self) -> Entry:
        """The entry."""
        return self.sheet.value.entries[self.number]

    def problem(self, key: str, *loc: str | int, **values: object) -> Problem:
        """A problem with this entry, at `loc` inside it."""
        return self.sheet.problem(("entries", self.number, *loc), key, **values)


@dataclass(frozen=True)
class Content:
    """Everything the folder says."""

    topics: tuple[Topic, ...]
    places: Mapping[str, Place]
    synonyms: Synonyms
    off_topic: OffTopic
    off_topic_sheet: Sheet[OffTopic] | None
    version: str


def read_folder(folder: Path) -> dict[str, bytes]:
    """The folder's YAML files. Hidden files and editors' own (`~`, `#`) are left out; nothing is parsed.

    Raises:
        SheetError: the folder cannot be read.
    """
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.name[0] not in ".~#")
        return {path.name: _bounded(path) for path in paths[:MOST_FILES] if path.is_file()}
    except OSError as error:
        reason = error.strerror or str(error)
        raise SheetError(
            [Problem(Path(error.filename or folder).name, 0, "", "sheets.no_file", {"reason": reason})]
        ) from None


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LIMIT + 1)


def version_of(files: Files) -> str:
    """A short name for exactly this content."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:12]


def load(files: Files, *, offices: Collection[str] | None = None, categories: Collection[str] | None = None) -> Content:
    """Read and link all files. `offices` and `categories`: the ids that exist, None if they are not to be checked.

    Raises:
        SheetError: with the problems of every file.
    """
    problems: list[Problem] = []
    sheets: list[Sheet[Topic]] = []
    synonyms, off_topic = Synonyms(synonyms=[]), OffTopic()
    off_topic_sheet: Sheet[OffTopic] | None = None
    for name, raw in sorted(files.items()):
        try:
            if name == SYNONYMS:
                synonyms = parse(raw, Synonyms, name=name).value
            elif name == OFF_TOPIC:
                off_topic_sheet = parse(raw, OffTopic, name=name)
                off_topic = off_topic_sheet.value
            else:
                sheets.append(parse(raw, Topic, name=name))
        except SheetError as error:
            problems += error.problems
    if not sheets and not problems:
        problems.append(Problem("*.yaml", 0, "", "faqbook.no_topics"))
    places = _places(sheets, problems)
    if not problems:
        problems += _dead_links(places, offices, categories)
    if problems:
        raise SheetError(problems)
    topics = tuple(sorted((sheet.value for sheet in sheets), key=lambda topic: (topic.order, topic.topic)))
    return Content(topics, places, synonyms, off_topic, off_topic_sheet, version_of(files))


def _places(sheets: list[Sheet[Topic]], problems: list[Problem]) -> dict[str, Place]:
    """The entries by id; ids used twice are added to `problems`."""
    places: dict[str, Place] = {}
    topics: dict[str, str] = {}
    for sheet in sheets:
        topic = sheet.value.topic
        if topic in topics:
            problems.append(sheet.problem(("topic",), "faqbook.topic_twice", id=topic, other=topics[topic]))
        topics[topic] = sheet.name
        for number, entry in enumerate(sheet.value.entries):
            place = Place(sheet, number)
            if entry.id in places:
                problems.append(place.problem("faqbook.id_twice", "id", id=entry.id, other=places[entry.id].file))
            places[entry.id] = place
    return places


def _dead_links(
    places: Mapping[str, Place], offices: Collection[str] | None, categories: Collection[str] | None
) -> Iterator[Problem]:
    for place in places.values():
        entry = place.entry
        if offices is not None and entry.office not in offices:
            yield place.problem("faqbook.no_office", "office", id=entry.office, known=_list(offices))
        if categories is not None and entry.category not in categories:
            yield place.problem("faqbook.no_category", "category", id=entry.category, known=_list(categories))
        for number, other in enumerate(entry.related):
            if other not in places:
                yield place.problem("faqbook.no_related", "related", number, id=other)
        if entry.effective and entry.expires and entry.effective > entry.expires:
            yield place.problem("faqbook.dates_crossed", "expires")


def _list(ids: Collection[str]) -> Listed:
    return Listed(sorted(ids)[:30])
