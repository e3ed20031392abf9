"""Who may do what, against tables that a civil servant could check; a new act, power or part has to be entered here.

The tables are written by hand and know nothing of the rules: they say what the district expects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from desk.rules.authority import EVERYBODY, POWERS, READING, Actor, Part, Power, Verdict, Wish, can, holders
from desk.rules.life import Act, Role, Status

WHO = [
    "guest",
    "cardholder",
    "leader",
    "liaison",
    "head",
    "handler",
    "run_team",
    "dispatcher",
    "editor",
    "admin",
    "auditor",
]
MEANING = {"y": Verdict.YES, ".": Verdict.UNKNOWN, "o": Verdict.NOT_YOURS, "c": Verdict.NO_CARD}

POWER_TABLE = """
                    gue car lea lia hea han run dis edi adm aud
hello                y   y   y   y   y   y   y   y   y   y   y
ask                  y   y   y   y   y   y   y   y   y   y   y
agree                y   y   y   y   y   y   y   y   y   y   y
own_data             y   y   y   y   y   y   y   y   y   y   y
bind                 y   y   y   y   y   y   y   y   y   y   y
see_card             y   y   y   y   y   y   y   y   y   y   y
see_contacts         y   y   y   y   y   y   y   y   y   y   y
my_matters           y   y   y   y   y   y   y   y   y   y   y
fill_in              y   y   y   y   y   y   y   y   y   y   y
act_by_typing        y   y   y   y   y   y   y   y   y   y   y
subscribe            y   y   y   y   y   y   y   y   y   y   y
keep_card            .   y   .   .   .   .   .   .   .   .   .
new_matter           c   y   c   c   c   c   c   c   c   c   c
inbox                .   .   y   y   y   y   y   y   y   y   y
away                 .   .   y   y   y   y   y   y   y   y   y
visits               .   .   y   y   y   y   y   y   y   y   y
behalf               .   .   y   y   y   y   y   y   o   y   o
stats                .   .   o   o   y   o   o   o   o   y   y
dry_run              .   .   o   o   o   o   o   y   o   y   o
approve_binding      .   .   .   .   .   .   .   y   .   y   .
edit_faq             .   .   .   .   .   .   .   .   y   y   .
invite               .   .   .   .   .   .   .   .   .   y   .
end_post             .   .   .   .   .   .   .   .   .   y   .
import_roster        .   .   .   .   .   .   .   .   .   y   .
export_roster        .   .   .   .   .   .   .   .   .   y   .
announce             .   .   .   .   .   .   .   y   .   y   .
be_second            .   .   .   .   .   .   .   y   y   y   .
second_faq           .   .   .   .   .   .   .   .   y   y   .
second_roles         .   .   .   .   .   .   .   .   .   y   .
second_export        .   .   .   .   .   .   .   .   .   y   .
second_announce      .   .   .   .   .   .   .   y   .   y   .
read_audit           .   .   .   .   .   .   .   .   .   .   y
"""
"""y: may · .: as if there were no such thing · o: hears that it is somebody else's · c: hears that it takes a card."""

MATTER_TABLE = """
                    cardholder owner     co_handler supervisor dispatcher admin
prepare             -          -         -          -          -          -
file                D          -         -          -          -          -
dispatch            -          R         -          -          FR         FR
accept              -          SR        -          -          R          -
deliver             -          AWV       -          -          -          -
step_take           -          -         FSAWR      -          -          -
step_done           -          -         FSAWR      -          -          -
ask                 -          AW        -          -          -          -
supply              W          W         -          -          W          -
return              -          SA        -          -          -          -
transfer            -          SAW       -          SAW        SAW        SAWRV
move                -          -         -          -          -          -
extend              -          A         -          -          -          -
grant               -          -         -          AW         AW         -
refuse_extension    -          -         -          AW         AW         -
confirm             V          -         -          -          -          -
dispute             V          -         -          -          -          -
rate                C          -         -          -          -          -
say                 FSAWRVC    FSAWRVC   FSAWRVC    -          FSAWRVC    -
note                -          FSAWRVCX  FSAWRVCX   FSAWRVCX   FSAWRVCX   FSAWRVCX
urge                FSAR       -         -          -          -          -
withdraw            DFSAWR     -         -          -          -          -
reopen              C          -         -          -          -          -
escalate            -          -         -          -          FSAWR      -
lapse               -          -         -          -          -          -
read_matter         *          *         *          *          *          *
read_files          *          *         *          *          *          *
read_notes          never      *         *          *          *          *
"""
"""In which stages somebody may, by what they are to the matter. D draft, F filed, S sent (派单), A accepted, W waiting,
R returned, V delivered (送单), C closed, X withdrawn, * any. `never`: whatever else they are besides."""

LETTERS = {"D": Status.DRAFT, "F": Status.FILED, "S": Status.DISPATCHED, "A": Status.ACCEPTED, "W": Status.WAITING}
LETTERS |= {"R": Status.RETURNED, "V": Status.DELIVERED, "C": Status.CLOSED, "X": Status.WITHDRAWN}
ONLY_WHEN_ASKED, NOT_WHEN_ASKED = {"grant", "refuse_extension"}, {"extend"}

RELATIONS = {
    "a stranger": set(),
    "whose it is": {"cardholder"},
    "holds it": {"owner"},
    "acts for who holds it": {"owner"},
    "holds a part": {"co_handler"},
    "in its office": set(),
    "holds it and asked for more time": {"owner"},
    "whose it is and holds it": {"cardholder", "owner"},
}
BY_POST = {"dispatcher": {"dispatcher"}, "admin": {"admin"}}
NEED_A_POST = {"holds it", "acts for who holds it", "holds a part", "in its office"} | {
    "holds it and asked for more time",
    "whose it is and holds it",
}

