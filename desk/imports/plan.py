"""What an import would change, worked out before anything does: added, changed, removed, and who is left alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from desk.imports.forms import FORM, FORMS, Record
from desk.imports.moves import moves
from desk.imports.standing import Records, Standing
from sheets import Bilingual

POWERFUL = ("name", "phone", "office", "role", "acts_for")
"""The columns of a post that say whose it is and what it may do: a number lets its owner in as this person, and a post
without one is given to whoever has the link."""


@dataclass(frozen=True)
class Change:
    """One row: nothing `before` is an addition, nothing `after` a removal. `key` is that of the row as it was."""

    sheet: str
    key: str
    before: Record | None
    after: Record | None

    @property
    def kind(self) -> str:
        """`added`, `changed` or `removed`."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    def undone(self) -> Change:
        """The change that takes this one back."""
        return Change(self.sheet, self.new_key, self.after, self.before)

    def to_plain(self) -> list[Any]:
        """As plain data."""
        return [self.sheet, self.key, self.before, self.after]

    @property
    def new_key(self) -> str:
        """The key of the row as it will be: another one for a post that goes on as another."""
        return FORM[self.sheet].key_of(self.after) if self.after else self.key

    def fits(self, records: Records) -> bool:
        """Whether the roster still has the row that this was worked out from, and no other one in its new place."""
        rows = records[self.sheet]
        free = self.new_key == self.key or self.new_key not in rows
        return rows.get(self.key) == self.before and free

    @property
    def fields(self) -> list[str]:
        """The columns that change."""
        if self.before is None or self.after is None:
            return []
        return [name for name in self.after if self.after[name] != self.before.get(name)]

    @property
    def grants(self) -> bool:
        """Whether somebody gets a post by it, a new one or one that was somebody else's."""
        changed = self.before is None or not set(POWERFUL).isdisjoint(self.fields)
        return self.sheet == "staff" and self.after is not None and changed


@dataclass(frozen=True)
class Plan:
    """All changes; `alone` are projects, teams and cardholders that would have no contact today.

    `unlinked` are links that end because their member of staff loses the role: the name, and the subject's;
    `deputyless` the offices whose head would name no deputy; `moving` who holds how many open matters that would go
    into other hands at once, because they leave or are away.
    """

    changes: tuple[Change, ...]
    alone: tuple[tuple[str, str], ...] = ()
    silent: tuple[str, ...] = ()
    unlinked: tuple[tuple[str, str], ...] = ()
    deputyless: tuple[Bilingual, ...] = ()
    moving: tuple[tuple[str, int], ...] = ()

    def counts(self) -> dict[str, dict[str, int]]:
        """How many rows of each sheet are added, changed and removed; sheets without changes are left out."""
        found: dict[str, dict[str, int]] = {}
        for form in FORMS:
            mine = [change.kind for change in self.changes if change.sheet == form.id]
            if mine:
                found[form.id] = {kind: mine.count(kind) for kind in ("added", "changed", "removed")}
        return found


def compare(before: Records, after: Records) -> tuple[Change, ...]:
    """Every row that differs, in the order of the sheets."""
    found: list[Change] = []
    for form in FORMS:
        old, new = before.get(form.id, {}), after.get(form.id, {})
        moved = _moved(old, new) if form.id == "staff" else {}
        was = {key: moved.get(key, key) for key in new}
        left = {*was.values()}
        found += [Change(form.id, was[key], old.get(was[key]), row) for key, row in new.items() if old.get(key) != row]
        found += [Change(form.id, key, row, None) for key, row in old.items() if key not in left]
    return tuple(found)


def _moved(old: Mapping[str, Record], new: Mapping[str, Record]) -> dict[str, str]:
    """The former key of every post that goes on as another one, by its new key."""
    gone = [row for key, row in old.items() if key not in new]
    come = [row for key, row in new.items() if key not in old]
    key_of = FORM["staff"].key_of
    return {key_of(after): key_of(before) for before, after in moves(gone, come)}


