"""Sensitive words at rest: what belongs to a matter about a child, money or health is sealed before it is written.

So are the notes of visits, which are words about people, and updates that were given up and wait for somebody to look.

The plain columns are empty then. Which category is sensitive is the office's to say in its file; what was written
before a category became one is sealed by the next nightly round or change of key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, bindparam, or_, select, true, update

from db.engine import Tx
from db.schema.matters import entries, matters
from db.schema.queues import DEAD, inbox
from db.schema.visits import visits
from desk.house import House
from desk.vault import Vault

OF_MATTER: Mapping[str, Any] = {"answers": [], "wanted": None, "result": None}
"""The columns of a matter that hold words of people, and what stands in them when they are sealed."""

OF_ENTRY: Mapping[str, Any] = {"text": "", "file_name": None}
"""The same for an entry."""

OF_VISIT: Mapping[str, Any] = {"words": "", "files": []}
"""The same for a visit."""

OF_UPDATE: Mapping[str, Any] = {"body": ""}
"""The same for an update as Telegram sent it."""


def closed(vault: Vault, content: Mapping[str, Any], empty: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that keep this content sealed; `empty` is one of the above."""
    return {**empty, "sealed": vault.pack({name: content.get(name, empty[name]) for name in empty})}


def opened(vault: Vault, row: Row[Any], empty: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a row, sealed or not.

    Raises:
        VaultError: it was sealed with none of the keys given.
    """
    if row.sealed is None:
        return {name: getattr(row, name) for name in empty}
    found: dict[str, Any] = vault.unpack(row.sealed)
    return found


async def seal_given_up(tx: Tx, vault: Vault, rows: Sequence[int] | None = None) -> int:
    """Seal what Telegram sent in updates that were given up: of these rows, or of all that are still plain."""
    mine = inbox.c.id.in_(rows) if rows is not None else true()
    return await _seal(tx, vault, inbox, mine & (inbox.c.state == DEAD), OF_UPDATE)


async def seal_plain(tx: Tx, house: House) -> int:
    """Seal what has to be sealed and is still plain; how many rows there were."""
    names = [category.id for category in house.catalogue.categories if category.sensitive != "none"]
    of_them = select(matters.c.id).where(matters.c.category.in_(names))
    count = await _seal(tx, house.vault, matters, matters.c.id.in_(of_them), OF_MATTER)
    count += await _seal(tx, house.vault, entries, entries.c.matter_id.in_(of_them), OF_ENTRY)
    count += await _seal(tx, house.vault, visits, true(), OF_VISIT)
    return count + await seal_given_up(tx, house.vault)


async def _seal(tx: Tx, vault: Vault, table: Table, which: ColumnElement[bool], empty: Mapping[str, Any]) -> int:
    """The rows are held from the reading on: what somebody writes into one meanwhile waits, and is not overwritten."""
    something = or_(*(table.c[name] != value for name, value in empty.items()))
    plain = select(table).where(which, table.c.sealed.is_(None), something).with_for_update(key_share=True)
    rows = (await tx.execute(plain)).all()
    if rows:
        columns: dict[str, Any] = {name: bindparam(name) for name in (*empty, "sealed")}
        await tx.execute(
            update(table).where(table.c.id == bindparam("row")).values(columns),
            [{"row": row.id, **closed(vault, dict(row._mapping), empty)} for row in rows],
        )
    return len(rows)
