"""Reading the catalogues: every `.po` file of a language, merged into one, refused if two files claim the same key."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from words.speaker import Speaker

LANGUAGES = ("zh", "en")
"""Languages with a complete catalogue, the default one first."""

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language.

    `texts` maps a key to its forms (one form, or one per plural); `plural` picks the form for a count.
    """

    language: str
    texts: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]

    def form(self, key: str, count: int | None) -> str:
        """The sentence of `key`, in the plural form for `count`. Raises `KeyError` naming key and language."""
        try:
            forms = self.texts[key]
        except KeyError:
            raise KeyError(f"no sentence {key!r} in words/{self.language}/") from None
        return forms[0] if count is None or len(forms) == 1 else forms[self.plural(count)]

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read all `.po` files of `folder`, whose name is the language code."""
        texts: dict[str, tuple[str, ...]] = {}
        rule = "0"
        for path in sorted(folder.glob("*.po")):
            with path.open("rb") as file:
                book = read_po(file, locale=folder.name)
            rule = book.plural_expr
            for message in book:
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key in texts:
                    raise ValueError(f"{path}:{message.lineno}: the key {key!r} is in another file already")
                text = message.string or ""
                texts[key] = (text,) if isinstance(text, str) else tuple(text)
        return cls(folder.name, texts, gettext.c2py(rule))


class Words:
    """All catalogues; hands out a `Speaker` per language, the default language's for one we do not have."""

    def __init__(self, catalogues: Mapping[str, Catalogue]) -> None:
        self.catalogues = catalogues
        self._speakers = {language: Speaker(book) for language, book in catalogues.items()}

    @classmethod
    def load(cls, folder: Path = HERE) -> Words:
        """The catalogue of every language folder below `folder`, which is read once."""
        return cls(_catalogues(folder))

    def speaker(self, language: str | None) -> Speaker:
        """The speaker for a language code such as `zh`, `zh-hans`, `en` or `en-GB`; Chinese where there is none."""
        base = (language or "").lower().split("-")[0]
        return self._speakers.get(base) or self._speakers[LANGUAGES[0]]

    def knows(self, language: str | None) -> bool:
        """Whether there is a catalogue for this code."""
        return (language or "").lower().split("-")[0] in self._speakers


@cache
def _catalogues(folder: Path) -> Mapping[str, Catalogue]:
    found = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.po")))
    return {path.name: Catalogue.load(path) for path in found}
