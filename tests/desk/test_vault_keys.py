"""The vault: what is sealed opens with the key alone, marks compare and cannot be turned back, and keys can change."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.commands import keys
from bot.settings import Settings
from db import migrate
from db.engine import Database
from db.schema.people import persons
from desk.calendar import Workdays
from desk.catalogue import Catalogue
from desk.desk import Desk
from desk.house import House
from desk.imports.fromyaml import read_yaml
from desk.rosterfile import DEMO
from desk.vault import Vault, VaultError, masked

OLD, NEW = b"o" * 32, b"n" * 32
ROTATE = Namespace(task="rotate")


def test_a_sealed_value_opens_with_its_key_and_no_other() -> None:
    sealed = Vault([OLD]).seal("13800000051")
    assert "138" not in sealed
    assert Vault([NEW, OLD]).open(sealed) == "13800000051"
    with pytest.raises(VaultError):
        Vault([NEW]).open(sealed)


def test_equal_values_have_equal_marks_and_other_keys_other_ones() -> None:
    assert Vault([OLD]).mark("phone", "1") == Vault([OLD]).mark("phone", "1")
    assert Vault([OLD]).mark("phone", "1") != Vault([NEW]).mark("phone", "1")
    assert Vault([OLD]).mark("phone", "1") != Vault([OLD]).mark("card", "1")
    assert Vault([NEW, OLD]).same("phone", "1", Vault([OLD]).mark("phone", "1"))
    assert not Vault([OLD]).same("phone", "1", None)


def test_a_packed_value_comes_back_whole() -> None:
    value = [["staff", "王一", None, {"id": "r1"}]] * 50
    assert Vault([OLD]).unpack(Vault([OLD]).pack(value)) == value


def test_a_masked_phone_shows_who_checks_it_enough() -> None:
    assert masked("13800000051") == "138****0051"
    assert masked("") == "****"


def test_a_key_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Vault([b"short"])


async def test_after_the_rotation_the_new_key_alone_is_enough(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    settings = Settings(database=url, data_key="old-key-of-the-office", _env_file=None)
    await migrate.upgrade(url)
    await imported(settings)
    both = Settings(database=url, data_key="new-key-of-the-office,old-key-of-the-office", _env_file=None)
    assert await keys.run(both, ROTATE) == 0
    alone = Vault(Settings(data_key="new-key-of-the-office", _env_file=None).data_keys())
    database = await Database.open(url)
    async with database.read() as tx:
        row = (await tx.execute(select(persons).where(persons.c.key == "yang_fan"))).one()
    await database.close()
    assert alone.open(row.phone_sealed) == "13800000051"
    assert alone.same("phone", "13800000051", row.phone_mark)
    other = Settings(database=url, data_key="another-key-altogether", _env_file=None)
    assert await keys.run(other, ROTATE) == 1


async def imported(settings: Settings) -> None:
    catalogue = Catalogue.load()
    house = House(catalogue, Workdays.load().calendar(), vault=Vault(settings.data_keys()))
    database = await Database.open(settings.database)
    async with database.write() as tx:
        imports = Desk(tx, house, datetime(2026, 11, 23, 2, tzinfo=UTC)).imports
        plan = await imports.plan(read_yaml("roster.yaml", DEMO.read_bytes(), catalogue))
        await imports.apply(await imports.keep(plan, "roster.yaml", None), None)
    await database.close()