ME, SOMEBODY, MY_POST, MY_LEADER, OTHER_POST = 7, 8, 70, 71, 80


@dataclass(frozen=True)
class Post:
    id: int
    office: str
    role: str
    acts_for: int | None = None


@dataclass(frozen=True)
class Step:
    staff_id: int


@dataclass(frozen=True)
class More:
    by: int


@dataclass(frozen=True)
class Thing:
    person_id: int
    owner_id: int
    office: str
    status: Status
    extension: More | None = None
    steps: tuple[Step, ...] = ()


def rows(table: str) -> dict[str, list[str]]:
    lines = [line.split() for line in table.strip().splitlines()[1:]]
    return {name: cells for name, *cells in lines}


def actor(part: str, relation: str = "a stranger") -> Actor:
    if part in ("guest", "cardholder"):
        return Actor(ME, "valid" if part == "cardholder" else "none")
    office = "housing" if relation == "in its office" else "health"
    return Actor(ME, "none", (Post(MY_POST, office, part, MY_LEADER if "acts for" in relation else None),))


def thing(relation: str, status: Status, asked: bool) -> Thing:
    owner = {"acts for who holds it": MY_LEADER}.get(relation, MY_POST if "holds it" in relation else OTHER_POST)
    more = More(ME if "asked for" in relation else SOMEBODY) if asked else None
    steps = (Step(MY_POST),) if relation == "holds a part" else ()
    return Thing(ME if "whose it is" in relation else SOMEBODY, owner, "housing", status, more, steps)


def roles_expected(part: str, relation: str, asked: bool) -> set[str]:
    found = set(RELATIONS[relation]) | BY_POST.get(part, set())
    if part == "head" and relation == "in its office":
        found.add("supervisor")
    if asked and "asked for" in relation:
        found -= {"dispatcher", "supervisor"}
    return found


def expected(act: str, roles: set[str], status: Status, asked: bool) -> Verdict:
    if not roles:
        return Verdict.UNKNOWN
    columns = dict(zip(MATTER_TABLE.split("\n")[1].split(), rows(MATTER_TABLE)[act], strict=True))
    mine = [columns[role] for role in roles]
    if "never" in mine or all(cell == "-" for cell in mine):
        return Verdict.NOT_YOURS
    fits = asked if act in ONLY_WHEN_ASKED else not asked if act in NOT_WHEN_ASKED else True
    now = any(cell == "*" or status in {LETTERS[letter] for letter in cell if letter in LETTERS} for cell in mine)
    return Verdict.YES if now and fits else Verdict.NOT_NOW


def cases() -> Iterator[tuple[str, str, str, Status, bool]]:
    acts = [act.value for act in (*Act, *READING)]
    for part, relation, act, status, asked in product(Part, RELATIONS, acts, Status, (False, True)):
        if part not in (Part.GUEST, Part.CARDHOLDER) or relation not in NEED_A_POST:
            yield part.value, relation, act, status, asked


def test_the_tables_name_every_part_power_act_and_role() -> None:
    assert [name[:3] for name in WHO] == POWER_TABLE.split("\n")[1].split()
    assert set(rows(POWER_TABLE)) == {power.value for power in Power if power not in READING} == set(POWERS)
    assert set(rows(MATTER_TABLE)) == {act.value for act in (*Act, *READING)}
    assert set(MATTER_TABLE.split("\n")[1].split()) == {role.value for role in Role} - {"clock"}


def test_every_power_of_every_part_is_as_the_table_says() -> None:
    wrong = [
        (name, part, said)
        for name, cells in rows(POWER_TABLE).items()
        for part, cell in zip(WHO, cells, strict=True)
        if (said := can(actor(part), Power(name))) is not MEANING[cell]
    ]
    assert wrong == []


def test_every_act_on_a_matter_by_everybody_in_every_stage_is_as_the_table_says() -> None:
    tried, wrong = 0, []
    for part, relation, act, status, asked in cases():
        wish = Act(act) if act in {each.value for each in Act} else Power(act)
        said = can(actor(part, relation), wish, thing(relation, status, asked))
        wanted = expected(act, roles_expected(part, relation, asked), status, asked)
        tried += 1
        if said is not wanted:
            wrong.append((part, relation, act, status.value, asked, said, wanted))
    assert wrong == []
    assert tried >= len(Act) * len(Status) * 2 * (9 * len(RELATIONS) + 2 * 2)


@pytest.mark.parametrize("state", ["lost", "revoked", "expired", "not_begun"])
def test_a_card_that_is_not_valid_files_nothing_new_and_its_holder_stays_one(state: str) -> None:
    holder = Actor(ME, state)
    assert can(holder, Power.NEW_MATTER) is Verdict.NO_CARD
    assert can(holder, Power.KEEP_CARD) is Verdict.YES
    assert can(holder, Act.SAY, thing("whose it is", Status.ACCEPTED, asked=False)) is Verdict.YES


def test_nobody_seconds_their_own_wish() -> None:
    kinds = [power for power, rule in POWERS.items() if rule.others]
    assert {power.value for power in kinds} >= {"second_faq", "second_roles", "second_export", "second_announce"}
    for power in kinds:
        for part in holders(power):
            assert can(actor(part), power, Wish(ME)) is Verdict.NOT_YOURS
            assert can(actor(part), power, Wish(SOMEBODY)) is Verdict.YES


def test_an_act_on_a_matter_without_the_matter_is_nobodys() -> None:
    for part, act in product(EVERYBODY, (*Act, *READING)):
        assert can(actor(part.value), act) is Verdict.UNKNOWN