def merged(standing: Standing, given: Mapping[str, Mapping[str, Record]], today: str) -> Records:
    """The roster as it would be: a sheet that is given is the whole truth of it, another stays.

    What a sheet that stays says about somebody who leaves goes with them; what is over stays. Whoever loses the role
    that they are linked for is linked no more from this day on.
    """
    records = standing.records
    after = {form.id: dict(given[form.id] if form.id in given else records.get(form.id, {})) for form in FORMS}
    people = {row["id"] for row in after["cardholders"].values()}
    posts = {row["id"] for row in after["staff"].values()}
    ever = posts | standing.former
    for form_id in ("projects", "teams"):
        if form_id not in given:
            after[form_id] = {key: _without(row, people) for key, row in after[form_id].items()}
    if "links" not in given:
        links = after["links"].items()
        after["links"] = {key: row for key, row in links if _ends(row, after, ever if ended(row, today) else posts)}
        for key in roleless(after["links"], after["staff"], today):
            link = after["links"].pop(key)
            if link["since"] < today:
                after["links"][key] = {**link, "until": _day_before(today)}
    if "absences" not in given:
        after["absences"] = {key: row for key, row in after["absences"].items() if row["staff"] in ever}
    return after


def ended(link: Record, today: str) -> bool:
    """Whether a link is over: it may name somebody who has left."""
    return bool(link["until"]) and link["until"] < today


def roleless(links: Mapping[str, Record], posts: Mapping[str, Record], today: str) -> list[str]:
    """The keys of links, not over yet, of members of staff who have not, or not any more, the role that it takes."""
    held_by: dict[str, set[str]] = {}
    for row in posts.values():
        held_by.setdefault(row["id"], set()).add(row["role"])
    mine = {key: row for key, row in links.items() if row["staff"] in held_by and not ended(row, today)}
    return [key for key, row in mine.items() if ROLES[row["kind"]] not in (None, *held_by[row["staff"]])]


def _day_before(today: str) -> str:
    return (date.fromisoformat(today) - timedelta(days=1)).isoformat()


def _without(group: Record, people: set[str]) -> Record:
    members = [name for name in group["members"].split(",") if name in people]
    return {**group, "members": ",".join(members)}


def _ends(link: Record, after: Records, posts: set[str]) -> bool:
    return link["subject"] in after[SUBJECTS[link["kind"]]] and (not link["staff"] or link["staff"] in posts)


SUBJECTS = {"leader": "cardholders", "department": "projects", "run_team": "teams"}
ROLES = {"leader": "leader", "department": None, "run_team": "run_team"}
"""The role of whoever a link names, by its kind."""


def alone(before: Records, after: Records, today: str) -> Iterator[tuple[str, str]]:
    """Projects and teams nobody looks after today, and cardholders who had a leader and would have none."""
    had, have = held(before, today), held(after, today)
    for kind, sheet in SUBJECTS.items():
        for key in after[sheet]:
            if (kind, key) not in have and (kind != "leader" or (kind, key) in had):
                yield sheet, key


def unlinked(before: Records, after: Records, today: str) -> Iterator[tuple[str, str]]:
    """Whose links end because they lose the role, and whom or what these were about, by name."""
    names = {row["id"]: row["name"] for row in after["staff"].values()}
    for key in roleless(before["links"], after["staff"], today):
        row = before["links"][key]
        about = after[SUBJECTS[row["kind"]]].get(row["subject"])
        if about is not None:
            yield names[row["staff"]], about.get("name") or about["name_zh"]


def deputyless(records: Records) -> list[Record]:
    """The heads who name no deputy, such as one whose deputy has left."""
    return [row for row in records["staff"].values() if row["role"] == "head" and not row["deputy"]]


def leaving(changes: Iterable[Change], today: str) -> tuple[list[str], set[str]]:
    """The keys of the posts that end, and the ids of whoever is away from this day on."""
    ending = [each.key for each in changes if each.sheet == "staff" and each.before and each.after is None]
    absent = [each.after for each in changes if each.sheet == "absences" and each.after]
    return ending, {row["staff"] for row in absent if row["first"] <= today <= row["last"]}


def held(records: Records, today: str) -> set[tuple[str, str]]:
    """What is looked after on a day: the kind of link and the id of its subject."""
    return {
        (row["kind"], row["subject"])
        for row in records.get("links", {}).values()
        if row["since"] <= today and (not row["until"] or today <= row["until"])
    }


def silent(after: Records, never_wrote: set[str]) -> tuple[str, ...]:
    """Contacts and staff who never pressed Start, by name: the service cannot write to them."""
    found = {row["id"]: row["name"] for row in after["staff"].values() if row["role"] != "leader"}
    return tuple(name for key, name in found.items() if key in never_wrote)


def from_plain(rows: Sequence[Sequence[Any]]) -> tuple[Change, ...]:
    """The changes again, as `to_plain` left them."""
    return tuple(Change(sheet, key, before, after) for sheet, key, before, after in rows if sheet in FORM)
