"""The roster's file behind the scenes of a test: the export of what stands, changed in memory, and imported again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from db.engine import Tx
from db.schema.matters import matters
from db.schema.people import persons, staff
from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.filing import Filing
from desk.house import House
from desk.imports import writing
from desk.imports.forms import Record
from desk.imports.plan import Change, Plan
from desk.imports.reading import Reading
from desk.imports.sources import read_any
from desk.imports.standing import Records
from desk.imports.telling import preview
from desk.people import Person
from desk.rules.life import Act
from desk.views import Matter
from words import Words

ZH = Words.load().speaker("zh")


@dataclass
class Office:
    """A district inside one transaction, whose clock a test sets."""

    tx: Tx
    house: House
    now: datetime

    @property
    def desk(self) -> Desk:
        """The desk at this moment, with nothing remembered."""
        return Desk(self.tx, self.house, self.now)

    async def person(self, key: str) -> Person:
        """Somebody of the roster."""
        found = await self.desk.people.get(await self.tx.scalar(select(persons.c.id).where(persons.c.key == key)) or 0)
        assert found is not None
        return found

    async def files(self, key: str, category: str = "school", concern: str = "person") -> Matter:
        """A matter of this cardholder."""
        desk, who = self.desk, await self.person(key)
        about = next(each for each in await desk.roster.concerns_of(who) if each.kind == concern)
        return await desk.matters.file(who, Filing(category=category, concern=about))

    async def sees(self, matter: Matter) -> Matter:
        """The matter as it stands."""
        found = await self.desk.views.matter(matter.id)
        assert found is not None
        return found

    async def does(self, matter: Matter, act: Act, person: Person, deed: Deed | None = None) -> Matter:
        """An act on it."""
        return await self.desk.matters.act(matter, act, person, standing.roles(person, matter), deed or Deed())

    async def owners(self) -> list[str]:
        """Who owns each matter, by their key."""
        query = select(persons.c.key).join(staff, staff.c.person_id == persons.c.id)
        query = query.join(matters, matters.c.owner_id == staff.c.id).order_by(matters.c.id)
        return list((await self.tx.execute(query)).scalars())

    async def reads(
        self, change: Callable[[Records], object], only: Collection[str] = ()
    ) -> tuple[int | None, list[str]]:
        """Send the file with something changed: the number of the plan, or the slips.

        Parameters:
            only: the sheets that are sent; all of them when not said.
        """
        plan, reading = await self._planned(change, only)
        if reading.slips:
            return None, [slip.say(ZH) for slip in reading.slips]
        return await self.desk.imports.keep(plan, "花名册.xlsx", None) if plan.changes else None, []

    async def previews(self, change: Callable[[Records], object], only: Collection[str] = ()) -> list[str]:
        """What the preview of such a file says."""
        return preview(*await self._planned(change, only), ZH)

    async def _planned(self, change: Callable[[Records], object], only: Collection[str]) -> tuple[Plan, Reading]:
        records = copy.deepcopy((await self.desk.imports.standing()).records)
        change(records)
        records = {sheet: rows for sheet, rows in records.items() if not only or sheet in only}
        file = writing.workbook(records, self.house.catalogue, ZH)
        reading = read_any("花名册.xlsx", file, self.house.catalogue)
        return await self.desk.imports.plan(reading), reading

    async def imports(self, change: Callable[[Records], object], only: Collection[str] = ()) -> list[Change]:
        """Import the file with something changed; what of it wants a second person."""
        kept, slips = await self.reads(change, only)
        assert (slips, kept is None) == ([], False)
        assert kept is not None
        desk = self.desk
        grants = await desk.imports.grants(kept)
        await desk.imports.apply(kept, None)
        return grants


def row_of(records: Records, sheet: str, **fields: str) -> Record:
    """The row with these fields."""
    return next(row for row in records[sheet].values() if fields.items() <= row.items())
