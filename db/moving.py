"""Taking a database elsewhere: an online copy of a SQLite file, and every row into an empty other database."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    String,
    Table,
    bindparam,
    collate,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from db.engine import Database, DatabaseError, Tx, driver_url
from db.schema import metadata
from db.schema.pages import file_parts
from db.schema.processes import duties, processes
from db.whereabouts import surely_dead

AT_ONCE, LARGE_AT_ONCE = 500, 20
"""Rows in memory at a time; those that hold parts of files are large."""
PASSING = frozenset({processes.name, duties.name})
"""Tables about who runs now; they stay behind."""


@dataclass(frozen=True)
class Content:
    """What a table holds: how many rows, and one hash over all of them in the order of their key."""

    table: str
    rows: int
    digest: str


async def backup(url: str, to: Path) -> int:
    """Copy a SQLite database while it is in use; the copy is whole, checked and on disk before it bears its name.

    Returns:
        its size in bytes.

    Raises:
        DatabaseError: it is not SQLite, or the copy is not sound.
        OSError: the file cannot be written.
    """
    address = driver_url(url)
    if address.get_backend_name() != "sqlite":
        raise DatabaseError("backup copies SQLite files; for PostgreSQL use pg_dump --format=custom")
    return await asyncio.to_thread(_copy, Path(str(address.database)), to)


def _copy(source: Path, to: Path) -> int:
    if not source.exists():
        raise DatabaseError(f"{source}: there is no such file")
    half = to.with_name(f".{to.name}.part")
    half.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(half)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
            if (found := new.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                raise DatabaseError(f"the copy is not sound: {found}")
        with half.open("rb+") as written:
            os.fsync(written.fileno())
        half.replace(to)
        return to.stat().st_size
    finally:
        half.unlink(missing_ok=True)


async def move(source: Database, target: Database) -> list[Content]:
    """Copy every row into a database that has the tables and no rows, in one transaction, and compare.

    Returns:
        what both hold now, table by table.

    Raises:
        DatabaseError: a process still serves the source, the target holds rows, or what arrived is not what was sent;
            then nothing is kept.
    """
    async with source.read() as old, target.write() as new:
        await _served_by_nobody(old)
        for tx in (old, new):
            if tx.dialect == "postgresql":  # it ends whoever says nothing for a while; we read the other side meanwhile
                await tx.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        contents = []
        for table in metadata.sorted_tables:
            if table.name in PASSING:
                continue
            if await new.scalar(select(func.count()).select_from(table)):
                raise DatabaseError(f"the target already holds rows, in {table.name}")
            await _fill(old, new, table)
            await _count_on(new, table)
            there, here = await content(new, table), await content(old, table)
            if there != here:
                raise DatabaseError(
                    f"{table.name}: {here.rows} rows were sent and {there.rows} arrived, or they differ"
                )
            contents.append(there)
    return contents


async def _served_by_nobody(tx: Tx) -> None:
    """One that is seen to be gone, as after a power cut, does not count; of another machine's nobody can tell."""
    rows = (await tx.execute(select(processes).order_by(processes.c.beat_at))).all()
    alive = [row for row in rows if not surely_dead(row.place)]
    if alive:
        last = f"{alive[-1].beat_at:%Y-%m-%d %H:%M:%S} UTC"
        raise DatabaseError(
            f"{len(alive)} process(es) still serve this database; stop them first. Their last sign of life: {last}. "
            "If they are gone, start the bot once and stop it after ten seconds: it strikes them off"
        )


async def content(tx: Tx, table: Table) -> Content:
    """Rows and hash of a table, the same on every database that holds the same."""
    digest, count = hashlib.sha256(), 0
    async for rows in _rows(tx, table):
        for row in rows:
            digest.update(repr([_plain(row[column.name]) for column in table.columns]).encode())
        count += len(rows)
    return Content(table.name, count, digest.hexdigest())


async def _fill(old: Tx, new: Tx, table: Table) -> None:
    """Rows that point at others of their own table do so once all of them are there."""
    inward = [each.parent.name for each in table.foreign_keys if each.column.table is table]
    async for rows in _rows(old, table):
        await new.execute(insert(table), [row | dict.fromkeys(inward) for row in rows])
    if not inward:
        return
    key = table.primary_key.columns.values()[0]
    pointing = update(table).where(key == bindparam("of")).values({name: bindparam(f"to_{name}") for name in inward})
    async for rows in _rows(old, table):
        await new.execute(
            pointing, [{"of": row[key.name]} | {f"to_{name}": row[name] for name in inward} for row in rows]
        )


async def _rows(tx: Tx, table: Table) -> AsyncIterator[list[dict[str, Any]]]:
    """Every row in the order of its key, page by page, each page found by the last key of the one before."""
    columns = list(table.primary_key.columns)
    key = tuple_(*(_in_order(tx, column) for column in columns))
    ordered = select(table).order_by(*key.clauses).limit(LARGE_AT_ONCE if table is file_parts else AT_ONCE)
    after = tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in columns))
    page = await tx.execute(ordered)
    while rows := [dict(row) for row in page.mappings()]:
        yield rows
        last = {f"after_{column.name}": rows[-1][column.name] for column in columns}
        page = await tx.execute(ordered.where(key > after), last)


def _in_order(tx: Tx, column: Column[Any]) -> ColumnElement[Any]:
    """Letters by their code, as SQLite has them; PostgreSQL would go by the rules of its language."""
    return collate(column, "C") if tx.dialect == "postgresql" and isinstance(column.type, String) else column


async def _count_on(tx: Tx, table: Table) -> None:
    """PostgreSQL numbers new rows by itself; it has to go on behind the highest number that came along."""
    key = list(table.primary_key.columns)
    if tx.dialect != "postgresql" or [column.name for column in key] != ["id"] or not key[0].autoincrement:
        return
    sequence = await tx.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
    if sequence:
        highest = await tx.scalar(select(func.max(key[0])))
        await tx.execute(
            text("SELECT setval(:sequence, :at, :used)"),
            {"sequence": sequence, "at": highest or 1, "used": highest is not None},
        )


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
