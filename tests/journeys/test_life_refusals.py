"""Every act in every status by everybody: what is not offered is refused with a sentence and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from databases import SPOKEN
from district import District
from filed import files

from desk import standing
from desk.deed import Deed
from desk.desk import Desk
from desk.rules.life import Act, Status
from desk.steps import step_of
from handlers import settle
from handlers.do import STEPS

pytestmark = SPOKEN

ACTS = tuple(act for act in Act if f"act.{act.value}" in STEPS)
PEOPLE = ("talent", "liaison", "admin", "department", "run_team")
"""The cardholder, the owner, the dispatcher who is an admin, and two strangers to the matter."""

ROAD: dict[Status, Sequence[tuple[str, Act]]] = {
    Status.DISPATCHED: (),
    Status.ACCEPTED: (("liaison", Act.ACCEPT),),
    Status.WAITING: (("liaison", Act.ACCEPT), ("liaison", Act.ASK)),
    Status.RETURNED: (("liaison", Act.RETURN),),
    Status.DELIVERED: (("liaison", Act.ACCEPT), ("liaison", Act.DELIVER)),
    Status.CLOSED: (("liaison", Act.ACCEPT), ("liaison", Act.DELIVER), ("talent", Act.CONFIRM)),
    Status.WITHDRAWN: (("talent", Act.WITHDRAW),),
}


async def walk(district: District, matter_id: int, road: Sequence[tuple[str, Act]]) -> None:
    """Bring the matter along this road."""
    services = district.parts.services
    for who, act in road:
        async with district.parts.database.write() as tx:
            desk = Desk(tx, services.house, district.clock.now())
            person = await desk.people.of_account(district.sandbox.people[who].id)
            matter = await desk.views.matter(matter_id)
            assert person is not None
            assert matter is not None
            await desk.matters.act(matter, act, person, standing.roles(person, matter), Deed("理由", rating=5))
            await settle.settle_desk(desk, services)
        await district.settles()


async def offered(district: District, matter_id: int, who: str) -> frozenset[Act]:
    """What this person may do now."""
    async with district.parts.database.read() as tx:
        desk = Desk(tx, district.parts.services.house, district.clock.now())
        person = await desk.people.of_account(district.sandbox.people[who].id)
        matter = await desk.views.matter(matter_id)
        assert person is not None
        assert matter is not None
        roles = standing.roles(person, matter)
        found = standing.offers(matter, roles, desk.house, desk.now, step_of(person, matter))
        return frozenset(found) - ({Act.SAY} if not roles else set())


async def history(district: District, matter_id: int) -> list[Act]:
    async with district.parts.database.read() as tx:
        found = await Desk(tx, district.parts.services.house, district.clock.now()).views.history(
            matter_id, with_internal=True
        )
    return [each.act for each in found]


@pytest.mark.parametrize("status", ROAD, ids=lambda status: status.value)
async def test_what_is_not_theirs_or_not_now_is_refused_with_a_sentence(district: District, status: Status) -> None:
    matter = await files(district)
    await walk(district, matter.id, ROAD[status])
    before = await history(district, matter.id)
    for who in PEOPLE:
        phone = district.sandbox.people[who]
        refused = [act for act in ACTS if act not in await offered(district, matter.id, who)]
        said = len(phone.toasts)
        for act in refused:
            token = district.parts.services.tokens.seal(phone.id, f"act.{act.value}", matter.id)
            await phone.presses_data(token, phone.last)
        await district.settles()
        await district.sandbox.until(lambda: len(phone.toasts) == said + len(refused))  # noqa: B023
        assert all(phone.toasts[said:]), f"{who} got silence for one of {refused}"
    assert await history(district, matter.id) == before


async def test_every_act_that_a_card_offers_has_a_step_and_a_name(district: District) -> None:
    say = district.parts.services.words.speaker("zh")
    named = {act for act in Act if say.has(f"do.{act.value}")}
    assert named == set(ACTS)
