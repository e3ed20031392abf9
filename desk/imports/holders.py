"""Who looks after whom on a day, by the database's numbers: what tells whether an import changed a link in force."""

from __future__ import annotations

from desk.imports.standing import Standing
from desk.links import LinkEnd
from desk.rules.roster import LinkKind

Subject = tuple[LinkKind, int]


class Holders(dict[Subject, LinkEnd]):
    """The end of every link in force; `known` are the rows of everybody and everything there is."""

    def __init__(self, known: frozenset[int]) -> None:
        super().__init__()
        self.known = known


def holders(standing: Standing, today: str) -> Holders:
    """The links in force on this day; of two for one subject, the newest."""
    found = Holders(frozenset([*standing.persons.values(), *standing.groups.values()]))
    rows = sorted(standing.records["links"].items(), key=lambda item: item[1]["since"])
    for key, row in rows:
        if row["since"] <= today and (not row["until"] or today <= row["until"]) and key in standing.ends:
            subject, staff = standing.ends[key]
            found[LinkKind(row["kind"]), subject] = LinkEnd(staff, row["office"] or None)
    return found
