"""The three things a question can come to: an answer, a choice of up to three, or the admission that we do not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from faq.schema import Entry


@dataclass(frozen=True)
class Reader:
    """Who asks, as far as entries are for some people only: the tier of their card and their roles."""

    tier: str | None = None
    roles: frozenset[str] = frozenset()

    def may_read(self, entry: Entry) -> bool:
        """Whether the entry is meant for this reader."""
        wanted = entry.audience
        if wanted.tiers and self.tier not in wanted.tiers:
            return False
        return not wanted.roles or not self.roles.isdisjoint(wanted.roles)


@dataclass(frozen=True)
class Scored:
    """An entry with how likely it is meant (0 to 1), the phrasing that came nearest, and which channel spoke.

    `channels`: how much of the question was explained by its `text`, its `sound` (pinyin) and its `meaning`
    (synonyms, kind of question).
    """

    entry: Entry
    score: float
    phrasing: str
    channels: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Outcome:
    """What all outcomes carry: the entries that came nearest, best first, and the trust in the first."""

    scored: tuple[Scored, ...]
    probability: float

    @property
    def ids(self) -> tuple[str, ...]:
        """The entries shown to the person."""
        return tuple(scored.entry.id for scored in self.scored)


@dataclass(frozen=True)
class Answer(_Outcome):
    """One entry answers. `expired`: its text is no longer in force and must be given as such.

    `urgent`: it is called for whatever else was said, and wherever it was said.
    """

    expired: bool = False
    urgent: bool = False

    @property
    def entry(self) -> Entry:
        """The entry that answers."""
        return self.scored[0].entry

    @property
    def ids(self) -> tuple[str, ...]:
        """The entry that answers."""
        return (self.entry.id,)


@dataclass(frozen=True)
class Choices(_Outcome):
    """Up to three entries to choose from; `category` is the likeliest category if none of them is meant."""

    category: str | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries to offer, best first."""
        return tuple(scored.entry for scored in self.scored)


@dataclass(frozen=True)
class Answers(Choices):
    """A message of several questions, each with an entry that answers it, in the order asked.

    Whoever makes no difference offers them to choose from.
    """


@dataclass(frozen=True)
class Unknown(_Outcome):
    """We do not know. `category` is a guess for filing, None without ground; `off_topic`: known not to be ours."""

    category: str | None = None
    off_topic: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Nothing is shown."""
        return ()


Outcome = Answer | Choices | Unknown
