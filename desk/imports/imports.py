"""Importing, undoing and exporting a roster: the desk's use cases, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from db.engine import Tx
from db.schema.keeping import roster_imports
from desk.absences import Absences
from desk.house import House
from desk.imports.applying import Applying
from desk.imports.checks import check
from desk.imports.forms import Record
from desk.imports.holders import Holders, holders
from desk.imports.phones import uncover
from desk.imports.plan import Change, Plan, alone, compare, deputyless, from_plain, leaving, merged, silent, unlinked
from desk.imports.reading import Reading
from desk.imports.standing import Census, Records, Standing
from desk.ledger import Done, Ledger
from desk.links import LinkEnd, Links
from desk.news import Newsroom
from desk.refusals import Refused
from desk.rules.reasons import because
from desk.rules.roster import LinkKind
from desk.succession import Succession

WAITING, APPLIED, UNDONE = "waiting", "applied", "undone"


@dataclass(frozen=True)
class Import:
    """An import that was previewed or applied."""

    id: int
    source: str
    counts: Mapping[str, Mapping[str, int]]


class Imports:
    """The roster's file, inside one transaction."""

    def __init__(
        self,
        tx: Tx,
        house: House,
        now: datetime,
        today: date,
        succession: Succession,
        links: Links,
        absences: Absences,
        ledger: Ledger,
        newsroom: Newsroom,
    ) -> None:
        self._tx = tx
        self._succession = succession
        self._links = links
        self._absences = absences
        self._ledger = ledger
        self._newsroom = newsroom
        self._house = house
        self._now = now
        self._today = today.isoformat()

    async def standing(self) -> Standing:
        """The roster as it stands."""
        return await Census(self._tx, self._house.vault).take()

    async def never_started(self) -> tuple[str, ...]:
        """Who of the staff cannot be written to yet, by name."""
        standing = await self.standing()
        return silent(standing.records, standing.silent)

    async def plan(self, reading: Reading) -> Plan:
        """What this file would change. What does not hang together is added to the reading's slips."""
        standing = await self.standing()
        uncover(reading, standing.records)
        given = {sheet: reading.records(sheet) for sheet in reading.lines}
        after = merged(standing, given, self._today)
        check(reading, after, self._house.catalogue, standing, self._today)
        plan = self._planned(standing, after, links_stay="links" not in given)
        return replace(plan, moving=await self._moving(plan.changes, standing))

    async def keep(self, plan: Plan, source: str, by: int | None) -> int:
        """Keep a plan until somebody says yes to it; its number."""
        row = await self._tx.execute(
            insert(roster_imports)
            .values(
                at=self._now,
                by_id=by,
                source=source[:200],
                status=WAITING,
                counts=plan.counts(),
                changes=self._house.vault.pack([change.to_plain() for change in plan.changes]),
            )
            .returning(roster_imports.c.id)
        )
        return int(row.scalar_one())

    async def apply(self, import_id: int, by: int | None) -> Import:
        """Apply a plan that was kept.

        Raises:
            Refused: it was applied or thrown away before, or the roster has changed since the preview.
        """
        async with self._tx.savepoint():
            row = await self._claim(import_id, WAITING, APPLIED, by)
            await self._write(from_plain(self._house.vault.unpack(row.changes)), "roster.changed_since_preview")
        await self._ledger.note(Done.ROSTER_APPLIED, by, import_id, **row.counts)
        return Import(row.id, row.source, row.counts)

    async def grants(self, import_id: int) -> list[Change]:
        """What an import still waiting would change about who has which power; empty for one that gives none."""
        mine = (roster_imports.c.id == import_id) & (roster_imports.c.status == WAITING)
        packed = await self._tx.scalar(select(roster_imports.c.changes).where(mine))
        changes = from_plain(self._house.vault.unpack(packed)) if packed is not None else ()
        return [each for each in changes if each.grants]

    async def exported(self, by: int | None, way: str) -> Records:
        """Everything on the roster, to be written out; that it was is written down."""
        records = (await self.standing()).records
        await self._ledger.note(Done.ROSTER_EXPORTED, by, None, way=way, **{k: len(v) for k, v in records.items()})
        return records

    async def discard(self, import_id: int) -> None:
        """Throw a plan away that was kept. Raises as `apply` does."""
        await self._claim(import_id, WAITING, UNDONE, None)

    async def undo(self, by: int | None, import_id: int | None = None) -> Import:
        """Take back the newest import that stands.

        Parameters:
            import_id: the one that is meant, where that was said.

        Raises:
            Refused: there is none, another one is meant, or what it changed has been changed again.
        """
        newest = select(roster_imports.c.id).where(roster_imports.c.status == APPLIED)
        found = await self._tx.scalar(newest.order_by(roster_imports.c.id.desc()).limit(1))
        if found is None:
            raise Refused("roster.nothing_to_undo")
        if import_id not in (None, found):
            await self._refuse_older(import_id, found)
        async with self._tx.savepoint():
            row = await self._claim(found, APPLIED, UNDONE, by)
            back = tuple(change.undone() for change in from_plain(self._house.vault.unpack(row.changes)))
            await self._write(back, "roster.changed_since_import")
        await self._ledger.note(Done.ROSTER_UNDONE, by, found, **row.counts)
        return Import(row.id, row.source, row.counts)

    async def gives_back_posts(self, import_id: int) -> bool:
        """Whether undoing an import would give somebody a post back, or its former number, a day and more after it."""
        old = (roster_imports.c.id == import_id) & (roster_imports.c.status == APPLIED)
        packed = await self._tx.scalar(
            select(roster_imports.c.changes).where(old, roster_imports.c.at < self._now - timedelta(days=1))
        )
        changes = from_plain(self._house.vault.unpack(packed)) if packed is not None else ()
        return any(each.undone().grants for each in changes)

    async def _refuse_older(self, import_id: int | None, newest: int) -> None:
        """It was taken back before, or others came after it."""
        rows = await self._tx.execute(select(roster_imports).where(roster_imports.c.id.in_([import_id, newest])))
        found = {row.id: row for row in rows}
        meant = found.get(import_id or 0)
        if meant is None or meant.status != APPLIED:
            raise Refused("roster.import_gone")
        raise Refused("roster.not_the_newest", file=found[newest].source)

    async def _claim(self, import_id: int, status: str, to: str, by: int | None) -> Any:
        mine = (roster_imports.c.id == import_id) & (roster_imports.c.status == status)
        values = {"status": to, "at": self._now, "by_id": by}
        if not (await self._tx.execute(update(roster_imports).where(mine).values(**values))).rowcount:
            raise Refused("roster.import_gone")
        return (await self._tx.execute(select(roster_imports).where(roster_imports.c.id == import_id))).one()

    async def _write(self, changes: tuple[Change, ...], stale: str) -> None:
        """All or nothing, and only onto the rows the plan was made from."""
        standing = await self.standing()
        if not all(change.fits(standing.records) for change in changes):
            raise Refused(stale)
        before = holders(standing, self._today)
        applying = Applying(self._tx, self._house.vault, standing, self._now, self._absences)
        await applying.apply(changes)
        whose = [change.after or change.before or {} for change in changes if change.sheet == "staff"]
        self._newsroom.menus.update(dict.fromkeys(standing.persons[row["id"]] for row in whose))
        await self._pass_on(changes, standing, before)

    async def _pass_on(self, changes: tuple[Change, ...], standing: Standing, before: Holders) -> None:
        """Open matters of whoever left, and of links that changed, go to whoever is there now; others move along."""
        if not any(change.sheet in ("staff", "links") for change in changes):
            return
        after = await self.standing()
        for change in changes:
            if change.sheet == "staff" and change.before and change.after is None:
                stays = any(row["id"] == change.before["id"] for row in after.records["staff"].values())
                why = because("routing.other_post" if stays else "routing.left", absent=change.before["name"])
                await self._succession.hand_over(standing.posts[change.key], why)
        if any(change.sheet == "links" for change in changes):
            now = holders(after, self._today)
            for subject in {*before, *now}:
                if before.get(subject) != now.get(subject) and subject[1] in before.known:
                    await self._links.changed(subject[0], subject[1], before.get(subject) or LinkEnd())
            await self._plan_links(changes, after)
        await self._succession.along()

    async def _plan_links(self, changes: tuple[Change, ...], after: Standing) -> None:
        """What is open follows a link that begins later on its first day, from whoever has it the day before."""
        former: dict[date, Holders] = {}
        for change in changes:
            if change.sheet != "links" or change.after is None or change.after["since"] <= self._today:
                continue
            since = date.fromisoformat(change.after["since"])
            if since not in former:
                former[since] = holders(after, (since - timedelta(days=1)).isoformat())
            subject = LinkKind(change.after["kind"]), after.ends[change.new_key][0]
            await self._links.planned(after.links[change.new_key], since, former[since].get(subject) or LinkEnd())

    async def _moving(self, changes: tuple[Change, ...], standing: Standing) -> tuple[tuple[str, int], ...]:
        """Whose open matters go into other hands at once, by name."""
        ending, absent = leaving(changes, self._today)
        posts: dict[str, list[int]] = {}
        for key, row in standing.records["staff"].items():
            if key in ending or row["id"] in absent:
                posts.setdefault(row["name"], []).append(standing.posts[key])
        found = [(name, await self._succession.held(theirs)) for name, theirs in posts.items()]
        return tuple((name, count) for name, count in found if count)

    def _planned(self, standing: Standing, after: Records, *, links_stay: bool) -> Plan:
        without = {row["office"] for row in deputyless(after)}
        return Plan(
            changes=compare(standing.records, after),
            alone=tuple(alone(standing.records, after, self._today)),
            silent=silent(after, standing.silent | _new(standing, after)),
            unlinked=tuple(unlinked(standing.records, after, self._today)) if links_stay else (),
            deputyless=tuple(each.name for each in self._house.catalogue.offices if each.id in without),
        )


def _new(standing: Standing, after: Records) -> set[str]:
    rows: list[Record] = list(after["staff"].values())
    return {row["id"] for row in rows if row["id"] not in standing.persons}
