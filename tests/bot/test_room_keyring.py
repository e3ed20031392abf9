"""The key: nobody serves without one or with one that opens nothing, and each refusal says how to get on."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dotenv import dotenv_values
from small_book import write_small_book
from sqlalchemy import insert

from bot.commands import audit, cards, check, demo, keys, roster, run
from bot.keyring import need_fitting_key
from bot.settings import Settings, SettingsError
from db import migrate
from db.engine import Database
from db.schema.matters import drafts
from db.schema.people import persons
from desk.vault import Vault
from words import LANGUAGES

TOKEN, KEY = "123456789:a-token-that-opens-nothing", "the-key-of-the-office-from-today-on"
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Callable[..., Settings]:
    """The office's settings, on this test's database, with a small FAQ and nobody who answers as Telegram."""
    given = {"token": TOKEN, "database": database_url, "relay": "full", "api_url": "http://127.0.0.1:9"}
    faq = write_small_book(tmp_path / "faq")
    return lambda **more: Settings(_env_file=None, faq=faq, **given, **more)


async def sealed(url: str, key: str, *names: str) -> None:
    """People whose phones and forms are sealed with this key alone."""
    await migrate.upgrade(url)
    vault = Vault(Settings(_env_file=None, data_key=key).data_keys())
    database = await Database.open(url)
    async with database.write() as tx:
        for name in names:
            row = {"name": name, "phone_sealed": vault.seal("13800000051"), "created_at": NOW}
            person = (await tx.execute(insert(persons).values(row).returning(persons.c.id))).scalar_one()
            form = {"journey": "filing", "state": {}, "sealed": vault.pack({}), "updated_at": NOW}
            await tx.execute(insert(drafts).values(person_id=person, **form))
    await database.close()


async def fits(settings: Settings) -> bool:
    """Whether `run` would go on with this key."""
    database = await Database.open(settings.database)
    try:
        await need_fitting_key(database, settings)
    except SettingsError:
        return False
    finally:
        await database.close()
    return True


async def told(settings: Settings) -> list[str]:
    """What `check` says of the key."""
    return [saying.key async for _, saying in check._lines(settings) if saying.key.startswith("key.")]


@pytest.mark.parametrize(
    ("command", "task"),
    [(run, ""), (roster, "import"), (cards, "letter"), (keys, "rotate"), (audit, "open"), (audit, "given-up")],
)
async def test_without_a_key_nothing_begins_and_the_mend_is_said_in_every_language(
    tmp_path: Path, command: object, task: str
) -> None:
    bare = Settings(_env_file=None, token=TOKEN, database=f"sqlite:///{tmp_path}/desk.db", relay="full")
    options = argparse.Namespace(task=task, language="zh", template=False, number="")
    with pytest.raises(SettingsError, match="DESK_DATA_KEY") as refused:
        await command.run(bare, options)  # type: ignore[attr-defined]
    said = "\n".join(refused.value.lines)
    assert said.count("keys new >> .env") == len(LANGUAGES)
    assert said.count("keys rotate") == len(LANGUAGES)
    assert TOKEN not in said
    assert not (tmp_path / "desk.db").exists()


async def test_a_key_that_opens_nothing_of_what_is_kept_is_refused(
    database_url: str, settings: Callable[..., Settings]
) -> None:
    await migrate.upgrade(database_url)
    assert await fits(settings(data_key=KEY))  # nothing is sealed yet
    await sealed(database_url, "another-key-altogether", "王一", "李二")
    with pytest.raises(SettingsError, match="DESK_DATA_KEY") as refused:
        await run.run(settings(data_key=KEY), argparse.Namespace())
    assert KEY not in str(refused.value)
    assert await told(settings(data_key=KEY)) == ["key.closed"]
    assert await fits(settings(data_key=f"{KEY},another-key-altogether"))


async def test_whoever_went_without_a_key_goes_on_with_the_token_behind_a_new_one(
    database_url: str, settings: Callable[..., Settings]
) -> None:
    assert Settings(_env_file=None, data_key=TOKEN).data_keys() == [hashlib.sha256(f"data:{TOKEN}".encode()).digest()]
    await sealed(database_url, TOKEN, "王一")
    assert await told(settings()) == ["key.missing"]
    assert not await fits(settings(data_key=KEY))
    both = settings(data_key=f"{KEY},{TOKEN}")
    assert await fits(both)
    assert await told(both) == ["key.fits"]
    assert await keys.run(both, argparse.Namespace(task="rotate")) == 0
    assert await told(settings(data_key=KEY)) == ["key.fits"]


@pytest.mark.parametrize(("command", "task"), [(run, ""), (roster, "import"), (keys, "rotate")])
async def test_with_a_key_that_could_be_guessed_nothing_begins_and_the_mend_is_said_in_every_language(
    settings: Callable[..., Settings], command: object, task: str
) -> None:
    short = settings(data_key="enyang-2026")
    with pytest.raises(SettingsError, match="DESK_DATA_KEY") as refused:
        await command.run(short, argparse.Namespace(task=task, language="zh", template=False))  # type: ignore[attr-defined]
    said = "\n".join(refused.value.lines)
    assert said.count("python -m bot keys new") == said.count("11") == len(LANGUAGES)
    assert "enyang-2026" not in said
    assert await told(short) == ["key.short"]


async def test_whoever_has_a_short_key_goes_on_with_it_behind_a_new_one(
    database_url: str, settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    short = "enyang-2026"
    await sealed(database_url, short, "王一")
    assert await keys.run(settings(data_key=short), argparse.Namespace(task="new")) == 0
    both = capsys.readouterr().out.strip().removeprefix("DESK_DATA_KEY=")
    assert both.endswith(f",{short}")
    assert await fits(settings(data_key=both))
    assert await keys.run(settings(data_key=both), argparse.Namespace(task="rotate")) == 0
    assert await told(settings(data_key=both.partition(",")[0])) == ["key.fits"]


async def test_what_a_lost_token_sealed_stops_nobody_who_can_open_the_rest(
    database_url: str, settings: Callable[..., Settings]
) -> None:
    await sealed(database_url, "a-token-that-nobody-has-any-more", "王一")
    await sealed(database_url, KEY, "李二")
    assert await fits(settings(data_key=KEY))
    assert await told(settings(data_key=KEY)) == ["key.closed"]


async def test_a_new_key_comes_as_a_line_for_the_settings_in_front_of_the_one_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / ".env"
    file.write_text(f"DESK_TOKEN={TOKEN}")  # without an end to its line
    new = argparse.Namespace(task="new")
    seen = []
    for _ in range(2):
        assert await keys.run(Settings(_env_file=file), new) == 0
        with file.open("a") as end:
            end.write(capsys.readouterr().out)
        seen.append(dotenv_values(file)["DESK_DATA_KEY"] or "")
    assert dotenv_values(file)["DESK_TOKEN"] == TOKEN
    assert len(seen[0]) >= 40
    assert seen[1].endswith(f",{seen[0]}")
    assert len(Settings(_env_file=file).data_keys()) == 2


async def test_a_demo_opens_what_it_sealed_when_its_token_was_the_key(tmp_path: Path) -> None:
    from sandbox import Sandbox

    async with Sandbox(token=demo.TOKEN, limits=False) as sandbox:
        parts = await demo.open_demo(Settings(_env_file=None, port=0), sandbox, tmp_path)
        await parts.database.close()
    assert parts.settings.data_keys() == Settings(_env_file=None, data_key=demo.TOKEN).data_keys()
