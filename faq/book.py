"""The book: everything the service knows, loaded whole, never changed; asked with `match`, replaced by a newer one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from faq import model
from faq.foreign import Foreign
from faq.index import Index
from faq.lexicon import Lexicon
from faq.loading import Content, Files, Place, load, read_folder
from faq.normal import clauses, clean, sentences, settle
from faq.outcome import Answer, Answers, Choices, Outcome, Reader, Scored, Unknown
from faq.owners import Owner, phrasings_of
from faq.proof import failures
from faq.ranking import Ranked, rank
from faq.schema import Entry, Topic
from faq.sense import Encoder, sense
from faq.urgent import Urgent
from sheets import Problem, SheetError

TIE = 0.1
"""Two scores (log-odds) nearer than this are a tie, as is one phrasing of two entries: offered, never answered."""
MOST_SENTENCES = 4
"""A message of more sentences tells a story, and is heard as one question."""


@dataclass(frozen=True)
class Book:
    """Entries, topics and the index over their phrasings."""

    content: Content
    files: Files
    today: date
    owners: Sequence[Owner]
    index: Index

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        today: date,
        offices: Collection[str] | None = None,
        categories: Collection[str] | None = None,
        prove: bool = True,
        encoder: Encoder | None = None,
    ) -> Book:
        """Read a content folder.

        `offices`, `categories`: the ids that exist elsewhere, None if links to them are not to be checked.
        `prove`: the entries' own tests and the off-topic tests must pass. `encoder`: what turns texts into vectors;
        None: the shipped table.

        Raises:
            SheetError: anything that must be mended first; no book then.
        """
        return cls.of(
            read_folder(folder), today=today, offices=offices, categories=categories, prove=prove, encoder=encoder
        )

    @classmethod
    def of(
        cls,
        files: Files,
        *,
        today: date,
        offices: Collection[str] | None = None,
        categories: Collection[str] | None = None,
        prove: bool = True,
        encoder: Encoder | None = None,
    ) -> Book:
        """The book of files already read; see `load`."""
        content = load(files, offices=offices, categories=categories)
        groups = [[synonym.word, *synonym.also] for synonym in content.synonyms.synonyms]
        lexicon = Lexicon.make(groups, content.synonyms.padding, clean=clean)
        owners, phrasings = phrasings_of(content)
        settled = ((number, settle(text, lexicon)) for number, text in phrasings)
        index = Index.build((pair for pair in settled if pair[1]), lexicon, model.settings(), encoder or sense())
        book = cls(content, dict(files), today, owners, index)
        problems = [*_key_clashes(book), *(failures(book) if prove else ())]
        if problems:
            raise SheetError(problems)
        for text in ("ni hao", *index.texts[:1]):  # what is made with the first question is made before anybody asks
            book.match(text)
        return book

    @property
    def phrasings(self) -> int:
        """How many phrasings are searched."""
        return len(self.index.texts)

    @property
    def encoder(self) -> Encoder:
        """What turned its phrasings into vectors, and will turn the questions."""
        return self.index.encoder

    @property
    def version(self) -> str:
        """A short name for exactly this content."""
        return self.content.version

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics in the order of `/faq`."""
        return self.content.topics

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, topic by topic."""
        return tuple(entry for topic in self.topics for entry in topic.entries)

    @cached_property
    def foreign(self) -> Foreign:
        """The words of `off_topic.yaml` that make a question somebody else's."""
        return Foreign.of(settle(word, self.index.lexicon) for word in self.content.off_topic.words.all())

    @cached_property
    def urgent(self) -> Urgent:
        """The words that are answered before anything is weighed."""
        return Urgent.of(self.entries)

    def entry(self, name: str) -> Entry | None:
        """The entry with this id, None if there is none."""
        place = self.content.places.get(name)
        return place.entry if place else None

    def place(self, name: str) -> Place:
        """Where the entry stands. Raises `KeyError` for an unknown id."""
        return self.content.places[name]

    def topic_of(self, name: str) -> Topic:
        """The topic of an entry. Raises `KeyError` for an unknown id."""
        return self.content.places[name].sheet.value

    def key(self, name: str) -> int:
        """A 32-bit number for the entry, for button tokens; the same in every version of the book."""
        return key_of(name)

    @cached_property
    def by_key(self) -> Mapping[int, Entry]:
        """The entries by `key`."""
        return {key_of(name): place.entry for name, place in self.content.places.items()}

    def match(
        self, text: str, language: str = "zh", *, audience: Reader | None = None, today: date | None = None
    ) -> Outcome:
        """What a question comes to. Phrasings of every language are searched, whatever the reader's `language`.

        `audience`: entries not meant for this reader are not considered; None: all are.
        `today`: the day by which entries are in force, as of loading if not given.
        """
        day = today or self.today
        urgent = self.urgent.answer(text)
        return (
            urgent
            or self._several(text, audience, day)
            or self._topics(text, audience, day)
            or self._one(text, audience, day)
        )

    def _several(self, text: str, audience: Reader | None, day: date) -> Answer | Answers | None:
        """What a message of several sentences comes to where two are answered differently, or all by one entry."""
        parts = sentences(text)
        if not 1 < len(parts) <= MOST_SENTENCES:
            return None
        heard = [found for part in parts if isinstance(found := self._one(part, audience, day), Answer)]
        scored: dict[str, Scored] = {}
        for found in heard:
            scored.setdefault(found.entry.id, found.scored[0])
        if len(scored) > 1:
            return Answers(tuple(scored.values()), min(found.probability for found in heard))
        return heard[0] if len(heard) == len(parts) else None

    def _topics(self, text: str, audience: Reader | None, day: date) -> Answers | None:
        """What topics with commas between them come to, where each by itself is answered, and none as another is."""
        parts = clauses(text)
        if not 1 < len(parts) <= MOST_SENTENCES:
            return None
        heard: dict[str, Answer] = {}
        for part in parts:
            found = self._one(part, audience, day)
            if not isinstance(found, Answer):
                return None
            heard.setdefault(self.topic_of(found.entry.id).topic, found)
        if len(heard) < len(parts):
            return None
        scored = tuple(found.scored[0] for found in heard.values())
        return Answers(scored, min(found.probability for found in heard.values()))

    def _one(self, text: str, audience: Reader | None, day: date) -> Outcome:
        """What a text comes to, taken as one question."""
        settled = settle(text, self.index.lexicon)
        if settled.isascii() and len(set(settled) - {" "}) == 1:  # one letter, however often, asks for nothing
            return Unknown((), 0.0)
        ranking = rank(self.index, model.models(self.encoder.learned), settled)
        kept = self._permitted(self._whole_first(ranking.entries, settled), audience, day)
        named = [(ranked, owner.entry) for ranked in kept if (owner := self.owners[ranked.owner]).entry is not None]
        if not named:
            return Unknown((), 0.0, off_topic=bool(kept))
        first, trust = ranking.entries[0], ranking.probability
        scored = _first_best([self._scored(ranked, entry, first, trust) for ranked, entry in named[:3]])
        not_ours = self.owners[kept[0].owner].entry is None and kept[0].score - named[0][0].score > TIE
        if not_ours or self.foreign.named(settled, scored[0].phrasing):
            return Unknown(scored, 0.0, off_topic=True)
        sure = named[0][0] is first and not any(self._ties(ranked, first) for ranked in kept if ranked is not first)
        limits = model.thresholds(self.encoder.learned)
        script = "han" if settled == scored[0].phrasing else ranking.script
        if trust >= limits.answer[script] and sure and not self.foreign.heard(settled, scored[0].phrasing):
            expires = scored[0].entry.expires
            return Answer(scored, trust, expired=expires is not None and expires < day)
        return _unsure(scored, scored[0].score, limits)

    def _ties(self, rival: Ranked, first: Ranked) -> bool:
        """Nearly the same score, or the same phrasing."""
        return first.score - rival.score < TIE or self.index.texts[rival.phrasing] == self.index.texts[first.phrasing]

    def _whole_first(self, ranked: Sequence[Ranked], settled: str) -> list[Ranked]:
        """Those whose phrasing is the question word for word come before any that only has more in common with it."""
        return sorted(ranked, key=lambda place: self.index.texts[place.phrasing] != settled)

    def _permitted(self, ranked: Sequence[Ranked], audience: Reader | None, day: date) -> list[Ranked]:
        """Without entries the reader may not see, not yet in force, or nearer to their contrary than to themselves."""
        denied: set[str] = set()
        kept = []
        for place in ranked:
            owner = self.owners[place.owner]
            entry = owner.entry
            if entry is None:
                kept.append(place)
            elif owner.contrary:
                denied.add(entry.id)
            elif entry.id not in denied and _open(entry, audience, day):
                kept.append(place)
        return kept

    def _scored(self, ranked: Ranked, entry: Entry, first: Ranked, trust: float) -> Scored:
        behind = min(0.0, ranked.score - first.score)
        score = round(trust * 2.718281828**behind, 4)
        return Scored(entry, score, self.index.texts[ranked.phrasing], ranked.channels)

    def tests(self) -> Iterator[tuple[str, str | None, str]]:
        """Every test question, with the entry that should answer (None: no entry) and its language."""
        for language in ("zh", "en"):
            for entry in self.entries:
                yield from ((text, entry.id, language) for text in entry.tests.match.of(language))
            yield from ((text, None, language) for text in self.content.off_topic.tests.of(language))

    def counts(self) -> dict[str, int]:
        """How much there is of topics, entries, phrasings and tests."""
        phrasings = sum(len(entry.ask.all()) for entry in self.entries)
        tests = sum(1 for _ in self.tests())
        return {"topics": len(self.topics), "entries": len(self.entries), "phrasings": phrasings, "tests": tests}

    def at(self, today: date) -> Book:
        """The same book on another day."""
        return replace(self, today=today)


def _first_best(scored: Sequence[Scored]) -> tuple[Scored, ...]:
    """The first is there for having the question word for word, if not for its score: it is no less likely meant."""
    return (replace(scored[0], score=max(each.score for each in scored)), *scored[1:])


def _unsure(scored: tuple[Scored, ...], trust: float, limits: model.Thresholds) -> Outcome:
    """Offer, or admit that we do not know."""
    category = scored[0].entry.category if trust >= limits.category else None
    outcome = Choices if trust >= limits.choices else Unknown
    return outcome(scored, trust, category=category)


def key_of(name: str) -> int:
    """A stable 32-bit number for an id."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")


def _open(entry: Entry, audience: Reader | None, day: date) -> bool:
    if entry.effective is not None and entry.effective > day:
        return False
    return audience is None or audience.may_read(entry)


def _key_clashes(book: Book) -> Iterator[Problem]:
    seen: dict[int, str] = {}
    for name, place in book.content.places.items():
        if (other := seen.setdefault(key_of(name), name)) != name:
            yield place.problem("faqbook.key_clash", "id", id=name, other=other)
