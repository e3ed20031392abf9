"""Changing the key of the vault: everything sealed or marked with an older key is sealed and marked with the newest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, bindparam, select, update

from db.engine import Tx
from db.schema.binding import binding_requests
from db.schema.keeping import locked_matters, roster_imports
from db.schema.people import persons
from desk.vault import Vault


async def rekey(tx: Tx, vault: Vault) -> int:
    """Seal everything again; how many values.

    Raises:
        VaultError: a value was sealed with none of the keys given; nothing is changed.
    """
    count = await _phones(tx, vault)
    count += await _sealed(tx, vault, binding_requests, binding_requests.c.id, binding_requests.c.said)
    count += await _sealed(tx, vault, roster_imports, roster_imports.c.id, roster_imports.c.changes)
    return count + await _sealed(tx, vault, locked_matters, locked_matters.c.matter_id, locked_matters.c.content)


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


async def _sealed(tx: Tx, vault: Vault, table: Table, key: Column[int], column: Column[str]) -> int:
    found = (await tx.execute(select(key.label("row"), column.label("sealed")))).all()
    rows = [{"row": each.row, "sealed": vault.seal_again(each.sealed)} for each in found]
    if rows:
        await tx.execute(update(table).where(key == bindparam("row")).values({column: bindparam("sealed")}), rows)
    return len(rows)
