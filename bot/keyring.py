"""The keys of what people entrust to the desk: that there is one, and that it opens what is kept."""

from __future__ import annotations

from bot.settings import SHORTEST_KEY, Settings, SettingsError
from db.engine import Database
from desk.rekeying import opens_something
from desk.vault import Vault
from words import LANGUAGES, Saying, Words


def need_key(settings: Settings) -> None:
    """Refuse to go on without a key: what is sealed with another secret is lost when that one changes.

    Raises:
        SettingsError: there is none, or one that could be guessed; the lines say how to make one, and what to do where
            it went without until now.
    """
    trouble = trouble_with_key(settings)
    if trouble is not None:
        raise SettingsError(_lines(trouble))


def trouble_with_key(settings: Settings) -> Saying | None:
    """Why nothing can be sealed with these settings."""
    if not settings.data_keys():
        return Saying("key.missing")
    if settings.short_key:
        return Saying("key.short", {"n": settings.short_key, "least": SHORTEST_KEY})
    return None


async def need_fitting_key(database: Database, settings: Settings) -> None:
    """Refuse to serve a database of which these keys open nothing: all of it would look damaged.

    Raises:
        SettingsError: something is sealed, and none of it with one of these keys.
    """
    async with database.read() as tx:
        fits = await opens_something(tx, Vault(settings.data_keys()))
    if not fits:
        raise SettingsError(_lines(Saying("key.wrong")))


def _lines(saying: Saying) -> list[str]:
    words = Words.load()
    said = (words.speaker(language).saying(saying, html=False) for language in LANGUAGES)
    return [line for text in said for line in text.splitlines()]
