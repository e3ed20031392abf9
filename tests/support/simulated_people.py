"""The people of a simulated district: forty staff in every office, and as many cardholders as are wanted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from desk.catalogue import Catalogue
from desk.rosterforms import RosterFile

ROSTER_DAY = date(2026, 11, 2)
LEADERS, RUNNERS = 3, 5
NAMES = "安白柏岑常陈程初邓丁范方冯高葛耿龚顾关郭韩何贺洪侯胡华黄江姜蒋"


@dataclass(frozen=True)
class Staffed:
    """Who is who: the keys of phones, and the rows they became. `ordinary` are those who may be away or leave."""

    cardholders: tuple[str, ...]
    staff: tuple[str, ...]
    ordinary: tuple[str, ...]
    id_of: Mapping[str, int]
    key_of: Mapping[int, str]

    @classmethod
    def of(cls, roster: RosterFile, ids: Mapping[str, int]) -> Staffed:
        """From the roster and the ids of its rows."""
        phones = [entry for entry in roster.staff if entry.chat]
        steady = {"talent_office"}
        return cls(
            tuple(entry.id for entry in roster.cardholders),
            tuple(entry.id for entry in phones),
            tuple(entry.id for entry in phones if not steady & {post.office for post in entry.posts}),
            ids,
            {number: key for key, number in ids.items()},
        )


def a_roster(cardholders: int, catalogue: Catalogue, rng: random.Random) -> RosterFile:
    """A head and a clerk in every office, leaders with their liaisons, run-team members, and the three ones."""
    staff: list[dict[str, Any]] = []
    for office in (each.id for each in catalogue.offices):
        head, clerk = f"head_{office}", f"clerk_{office}"
        second = "dispatcher" if office == "talent_office" else "handler"
        staff.append(_person(head, [{"office": office, "role": "head", "deputy": clerk}]))
        posts = [{"office": office, "role": second, "deputy": head}]
        if office == "talent_office":
            posts.append({"office": office, "role": "admin"})
        staff.append(_person(clerk, posts))
    for n in range(LEADERS):
        staff.append(_person(f"leader_{n}", [{"office": "organisation", "role": "leader"}], chat=False))
        stand_in = f"liaison_{(n + 1) % LEADERS}"
        post = {"office": "organisation", "role": "liaison", "acts_for": f"leader_{n}", "deputy": stand_in}
        staff.append(_person(f"liaison_{n}", [post]))
    for n in range(RUNNERS):
        post = {"office": "run_team", "role": "run_team", "deputy": f"runner_{(n + 1) % RUNNERS}"}
        staff.append(_person(f"runner_{n}", [post]))
    holders = [f"talent_{n}" for n in range(cardholders)]
    return RosterFile.model_validate(
        {
            "staff": staff,
            "cardholders": [_holder(key, n) for n, key in enumerate(holders)],
            **_groups(holders, catalogue, rng),
        }
    )


def _groups(holders: list[str], catalogue: Catalogue, rng: random.Random) -> dict[str, Any]:
    count = max(len(holders) // 10, 1)
    projects = [
        {"id": f"project_{n}", "name": _name("项目", n), "members": rng.sample(holders, 3)} for n in range(count)
    ]
    teams = [{"id": f"team_{n}", "name": _name("团队", n), "members": rng.sample(holders, 3)} for n in range(count)]
    offices = [each.id for each in catalogue.offices]
    since = ROSTER_DAY.replace(year=2025)
    return {
        "projects": projects,
        "teams": teams,
        "links": {
            "leader": [
                {"cardholder": key, "staff": f"leader_{n % LEADERS}", "since": since}
                for n, key in enumerate(holders)
                if n % 3 == 0
            ],
            "department": [{"project": each["id"], "office": rng.choice(offices), "since": since} for each in projects],
            "run_team": [
                {"team": each["id"], "staff": f"runner_{n % RUNNERS}", "since": since} for n, each in enumerate(teams)
            ],
        },
    }


def _person(key: str, posts: list[dict[str, Any]], *, chat: bool = True) -> dict[str, Any]:
    name = NAMES[sum(map(ord, key)) % len(NAMES)] + "同志"
    return {"id": key, "name": name, "posts": posts, **({"chat": key} if chat else {})}


def _holder(key: str, n: int) -> dict[str, Any]:
    card = {"number": f"EYYC-{n:04d}", "tier": "B", "valid_from": ROSTER_DAY.replace(year=2025)}
    return {"id": key, "name": f"{NAMES[n % len(NAMES)]}才{n}", "chat": key, "card": card}


def _name(what: str, n: int) -> dict[str, str]:
    return {"zh": f"{what}{n}号", "en": f"{what} {n}"}
