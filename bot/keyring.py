"""The keys of what people entrust to the desk: that there is one, and that it opens what is kept."""

from __future__ import annotations

from bot.settings import Settings, SettingsError
from db.engine import Database
from desk.rekeying import opens_something
from desk.vault import Vault
from words import LANGUAGES, Words


def need_key(settings: Settings) -> None:
    """Refuse to go on without a key: what is sealed with another secret is lost when that one changes.

    Raises:
        SettingsError: there is none; the lines say how to make one, and what to do where it went without until now.
    """
    if not settings.data_keys():
        raise SettingsError(_lines("key.missing"))


async def need_fitting_key(database: Database, settings: Settings) -> None:
    """Refuse to serve a database of which these keys open nothing: all of it would look damaged.

    Raises:
        SettingsError: something is sealed, and none of it with one of these keys.
    """
    async with database.read() as tx:
        fits = await opens_something(tx, Vault(settings.data_keys()))
    if not fits:
        raise SettingsError(_lines("key.wrong"))


def _lines(key: str) -> list[str]:
    words = Words.load()
    return [line for language in LANGUAGES for line in words.speaker(language).plain(key).splitlines()]
