"""Who serves, while somebody's post may end in another process in this very moment: nothing is given to who has left.

Choosing reads the roster, and on PostgreSQL a post can end between that and the commit of what names it. So whoever is
chosen is held in service up to the commit, and a post that ends waits for those who hold it: then the matter is among
what it has to pass on. A SQLite file has one writer at a time, who needs none of this.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select, update

from db.engine import Tx
from db.schema.people import staff

_SERVING = select(staff.c.id).where(staff.c.id.in_(bindparam("posts", expanding=True)), staff.c.active)
_HELD = _SERVING.with_for_update(read=True)


async def hold(tx: Tx, posts: Collection[int]) -> bool:
    """Whether all of these posts are in service still; if so, they stay so until the transaction ends."""
    if tx.dialect == "sqlite":
        return True
    wanted = set(posts)
    return len((await tx.execute(_HELD, {"posts": sorted(wanted)})).all()) == len(wanted)


async def end(tx: Tx, posts: Collection[int]) -> None:
    """These posts are in service no more; to come before anything they hold is looked at, for it may have to wait."""
    await tx.execute(update(staff).where(staff.c.id.in_(posts)).values(active=False))
