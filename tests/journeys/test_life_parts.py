"""Parts of a matter that other departments do: taken, late, finished, asked about, and in whose hands they are."""

from __future__ import annotations

from colleagues import joins
from district import District
from filed import files
from taps import tap


async def test_parts_of_other_departments_are_taken_finished_and_asked_about(district: District) -> None:
    talent, department = district.talent, district.department
    part = await joins(district, "yin_zi")  # the investment department has a part of every award
    await files(district, category="award", concern="project")
    await part.hears("EY-2026-000001")
    card = await department.hears("招商引资主管部门")
    assert "还没接" in card.text
    await tap(district, department, "接单", "送单")
    await department.hears("还有单位的部分没办好")
    await tap(district, department, "等一等")
    take = next(b["callback_data"] for row in part.last.inline for b in row if "接下我们的部分" in b["text"])
    await tap(district, part, "接下我们的部分")
    await department.hears("接下了他们单位的部分")
    await part.presses_data(take, part.last)
    await district.settles()
    assert part.toasts[-1].startswith("您在 ")
    await tap(district, part, "我们的部分办好了")
    await part.says("投资额已核实")
    done = await department.hears("那部分办好了")
    assert "投资额已核实" in done.text
    assert not any("投资额已核实" in message.text and "💬" in message.text for message in talent.messages)
    await tap(district, department, "送单")
    await department.says("奖补已拨付")
    await talent.hears("您说了算")
    await part.hears("牵头单位已送单")


async def test_a_part_that_nobody_of_its_department_can_take_says_whose_hands_it_is_in(district: District) -> None:
    await files(district, category="award", concern="project")
    assert "招商引资主管部门由区人才工作办公室周安代办（还没接）" in (await district.talent.hears("👤")).text


async def test_a_further_department_speaks_by_its_own_name_and_hears_the_answer(district: District) -> None:
    talent, department = district.talent, district.department
    part = await joins(district, "yin_zi")
    await files(district, category="award", concern="project")
    await tap(district, part, "接下我们的部分", "留言")
    await part.says("投资额是多少？")
    asked = await talent.hears("投资额是多少")
    assert "招商引资主管部门尹资" in asked.text
    await talent.says("八百万", reply_to=asked)
    assert "杨帆" in (await part.hears("八百万")).text
    await department.hears("八百万")
    await tap(district, part, "我们的部分办好了")
    await part.says("核实了")
    await talent.says("还有别的吗", reply_to=asked)
    await department.hears("还有别的吗")
    await district.settles()
    assert not any(message.text.startswith("💬") and "还有别的吗" in message.text for message in part.messages)


async def test_a_part_that_is_late_is_told_to_its_head_and_the_lead(district: District) -> None:
    part = await joins(district, "yin_zi")
    head = await joins(district, "zhao_shang")
    await files(district, category="award", concern="project")
    await tap(district, district.department, "接单")
    await district.passes(days=9)
    await part.hears("你们单位的部分快到期了")
    await head.hears("一个部分过期了")
    await district.department.hears("一个部分过期了")
