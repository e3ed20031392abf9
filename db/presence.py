"""Who is alive among the processes that serve one database: the dead one's work is free soon, a duty has one holder.

Each process counts up its own row; whoever looks several times and finds a count unchanged takes that process for dead.
No clock is compared with another machine's, and one that was itself stopped looks anew before it judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update

from db.engine import Database, Tx, session_name
from db.inserting import insert_new
from db.queue import Queue
from db.schema.processes import duties, processes
from db.whereabouts import here, surely_dead

MISSED = 6
"""So many looks without a sign of life, and a process counts as dead."""


_CUT_OFF = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY(CAST(:names AS text[]))"
    " AND datname = current_database() AND usename = current_user"
)


@dataclass
class _Seen:
    beats: int
    looks: int = 0


class Presence:
    """This process among the others; `others` counts them as of the last beat.

    Args:
        queues: whose rows are given back when the process that held them is dead.
        wanted: the duties this process is ready to take over.
    """

    def __init__(self, database: Database, queues: Sequence[Queue], wanted: Sequence[str] = ()) -> None:
        self.name = database.process
        self.duties: frozenset[str] = frozenset()
        self.others = 0
        self._database = database
        self._queues = queues
        self._wanted = wanted
        self._seen: dict[str, _Seen] = {}
        self._freeing = MISSED

    async def beat(self, now: datetime) -> Sequence[str]:
        """Give a sign of life, look at the others, and bury the dead.

        1. Count up our own row; it is missing when others took us for dead, then we enter anew.
        2. Whoever shows the same count `MISSED` times, or is seen to be gone, is struck off.
        3. What was leased to processes that are not on the list any more is free again; on PostgreSQL the connections
           of the dead are ended first. A host that froze within a statement keeps its locks: the server's own time
           limit for idle transactions counts only from one statement's end to the next one's beginning. The next
           beats look again.
        4. A duty whose holder is not on the list is ours.

        Returns:
            the names of the dead.
        """
        async with self._database.write() as tx:
            silent = await self._silent(tx)
            if silent and tx.dialect == "postgresql":  # before all else: it may have been stopped holding our own row
                await tx.execute(_CUT_OFF, {"names": [session_name(name) for name in silent]})
            await self._sign(tx, now)
            dead = [name for name in silent if await self._strike(tx, name)]
            if dead:
                self._freeing = MISSED
            if self._freeing:  # what a statement of theirs locks, that the server is still ending, is passed over
                for queue in self._queues:
                    await queue.free(tx, select(processes.c.name))
            held = await self._hold(tx)
        self._freeing, self.duties = max(self._freeing - 1, 0), held
        return dead

    async def leave(self) -> None:
        """The regular end: what is still leased to us is free at once, and our duties are."""
        self.duties = frozenset()
        async with self._database.write() as tx:
            await tx.execute(delete(processes).where(processes.c.name == self.name))
            await tx.execute(delete(duties).where(duties.c.process == self.name))
            for queue in self._queues:
                await queue.free(tx, select(processes.c.name))

    async def finished(self, tx: Tx, duty: str, now: datetime) -> bool:
        """Write down that a round of this duty is done; False, and nothing written, when it is not ours any more."""
        ours = (duties.c.name == duty) & (duties.c.process == self.name)
        return (await tx.execute(update(duties).where(ours).values(done_at=now))).rowcount == 1

    async def _sign(self, tx: Tx, now: datetime) -> None:
        mine = update(processes).where(processes.c.name == self.name)
        if (await tx.execute(mine.values(beats=processes.c.beats + 1, beat_at=now))).rowcount == 0:
            row = {"name": self.name, "beats": 0, "beat_at": now, "started_at": now, "place": here()}
            await tx.execute(insert(processes), row)

    async def _silent(self, tx: Tx) -> list[str]:
        others = (await tx.execute(select(processes).where(processes.c.name != self.name))).all()
        seen: dict[str, _Seen] = {}
        for row in others:
            known = self._seen.get(row.name)
            seen[row.name] = _Seen(row.beats, known.looks + 1 if known and known.beats == row.beats else 0)
        self._seen = seen
        self.others = len(others)
        gone = {row.name for row in others if surely_dead(row.place)}
        return [name for name, one in seen.items() if one.looks >= MISSED or name in gone]

    async def _strike(self, tx: Tx, name: str) -> bool:
        unmoved = (processes.c.name == name) & (processes.c.beats == self._seen[name].beats)
        return (await tx.execute(delete(processes).where(unmoved))).rowcount == 1

    async def _hold(self, tx: Tx) -> frozenset[str]:
        if not self._wanted:
            return frozenset()
        known = {row.name: row.process for row in await tx.execute(select(duties))}
        living = {row.name for row in await tx.execute(select(processes.c.name))}
        for name in self._wanted:
            holder = known.get(name)
            if holder is None:
                await tx.execute(insert_new(duties, tx.dialect), {"name": name, "process": self.name})
            elif holder not in living:
                left = (duties.c.name == name) & (duties.c.process == holder)
                await tx.execute(update(duties).where(left).values(process=self.name))
        held = await tx.execute(select(duties.c.name).where(duties.c.process == self.name))
        return frozenset(row.name for row in held)


async def living(tx: Tx) -> int:
    """How many processes are on the list."""
    return int(await tx.scalar(select(func.count()).select_from(processes)))


async def last_finished(tx: Tx, duty: str) -> datetime | None:
    """When a round of this duty was last done, by whichever process had it."""
    found: datetime | None = await tx.scalar(select(duties.c.done_at).where(duties.c.name == duty))
    return found
