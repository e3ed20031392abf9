"""Changing the key of the vault: everything sealed or marked with an older key is sealed and marked with the newest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, bindparam, select, tuple_, update

from db.engine import Tx
from db.schema import metadata
from db.schema.people import persons
from db.types import Sealed
from desk.house import House
from desk.sealing import seal_plain
from desk.vault import Vault

AT_ONCE = 100


async def rekey(tx: Tx, house: House) -> int:
    """Seal everything again with the newest key, and what should be sealed and is not; how many values.

    Every column of the type `Sealed` is one: a new table needs no line here.

    Raises:
        VaultError: a value was sealed with none of the keys given; nothing is changed.
    """
    count = await _phones(tx, house.vault)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed) and column is not persons.c.phone_sealed:
                count += await _again(tx, house.vault, table, column)
    await seal_plain(tx, house)
    return count


async def _phones(tx: Tx, vault: Vault) -> int:
    query = select(persons.c.id, persons.c.phone_sealed).where(persons.c.phone_sealed.is_not(None))
    phones = {row.id: vault.open(row.phone_sealed) for row in (await tx.execute(query)).all()}
    rows = [
        {"row": row, "phone_sealed": vault.seal(phone), "phone_mark": vault.mark("phone", phone)}
        for row, phone in phones.items()
    ]
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in ("phone_sealed", "phone_mark")}
        await tx.execute(update(persons).where(persons.c.id == bindparam("row")).values(values), rows)
    return len(rows)


async def _again(tx: Tx, vault: Vault, table: Table, column: Column[Any]) -> int:
    """A hundred at a time, in the order of the key: the parts of files are large."""
    keys = list(table.primary_key.columns)
    query = select(*keys, column).where(column.is_not(None)).order_by(*keys).limit(AT_ONCE)
    again = update(table).values({column: bindparam("to")})
    for key in keys:
        again = again.where(key == bindparam(f"of_{key.name}"))
    count, after = 0, query
    while rows := (await tx.execute(after)).all():
        values = [
            {"to": vault.seal_again(row[-1]), **{f"of_{key.name}": row[n] for n, key in enumerate(keys)}}
            for row in rows
        ]
        await tx.execute(again, values)
        count += len(rows)
        after = query.where(tuple_(*keys) > tuple_(*rows[-1][:-1]))
    return count
