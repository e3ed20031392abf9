"""Words that make a question somebody else's, such as another town's name, however they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from faq.lexicon import Phrases
from faq.pinyin import sounds, syllables

_RUNS = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")


@dataclass(frozen=True)
class Foreign:
    """The words of `off_topic.yaml`, settled, and how those of two characters and more are said."""

    words: Phrases
    said: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str]) -> Foreign:
        """Of settled words."""
        kept = [word for word in words if word]
        han = [word for word in kept if len(word) > 1 and all("\u4e00" <= letter <= "\u9fff" for letter in word)]
        return cls(Phrases({word: word for word in kept}), tuple(map(_said, han)))

    def named(self, settled: str, phrasing: str) -> bool:
        """Whether a question has such a word and the phrasing nearest to it has not."""
        return any(word not in phrasing for word in self.words.values(settled))

    def heard(self, settled: str, phrasing: str) -> bool:
        """Whether a question sounds as if it had such a word, by pinyin or a slip of the keyboard."""
        question, known = _said(settled), _said(phrasing)
        return any(word in question and word not in known for word in self.said)


def _said(text: str) -> str:
    """The syllables of a settled text, each between two marks."""
    parts = [part for run in _RUNS.findall(text) for part in (sounds(run) if run[0] >= "\u4e00" else syllables(run))]
    return "~" + "~".join(parts) + "~"
