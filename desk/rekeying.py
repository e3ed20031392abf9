"""Changing the key of the vault: everything sealed or marked with an older key is sealed and marked with the newest.

And trying a key on what is sealed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, bindparam, select, tuple_, type_coerce, update

from db.engine import Tx
from db.schema import metadata
from db.schema.people import persons
from db.schema.queues import inbox
from db.types import Json, Sealed
from desk.house import House
from desk.sealing import seal_plain
from desk.tries import carry_over
from desk.vault import Vault

AT_ONCE = 100
WHOLE = '{"sealed":"'
"""How a JSON value begins that is sealed as a whole, as a letter that waits in the outbox is."""

Change = Callable[[Any], Mapping[str, Any]]
"""What stands in a row's columns instead of this value."""


async def rekey(tx: Tx, house: House) -> int:
    """Seal everything again with the newest key, and what should be sealed and is not; how many values.

    Every column of the type `Sealed` is one, and so is every JSON value that is sealed as a whole: a new table needs
    no line here.

    Raises:
        VaultError: a value was sealed with none of the keys given; nothing is changed.
    """
    count = 0
    for column, which, change in _sealed(house.vault):
        count += await _again(tx, column, which, change)
    await seal_plain(tx, house)
    await carry_over(tx, house.vault)
    return count


async def tried(tx: Tx, vault: Vault) -> AsyncIterator[tuple[str, bool]]:
    """The first and the last sealed value of each table, by the table's name, and whether the vault opens it.

    Of updates received hardly any is sealed; to look for one would mean to read them all.
    """
    for table in (each for each in metadata.sorted_tables if each is not inbox):
        for column in (column for column in table.columns if isinstance(column.type, Sealed)):
            keys = list(table.primary_key.columns)
            for order in (keys, [key.desc() for key in keys]):
                value = await tx.scalar(select(column).where(column.is_not(None)).order_by(*order).limit(1))
                if value is not None:
                    yield table.name, vault.opens(value)


async def opens_something(tx: Tx, vault: Vault) -> bool:
    """Whether the vault opens any of what is sealed; also where nothing is."""
    nothing = True
    async for _, opens in tried(tx, vault):
        if opens:
            return True
        nothing = False
    return nothing


def _sealed(vault: Vault) -> Iterator[tuple[Column[Any], ColumnElement[bool], Change]]:
    """Each column with the rows in which it is sealed, and what a value becomes; what waits to be sent comes last."""
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    for column in sorted(columns, key=lambda column: isinstance(column.type, Json)):
        if column is persons.c.phone_sealed:
            yield column, column.is_not(None), _phone(vault)
        elif isinstance(column.type, Sealed):
            yield column, column.is_not(None), _value(vault, column.name)
        elif isinstance(column.type, Json):
            yield column, type_coerce(column, Text).startswith(WHOLE, autoescape=True), _whole(vault, column.name)


def _phone(vault: Vault) -> Change:
    def change(sealed: str) -> Mapping[str, Any]:
        phone = vault.open(sealed)
        return {"phone_sealed": vault.seal(phone), "phone_mark": vault.mark("phone", phone)}

    return change


def _value(vault: Vault, name: str) -> Change:
    return lambda sealed: {name: vault.seal_again(sealed)}


def _whole(vault: Vault, name: str) -> Change:
    return lambda value: {name: {**value, "sealed": vault.seal_again(value["sealed"])}}


async def _again(tx: Tx, column: Column[Any], which: ColumnElement[bool], change: Change) -> int:
    """A hundred at a time, in the order of the key: the parts of files are large.

    The rows are held from the reading on, so that nothing is lost that a running bot writes meanwhile.
    """
    table: Table = column.table
    keys = list(table.primary_key.columns)
    query = select(*keys, column).where(which).order_by(*keys).limit(AT_ONCE).with_for_update(key_share=True)
    count, after = 0, query
    while rows := (await tx.execute(after)).all():
        changes = [change(row[-1]) for row in rows]
        again = update(table).values({name: bindparam(f"to_{name}", type_=table.c[name].type) for name in changes[0]})
        for key in keys:
            again = again.where(key == bindparam(f"of_{key.name}"))
        values = [
            {f"to_{name}": value for name, value in changed.items()}
            | {f"of_{key.name}": row[n] for n, key in enumerate(keys)}
            for row, changed in zip(rows, changes, strict=True)
        ]
        await tx.execute(again, values)
        count += len(rows)
        after = query.where(tuple_(*keys) > tuple_(*rows[-1][:-1]))
    return count
