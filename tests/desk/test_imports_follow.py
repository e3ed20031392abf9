"""What a roster's file changes about posts, links and absences, and what is open goes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from rosters import ZH, Office, row_of
from sqlalchemy import select

from db.engine import Database
from db.schema.people import absences, persons, staff
from db.schema.queues import timers
from desk import standing
from desk.catalogue import Catalogue
from desk.deed import Deed
from desk.house import House
from desk.imports.forms import Record
from desk.imports.standing import Records
from desk.rates import By, Period, Scope
from desk.rules.life import Act, Status, allowed

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
async def office(seeded: Database, house: House) -> AsyncIterator[Office]:
    """The demo district, in one transaction."""
    async with seeded.write() as tx:
        yield Office(tx, house, NOW)


async def contacts(office: Office, key: str) -> list[tuple[str, str]]:
    desk = office.desk
    return [(each.kind, each.name) for each in await desk.roster.contacts_of(await office.person(key))]


async def away(office: Office, key: str) -> list[tuple[str, date]]:
    """The absences of somebody: the role of each post that is marked, and the first day."""
    query = select(staff.c.role, absences.c.first_day).join(staff, staff.c.id == absences.c.staff_id)
    query = query.join(persons, persons.c.id == staff.c.person_id).where(persons.c.key == key)
    rows = await office.tx.execute(query.order_by(absences.c.first_day, staff.c.id))
    return [(row.role, row.first_day) for row in rows]


async def reminded(office: Office) -> int:
    """How many are reminded on a morning that their card ends."""
    desk = office.desk
    await desk.keeping.renewals({})
    return len(desk.newsroom.notices)


async def test_whoever_gets_another_role_keeps_what_they_have_and_what_names_them(office: Office) -> None:
    await office.files("liang_chen")
    assert await office.owners() == ["ye_nan"]
    before = await office.person("ye_nan")

    def change(records: Records) -> None:
        row_of(records, "staff", id="ye_nan").update(role="handler", acts_for="")
        row_of(records, "staff", id="lu_ping")["acts_for"] = "leader_gu"

    granted = {(each.after or {})["id"]: each.fields for each in await office.imports(change)}
    assert granted == {"ye_nan": ["role", "acts_for"], "lu_ping": ["acts_for"]}
    after = await office.person("ye_nan")
    assert [(post.id, post.role) for post in after.posts] == [(before.posts[0].id, "handler")]
    assert await office.owners() == ["ye_nan"]
    await office.files("yang_fan")
    await office.desk.succession.out_of_reach(await office.person("he_qing"))
    assert await office.owners() == ["ye_nan", "ye_nan"]  # the deputy of he_qing still


async def test_a_leader_who_changes_office_keeps_their_cardholders(office: Office) -> None:
    granted = await office.imports(lambda r: row_of(r, "staff", id="leader_shi").update(office="talent_office"))
    assert [each.fields for each in granted] == [["office"]]
    assert ("leader", "石远") in await contacts(office, "yang_fan")
    await office.files("yang_fan")
    assert await office.owners() == ["he_qing"]


async def test_a_liaison_who_changes_office_keeps_what_they_have(office: Office) -> None:
    await office.files("yang_fan")
    await office.imports(lambda r: row_of(r, "staff", id="he_qing").update(office="talent_office"))
    await office.files("yang_fan", "medical")
    assert await office.owners() == ["he_qing", "he_qing"]


async def test_what_is_open_goes_along_to_the_other_office_of_whoever_has_it_and_what_is_closed_stays(
    office: Office,
) -> None:
    closed, open_, medical = [await office.files("yang_fan", each) for each in ("school", "school", "medical")]
    liaison, talent = await office.person("he_qing"), await office.person("yang_fan")
    for matter, acts in ((closed, (Act.ACCEPT, Act.DELIVER)), (open_, (Act.ACCEPT,))):
        for act in acts:
            matter = await office.does(matter, act, liaison, Deed("好"))
    await office.does(await office.sees(closed), Act.CONFIRM, talent, Deed(rating=5))
    accepted = await office.sees(open_)
    await office.imports(lambda r: row_of(r, "staff", id="he_qing").update(office="talent_office"))
    assert (await office.sees(closed)).office == "organisation"
    for matter, status in ((open_, Status.ACCEPTED), (medical, Status.DISPATCHED)):
        after = await office.sees(matter)
        assert (after.office, after.status, after.owner_id) == ("talent_office", status, matter.owner_id)
        assert ZH.plain(after.reason.key, **after.reason.values).endswith("；何青现在在区人才工作办公室，接着办")
        [*_, last] = await office.desk.views.history(matter.id)
        assert (last.act, last.facts) == (Act.MOVE, {"from_office": "organisation", "to_office": "talent_office"})
    after = await office.sees(open_)
    assert (after.accepted_at, after.since) == (accepted.accepted_at, accepted.since)
    counted = await office.desk.statistics.table(Scope(), By.OFFICE, Period.ALL)
    assert {line.key: line.rates.matters for line in counted.lines} == {"organisation": 1, "talent_office": 2}
    await office.desk.imports.undo(None)
    assert (await office.sees(open_)).office == "organisation"
    assert (await office.sees(open_)).reason == open_.reason


async def test_who_hears_of_a_matter_that_goes_along(office: Office) -> None:
    matter = await office.files("yang_fan")
    matter = await office.does(matter, Act.ACCEPT, liaison := await office.person("he_qing"))
    await office.does(matter, Act.EXTEND, liaison, Deed("等回函", until=matter.deliver_due + timedelta(days=1)))
    kept, _ = await office.reads(lambda r: row_of(r, "staff", id="he_qing").update(office="health"))
    desk = office.desk
    await desk.imports.apply(kept or 0, None)
    head = await office.person("an_ning")
    assert [(news.person_id, news.key) for news in desk.newsroom.news] == [
        (matter.person_id, "news.move_cardholder"),
        (head.id, "late.extension"),
    ]
    assert {who for _, who in desk.newsroom.cards_for} == {matter.person_id, liaison.id}
    after = await office.sees(matter)
    assert Act.GRANT in allowed(after.status, standing.roles(head, after), extension_asked=True)


async def test_a_departments_matters_stay_there_when_their_clerk_moves_to_another(office: Office) -> None:
    matter = await office.files("an_ke")
    assert await office.owners() == ["jiang_he"]
    await office.imports(lambda r: row_of(r, "staff", id="jiang_he").update(office="health", deputy="kang_le"))
    assert await office.owners() == ["qiu_shan"]
    found = await office.desk.views.matter(matter.id)
    assert found is not None
    assert found.reason.values["why"].key == "routing.other_post"
    posts = select(staff.c.office).join(persons).where(persons.c.key == "jiang_he", staff.c.active)
    assert list((await office.tx.execute(posts)).scalars()) == ["health"]
    deputy = staff.alias("deputy")
    stands_in = (
        select(deputy.c.active)
        .join(staff, staff.c.deputy_id == deputy.c.id)
        .join(persons, persons.c.id == staff.c.person_id)
    )
    named = await office.tx.scalar(stands_in.where(persons.c.key == "qiu_shan"))
    assert named is True  # their new post: the row of qiu_shan was not in the changes


@pytest.mark.parametrize(
    ("who", "subject", "said"),
    [("pao_kuai", "sail_team", "鲍快 → 启帆创业团队"), ("leader_shi", "yang_fan", "石远 → 杨帆")],
)
async def test_whoever_loses_the_role_on_the_staff_sheet_alone_is_linked_to_nobody_from_that_day_on(
    office: Office, who: str, subject: str, said: str
) -> None:
    def change(records: Records) -> None:
        row_of(records, "staff", id=who).update(role="editor")
        for row in records["staff"].values():
            if row["acts_for"] == who:
                row.update(acts_for="leader_gu")

    def link(records: Records) -> Record:
        return row_of(records, "links", subject=subject, staff=who)

    before = (await office.desk.imports.standing()).records
    matter = await office.files("yang_fan", concern="team" if who == "pao_kuai" else "person")
    told = await office.previews(change, ["staff"])
    assert [line for line in told if said in line and "从今天起结束" in line]
    await office.imports(change, ["staff"])
    after = (await office.desk.imports.standing()).records
    assert link(after) == {**link(before), "until": "2026-11-22"}
    assert not [name for kind, name in await contacts(office, "yang_fan") if said.startswith(name)]
    assert (await office.sees(matter)).owner_id not in [post.id for post in (await office.person(who)).posts]
    assert await office.reads(lambda _records: None) == (None, [])
    await office.desk.imports.undo(None)
    assert link((await office.desk.imports.standing()).records) == link(before)


async def test_a_link_that_had_not_begun_goes_with_the_role_it_takes(office: Office) -> None:
    def later(records: Records) -> None:
        row = row_of(records, "links", subject="sail_team")
        records["links"]["new"] = {**row, "subject": "seed_team", "since": "2026-12-01"}
        row_of(records, "links", subject="seed_team")["until"] = "2026-11-30"

    await office.imports(later)
    await office.imports(lambda r: row_of(r, "staff", id="pao_kuai").update(role="editor"), ["staff"])
    records = (await office.desk.imports.standing()).records
    theirs = [(row["since"], row["until"]) for row in records["links"].values() if row["staff"] == "pao_kuai"]
    assert theirs == [("2025-05-01", "2026-11-22")]


async def test_a_link_in_the_file_to_somebody_without_the_role_is_a_slip(office: Office) -> None:
    kept, slips = await office.reads(lambda r: row_of(r, "staff", id="pao_kuai").update(role="editor"))
    assert kept is None
    assert ["三个一" in slip and "pao_kuai" in slip for slip in slips] == [True]


async def test_a_promotion_can_be_taken_back(office: Office) -> None:
    before = (await office.desk.imports.standing()).records
    await office.files("yang_fan")
    await office.imports(lambda r: row_of(r, "staff", id="he_qing").update(role="handler", acts_for=""))
    await office.desk.imports.undo(None)
    assert (await office.desk.imports.standing()).records == before
    assert await office.owners() == ["he_qing"]


async def test_a_department_that_the_file_has_lost_does_not_break_the_contacts(office: Office) -> None:
    before = office.house.catalogue
    lost = Catalogue(before.categories, tuple(each for each in before.offices if each.id != "education"))
    office.house = House(lost, office.house.calendar, vault=office.house.vault)
    found = await contacts(office, "yang_fan")
    assert [kind for kind, _name in found] == ["leader", "run_team"]


async def test_an_absence_in_the_file_moves_what_is_open_at_once(office: Office) -> None:
    await office.files("yang_fan")
    row = {"staff": "he_qing", "first": "2026-11-23", "last": "2026-11-27", "deputy": "ye_nan"}
    await office.imports(lambda r: r["absences"].update(new=row))
    assert await office.owners() == ["ye_nan"]


async def test_an_absence_to_come_moves_what_is_open_on_its_first_day(office: Office) -> None:
    await office.files("yang_fan")
    row = {"staff": "he_qing", "first": "2026-12-14", "last": "2026-12-18", "deputy": "ye_nan"}
    await office.imports(lambda r: r["absences"].update(new=row))
    assert await office.owners() == ["he_qing"]
    [timer] = (await office.tx.execute(select(timers).where(timers.c.kind == "absence"))).all()
    assert timer.due_at == datetime(2026, 12, 13, 16, 1, tzinfo=UTC)
    later = Office(office.tx, office.house, datetime(2026, 12, 14, 2, 0, tzinfo=UTC))
    await later.desk.absences.begins(timer.body)
    assert await office.owners() == ["ye_nan"]


async def test_an_absence_that_is_over_moves_nothing(office: Office) -> None:
    await office.files("yang_fan")
    row = {"staff": "he_qing", "first": "2026-11-02", "last": "2026-11-06", "deputy": "ye_nan"}
    await office.imports(lambda r: r["absences"].update(new=row))
    assert await office.owners() == ["he_qing"]
    assert await away(office, "he_qing") == [("liaison", date(2026, 11, 2))]


async def test_somebody_with_two_posts_is_away_from_both_and_back_to_both(office: Office) -> None:
    row = {"staff": "zhou_an", "first": "2026-11-23", "last": "2026-11-27", "deputy": "tang_lin"}
    await office.imports(lambda r: r["absences"].update(new=row))
    assert await away(office, "zhou_an") == [("dispatcher", TODAY), ("admin", TODAY)]
    await office.imports(lambda r: r["absences"].pop("zhou_an|2026-11-23"))
    assert await away(office, "zhou_an") == []


async def test_an_absence_set_in_the_chat_is_taken_out_whole_by_the_file(office: Office) -> None:
    tang = await office.person("tang_lin")
    await office.desk.absences.leave(await office.person("zhou_an"), TODAY, date(2026, 11, 27), tang.posts[0].id)
    await office.imports(lambda r: r["absences"].pop("zhou_an|2026-11-23"))
    assert await away(office, "zhou_an") == []


async def test_a_new_post_of_somebody_away_is_away_as_well(office: Office) -> None:
    post = {"office": "run_team", "role": "editor", "deputy": "", "acts_for": ""}
    await office.imports(lambda r: r["staff"].update(new={**row_of(r, "staff", id="pao_wen"), **post}))
    assert await away(office, "pao_wen") == [("run_team", TODAY), ("editor", TODAY)]


async def test_a_link_that_begins_later_in_the_file_takes_what_is_open_along_on_that_day(office: Office) -> None:
    await office.files("yang_fan")

    def change(records: Records) -> None:
        row = row_of(records, "links", subject="yang_fan", kind="leader")
        records["links"]["new"] = {**row, "staff": "leader_gu", "since": "2026-12-01"}
        row["until"] = "2026-11-30"

    await office.imports(change)
    assert await office.owners() == ["he_qing"]
    [timer] = (await office.tx.execute(select(timers).where(timers.c.kind == "link"))).all()
    assert timer.due_at == datetime(2026, 11, 30, 16, 1, tzinfo=UTC)
    later = Office(office.tx, office.house, NOW + timedelta(days=8))
    await later.desk.links.begins(timer.body)
    assert await office.owners() == ["ye_nan"]


async def test_after_somebody_left_the_export_can_be_imported_as_it_is(office: Office) -> None:
    await office.desk.staffing.leaves(await office.person("pao_wen"))
    assert await office.reads(lambda _records: None) == (None, [])
    records = (await office.desk.imports.standing()).records
    assert not [row for row in records["staff"].values() if row["deputy"] == "pao_wen"]
    for sheet in ("staff", "links", "absences"):
        assert await office.reads(lambda _records: None, [sheet]) == (None, [])


async def test_a_head_whose_deputy_left_is_no_slip_of_the_file_and_the_preview_asks_for_a_deputy(
    office: Office,
) -> None:
    assert not [line for line in await office.previews(lambda _records: None) if "没有副手" in line]
    await office.desk.staffing.leaves(await office.person("song_yu"))  # the only deputy of the organisation department
    assert await office.reads(lambda _records: None) == (None, [])
    for sheets in ([], ["staff"], ["teams"]):
        assert [line for line in await office.previews(lambda _records: None, sheets) if "没有副手：区委组织部" in line]
    kept, _ = await office.reads(lambda r: row_of(r, "staff", id="fang_zheng").update(title_zh="处长"))
    assert kept is not None


async def test_a_file_that_takes_the_deputy_from_a_head_is_refused(office: Office) -> None:
    kept, slips = await office.reads(lambda r: row_of(r, "staff", id="fang_zheng").update(deputy=""))
    assert kept is None
    assert ["fang_zheng" in slip and "副手" in slip for slip in slips] == [True]


async def test_a_link_that_had_not_begun_goes_with_whoever_left(office: Office) -> None:
    def change(records: Records) -> None:
        for since in ("2026-11-23", "2026-12-01"):
            link = row_of(records, "links", subject="seed_team")
            records["links"][since] = {**link, "subject": "sail_team", "since": since}

    await office.imports(change)
    await office.desk.staffing.leaves(await office.person("pao_wen"))
    assert await office.reads(lambda _records: None) == (None, [])
    records = (await office.desk.imports.standing()).records
    theirs = [(row["since"], row["until"]) for row in records["links"].values() if row["staff"] == "pao_wen"]
    assert theirs == [("2026-01-01", "2026-11-22")]


async def test_a_link_in_force_cannot_name_somebody_who_left(office: Office) -> None:
    await office.desk.staffing.leaves(await office.person("pao_wen"))
    kept, slips = await office.reads(lambda r: row_of(r, "links", subject="seed_team").update(until=""))
    assert kept is None
    assert ["花名册里没有编号 pao_wen" in slip for slip in slips] == [True]


@pytest.mark.parametrize("written", ["DEMO-0007", "DEMO–0007", "demo0007", "ＤＥＭＯ－0007"])
async def test_a_card_with_a_long_dash_in_the_file_is_found_by_every_spelling(office: Office, written: str) -> None:
    await office.imports(lambda r: row_of(r, "cardholders", id="cen_yue").update(number="DEMO–00071"))
    found = await office.desk.accounts.holder(f"{written}1")
    assert found is not None
    assert found.name == "岑月"


async def test_one_card_number_in_two_spellings_is_a_slip(office: Office) -> None:
    kept, slips = await office.reads(lambda r: row_of(r, "cardholders", id="cen_yue").update(number="DEMO0001"))
    assert kept is None
    assert ["（卡号）：和第 2 行重复" in slip for slip in slips] == [True]


async def test_the_longest_name_of_a_tier_can_be_kept(office: Office) -> None:
    await office.imports(lambda r: row_of(r, "cardholders", id="cen_yue").update(tier="优" * 32))
    card = (await office.person("cen_yue")).card
    assert card is not None
    assert card.tier == "优" * 32


async def test_a_change_of_the_cardholders_row_does_not_remind_twice_of_the_same_last_day(office: Office) -> None:
    await office.imports(lambda r: row_of(r, "cardholders", id="yang_fan").update(valid_to="2026-12-10"))
    assert await reminded(office) == 1
    await office.imports(lambda r: row_of(r, "cardholders", id="yang_fan").update(phone="13922223333"))
    assert await reminded(office) == 0
    await office.imports(lambda r: row_of(r, "cardholders", id="yang_fan").update(valid_to="2026-12-20"))
    assert await reminded(office) == 1


async def test_two_cards_can_swap_their_numbers(office: Office) -> None:
    def change(records: Records) -> None:
        row_of(records, "cardholders", id="yang_fan")["number"] = "DEMO-0002"
        row_of(records, "cardholders", id="liang_chen")["number"] = "DEMO-0001"

    await office.imports(change)
    found = await office.desk.accounts.holder("DEMO-0001")
    assert found is not None
    assert found.name == "梁晨"


async def test_the_id_of_a_cardholder_cannot_be_given_to_somebody_on_the_staff_sheet(office: Office) -> None:
    def change(records: Records) -> None:
        clerk = row_of(records, "staff", id="song_yu")
        records["staff"]["new"] = {**clerk, "id": "yang_fan", "name": "新人", "phone": "13900000000"}

    kept, slips = await office.reads(change, ["staff"])
    assert kept is None
    assert ["编号 yang_fan 已是持卡人才" in slip for slip in slips] == [True]
    assert (await office.person("yang_fan")).name == "杨帆"


async def test_the_preview_says_whose_open_matters_go_into_other_hands(office: Office) -> None:
    for category in ("school", "medical"):
        await office.files("yang_fan", category)
    await office.files("hua_sheng")

    def change(records: Records) -> None:
        days = {"first": "2026-11-23", "last": "2026-11-27", "deputy": "qiu_shan"}
        records["absences"]["new"] = {"staff": "jiang_he", **days}
        del records["staff"][row_key(records, "he_qing")]
        row_of(records, "staff", id="ye_nan")["deputy"] = ""
        records["links"] = {key: row for key, row in records["links"].items() if row["staff"] != "he_qing"}

    (told,) = [line for line in await office.previews(change) if "在办" in line]
    assert "3 件" in told
    assert "何青 2 件" in told
    assert "江禾 1 件" in told
    assert not [line for line in await office.previews(lambda _records: None) if "在办" in line]


def row_key(records: Records, name: str) -> str:
    """The key of somebody's only post."""
    (key,) = [key for key, row in records["staff"].items() if row["id"] == name]
    return key
