"""The acts after filing, in English from end to end."""

from __future__ import annotations

from colleagues import joins
from databases import SPOKEN
from district import District
from filed import files
from taps import tap

from sandbox import Person

pytestmark = SPOKEN


async def speak_english(district: District, *people: Person) -> None:
    for person in people:
        await person.says("/language")
        await tap(district, person, "English")


async def test_more_time_other_hands_and_a_second_opening_in_english(district: District) -> None:
    talent, department = district.talent, district.department
    head = await joins(district, "qiu_shan")
    await speak_english(district, talent, department, head)
    await files(district, category="school", concern="project")
    await tap(district, department, "Accept", "Ask for more time")
    await department.hears("Until which day?")
    await department.says("2026-12-04")
    await department.hears("why do you need more time?")
    await department.says("The school board meets first")
    asked = await head.hears("asks for more time")
    assert "The school board meets first" in asked.text
    await tap(district, head, "Grant more time")
    assert "4 Dec" in (await talent.hears("needs more time")).text
    await tap(district, department, "Hand over", "A colleague here", "邱山")
    await department.says("I am travelling")
    await head.hears("handed to 邱山 of Education department")
    await tap(district, head, "Accept", "Ask for papers")
    await head.says("School report")
    assert "☐ School report" not in (await talent.hears("needs papers from you")).text  # nothing ticked
    await talent.says("/do 1 supply It is attached to the form")
    await head.hears("the papers are here")
    await tap(district, head, "Deliver")
    await head.says("Enrolled")
    await tap(district, talent, "Solved", "4★")
    await head.hears("was rated 4")
    await tap(district, talent, "Reopen")
    await talent.says("The school changed its mind")
    await talent.hears("one level up")


async def test_being_away_and_filing_for_a_cardholder_in_english(district: District) -> None:
    liaison, deputy, talent = district.liaison, await joins(district, "ye_nan"), district.talent
    await speak_english(district, liaison, deputy, talent)
    await files(district)
    await liaison.says("/away until Friday, 叶南 stands in")
    await tap(district, liaison, "Right")
    await liaison.hears("1 matter went there")
    assert "何青 is away until" in (await deputy.hears("EY-2026-000001")).text
    await talent.hears("was handed to Organisation department")
    await liaison.says("/away")
    await tap(district, liaison, "I am back")
    await liaison.hears("Welcome back")
    await deputy.says("/behalf DEMO-0003")
    await tap(district, deputy, "苏木")
    await deputy.hears("Filling in for 苏木")


async def test_parts_refusals_and_groups_in_english(district: District) -> None:
    department, talent = district.department, district.talent
    part = await joins(district, "yin_zi")
    await speak_english(district, department, talent, part)
    await files(district, category="award", concern="project")
    await tap(district, department, "Accept", "Deliver")
    await department.hears("Parts of other departments are still open")
    await tap(district, part, "Take our part", "Our part is done")
    await part.says("Checked")
    await department.hears("finished their part")
    await talent.says("/do EY-2026-000001 accept")
    await talent.hears("not yours")
    group = district.sandbox.add_group("Sail", [talent], admin=False)
    await talent.says("EY-2026-000001?", chat=group.id)
    await district.settles()
    assert "accepted, solved by" in group.messages[-1].text
