"""Bringing a database to the shape this version wants, and seeing whether it has it.

For maintainers: `python -m db.migrate step "what changes"` writes the next step from the difference between the tables
and the steps so far; before the first release `python -m db.migrate first` writes the only step anew.
Alembic is imported where it is used: nearly every start finds that there is nothing to do.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from db.engine import DatabaseError, driver_url, engine
from db.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).resolve().parent / "migrations"
FIRST = "0001"
ONE_AT_A_TIME = 0x6D6967726174
"""The name of the lock under which PostgreSQL is migrated; any number that nobody else uses."""

T = TypeVar("T")


async def upgrade(url: str, to: str = "head") -> None:
    """Bring the database up to a step, the newest if none is named.

    Raises:
        DatabaseError: it cannot be reached.
    """
    await _run(url, lambda connection: _upgrade(connection, to))


def _upgrade(connection: Connection, to: str) -> None:
    if to == "head" and _stands_at(connection) == max(step.name[:4] for step in _steps()):
        return
    from alembic import command

    command.upgrade(_config(connection), to)


def _stands_at(connection: Connection) -> str | None:
    """The step as Alembic noted it; None where it never ran."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _steps() -> list[Path]:
    return sorted((HERE / "versions").glob("0*.py"))


async def downgrade(url: str, to: str) -> None:
    """Take the database back to a step; `base` is before the first. What the steps added is gone, all else stays."""
    from alembic import command

    await _run(url, lambda connection: command.downgrade(_config(connection), to))


async def current(url: str) -> str | None:
    """The step the database is at; None before the first."""
    return await _run(url, _stands_at)


async def check(url: str) -> list[str]:
    """How the database differs from the tables of this version, one line each; empty when it does not."""
    return await _run(url, _differences)


def newest() -> str:
    """The step this version wants."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [_line(difference) for difference in compare_metadata(context, metadata)]


def _line(difference: Any) -> str:
    changes = difference if isinstance(difference, list) else [difference]
    return "; ".join(" ".join(str(part) for part in change) for change in changes)


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def _run(url: str, act: Callable[[Connection], T]) -> T:
    address = driver_url(url)
    opened = engine(address)
    try:
        async with opened.begin() as connection:
            if address.get_backend_name() == "postgresql":  # of several processes that start at once, one migrates
                await connection.execute(text("SET LOCAL lock_timeout = 0"))  # the others wait until it is done
                await connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            return await connection.run_sync(act)
    except (SQLAlchemyError, OSError) as error:
        where = address.render_as_string(hide_password=True)
        raise DatabaseError(f"{where}: {getattr(error, 'orig', None) or error}") from error
    finally:
        await opened.dispose()


async def _write_step(what: str, number: str) -> None:
    """Compare the tables with what the steps so far make of an empty SQLite file."""
    from alembic import command

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/steps.db"
        if number != FIRST:
            await upgrade(url)
        await _run(
            url, lambda connection: command.revision(_config(connection), what, autogenerate=True, rev_id=number)
        )


def main(words: list[str]) -> int:
    """The maintainers' command line."""
    steps = _steps()
    match words:
        case ["first"] if len(steps) <= 1:
            for step in steps:
                step.unlink()
            asyncio.run(_write_step("first", FIRST))
        case ["step", what]:
            asyncio.run(_write_step(what, f"{len(steps) + 1:04}"))
        case _:
            sys.stderr.write("python -m db.migrate first | step WHAT\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
