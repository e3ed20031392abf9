"""A cardholder asks, files a key small matter, and the right contact gets it, handles it and hears how it was."""

from __future__ import annotations

from pathlib import Path

from databases import SPOKEN
from district import PHOTO, District, open_district
from filed import files
from room_clock import RoomClock
from taps import tap

from sandbox import Person, Sandbox


async def files_a_school_matter(district: District, talent: Person) -> str:
    """From a question to a number."""
    await talent.says("娃儿上学咋个办")
    await talent.hears("来源")
    await talent.presses("帮我办这件事")
    await talent.hears("办事前")
    await talent.presses("同意，继续")
    await talent.hears("点一个按钮")
    await talent.presses("小学")
    await talent.hears("新入学还是转学")
    await talent.presses("转学")
    await talent.hears("什么时候入学")
    await talent.says("3月1日")
    await talent.hears("情况")
    assert "来源" in "".join(message.text for message in talent.messages)  # the answer stays to be read
    await talent.says("住在登科街道，想就近")
    await talent.hears("有材料就发")
    await talent.sends_photo(PHOTO)
    await talent.hears("已收到 1 份材料")
    await talent.presses("材料发完了")
    review = await talent.hears("没错就提交")
    assert "住在登科街道，想就近" in review.text
    await talent.presses("提交")
    card = await talent.hears("EY-2026-000001")
    await district.settles()
    return card.text


async def test_a_question_becomes_a_matter_that_is_handled_confirmed_and_rated(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    card = await files_a_school_matter(district, talent)
    assert "何青" in card
    assert "石远" in card
    assert "11月30日" in card

    theirs = await liaison.hears("EY-2026-000001")
    assert "持卡人：杨帆" in theirs.text
    assert "材料 1 份" in theirs.text
    await liaison.presses("接单")
    await talent.hears("接单了")
    await district.settles()
    assert "🔵接单" in (await talent.hears("👤")).text  # the one card, edited in place

    await liaison.presses("请补材料")
    await liaison.hears("要补哪些材料")
    await liaison.says("请补一份居住证明")
    await talent.hears("需要您补材料")
    await talent.presses("补材料")
    await talent.hears("请发材料")
    await talent.sends_document(b"%PDF-1.7", "居住证明.pdf")
    await liaison.hears("材料补来了")

    await liaison.presses("送单")
    await liaison.hears("办理结果是什么")
    await liaison.says("已联系学校，3月1日报到")
    await talent.hears("办好了吗")
    await talent.presses("办好了")
    await talent.hears("1 分最差")
    await talent.presses("5★")
    await liaison.hears("持卡人确认办好了")
    await liaison.hears("评分：5")
    await district.settles()
    assert "已办结" in (await talent.hears("👤")).text


async def test_one_card_per_matter_and_person_is_edited_in_place(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files_a_school_matter(district, talent)
    await liaison.presses("接单")
    await district.settles()
    cards = [message for message in talent.messages if "点单 →" in message.text]
    assert len(cards) == 1
    assert cards[0].edited


async def test_what_nobody_can_answer_is_offered_as_a_matter_with_the_words_carried_over(district: District) -> None:
    talent = district.talent
    await talent.says("我的档案柜钥匙断在锁里了")
    offer = await talent.hears("没有现成的答案")
    assert not any("档案柜" in label for row in offer.buttons for label in row)
    await tap(district, talent, "交给负责的人办", "同意，继续")
    which = await talent.hears("要办哪一类事")
    assert "我的档案柜钥匙断在锁里了" in which.text


async def test_a_project_matter_goes_to_the_department_paired_with_it(district: District) -> None:
    talent, department = district.talent, district.department
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "政策兑现", "智慧课堂")
    await fills_in_whatever_is_asked(district, talent)
    await tap(district, talent, "提交")
    card = await department.hears("EY-2026-000001")
    assert "智慧课堂终端" in card.text
    assert "对口联系" in card.text


async def test_a_team_matter_goes_to_the_run_team_member_who_follows_it(district: District) -> None:
    talent, runner = district.talent, district.run_team
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "贷款", "启帆创业团队")
    await fills_in_whatever_is_asked(district, talent)
    await tap(district, talent, "提交")
    card = await runner.hears("EY-2026-000001")
    assert "跟踪服务" in card.text


async def test_every_step_can_be_taken_back_and_the_form_put_away(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "上一步")
    assert "您上次填的：小学" in talent.last.text
    await tap(district, talent, "初中", "转学")
    await talent.says("/cancel")
    await talent.hears("已放下")
    await talent.says("/my")
    await talent.hears("您还没有事项")


async def test_a_policy_question_in_the_middle_is_answered_and_the_form_goes_on(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学")
    await talent.says("我想住人才公寓，找哪个")
    await talent.hears("772")
    await talent.hears("新入学还是转学", after=talent.messages[-2])


async def test_a_wrong_kind_of_answer_is_told_what_is_wanted_and_nothing_is_lost(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "转学")
    await talent.says("等桃花开了")
    await talent.hears("没看懂日期")
    await talent.says("2027-03-01")
    await talent.hears("还有什么情况")


@SPOKEN
async def test_a_date_without_its_year_is_the_last_such_where_the_question_looks_back(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "政策兑现", "智慧课堂")
    while "什么时候申请" not in talent.last.text:
        await (
            tap(district, talent, talent.last.buttons[0][0]) if len(talent.last.buttons) > 1 else talent.says("奖补")
        )
        await district.settles()
    assert "去年9月" in talent.last.text
    await talent.says("明天")
    await talent.hears("这个日子还没到")
    await talent.says("8月3日")
    await tap(district, talent, "先不发")
    assert "2026年8月3日" in (await talent.hears("没错就提交")).text


async def test_an_album_is_one_answer_and_every_picture_is_kept(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "转学", "跳过", "跳过")
    before = len(talent.messages)
    await talent.sends_album([PHOTO, PHOTO, PHOTO])
    await district.settles()
    await district.passes(seconds=2)
    answers = [message for message in talent.messages[before:] if message.from_bot]
    assert [message.text.split("\n\n")[1] for message in answers] == ["已收到 3 份材料。还有就继续发。"]


async def test_the_draft_survives_a_restart(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    async with open_district(tmp_path, database_url, sandbox, clock) as district:
        await district.talent.start()
        await district.talent.says("/new")
        await tap(district, district.talent, "同意，继续", "子女入学", "小学")
    await sandbox.people["talent"].presses("转学")  # while nobody is there
    async with open_district(tmp_path, database_url, sandbox, clock) as district:
        await district.talent.hears("什么时候入学")


async def test_a_return_goes_to_the_talent_office_which_sends_it_on_while_the_clock_runs(district: District) -> None:
    talent, liaison, admin, department = district.talent, district.liaison, district.admin, district.department
    await files_a_school_matter(district, talent)
    await tap(district, liaison, "不归我办")
    await liaison.says("入学归教育部门")
    await talent.hears("正在重新派单，您的期限不变")
    await district.settles()
    assert "11月30日" in (await talent.hears("👤")).text
    await tap(district, admin, "派给一个单位", "教育主管部门")
    await department.hears("EY-2026-000001")
    await tap(district, department, "接单")
    await talent.hears("教育主管部门江禾来办")


async def test_not_solved_goes_one_level_up(district: District) -> None:
    talent, department, liaison = district.talent, district.department, district.liaison
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "政策兑现", "智慧课堂")
    await fills_in_whatever_is_asked(district, talent)
    await tap(district, talent, "提交")
    await tap(district, department, "接单", "送单", "现在送单")
    await department.says("已经办了")
    await talent.hears("您说了算")
    await tap(district, talent, "没有解决")
    await talent.says("钱还没到账")
    await talent.hears("升一级")
    await department.hears("持卡人说没有解决")
    card = await liaison.hears("EY-2026-000001")
    assert "升一级" in card.text


async def test_a_second_press_says_who_did_it_before(district: District) -> None:
    talent, liaison = district.talent, district.liaison
    await files_a_school_matter(district, talent)
    card = liaison.last
    accept = next(b["callback_data"] for row in card.inline for b in row if "接单" in b["text"])
    await liaison.presses_data(accept, card)
    await district.settles()
    await liaison.presses_data(accept, card)
    await district.settles()
    assert liaison.toasts[-1].startswith("您在 ")  # who did it, and to oneself not by name


async def test_a_button_of_somebody_else_does_nothing(district: District) -> None:
    talent, liaison, department = district.talent, district.liaison, district.department
    await files_a_school_matter(district, talent)
    stolen = next(b["callback_data"] for row in liaison.last.inline for b in row if "接单" in b["text"])
    await department.presses_data(stolen, department.last)
    await district.settles()
    assert "失效" in department.toasts[-1]
    assert "接单了" not in talent.last.text


async def test_english_all_the_way(district: District) -> None:
    guest = district.guest
    await guest.start()
    await guest.hears("I am the desk of the Enyang talent card")
    await guest.says("/new")
    await guest.hears("valid talent card is needed")
    talent = district.talent
    await talent.says("/language")
    await tap(district, talent, "English")
    await talent.says("/new")
    await tap(district, talent, "I agree", "School for children", "Primary school", "Change of school", "Skip", "Skip")
    await tap(district, talent, "No papers", "Submit")
    card = await talent.hears("EY-2026-000001")
    assert "solved by Mon 30 Nov" in card.text


async def test_an_unhandled_deadline_is_reminded_and_raised(district: District) -> None:
    talent, liaison, admin = district.talent, district.liaison, district.admin
    await files_a_school_matter(district, talent)
    await district.passes(hours=2.5)
    await liaison.hears("还没接单")
    await district.passes(days=6)
    await admin.hears("过了接单期限")


async def fills_in_whatever_is_asked(district: District, person: Person) -> None:
    """Give the form what each step accepts, up to the review."""
    said = {"写数字": "50", "写日期": "明天", "电话": "13800000051"}
    while not person.last.text.startswith("请看一眼"):
        step = person.last
        labels = [label for row in step.buttons for label in row if "上一步" not in label and "不办了" not in label]
        if labels:
            await person.presses(
                next((each for each in labels if "跳过" in each or "先不发" in each), labels[0]), on=step
            )
        elif "发照片" in step.text:
            await person.sends_photo(PHOTO)
        else:
            await person.says(next((words for wanted, words in said.items() if wanted in step.text), "就是这样"))
        await district.settles()


async def test_a_phone_question_takes_the_persons_own_number_by_one_press(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "招人引才", "我本人")
    while "联系电话" not in talent.last.text:
        await talent.says("5" if "写数字" in talent.last.text else "工程师")
        await district.settles()
    assert "人才新政" not in "".join(message.text for message in talent.messages)  # a bare number is an answer
    await talent.presses("发我的号码")
    await talent.hears("有材料就发")
    await tap(district, talent, "先不发材料")
    assert "13800000051" in talent.last.text


async def test_captions_and_afterthoughts_go_along_and_an_old_skip_does_nothing(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "转学")
    old = next(b["callback_data"] for row in talent.last.inline for b in row if "跳过" in b["text"])
    asked = talent.last
    await tap(district, talent, "跳过")
    await talent.presses_data(old, asked)
    await district.settles()
    assert "已经过了" in talent.toasts[-1]
    await talent.sends_photo(PHOTO, caption="户口簿首页")
    await talent.hears("先收好了")
    await tap(district, talent, "跳过")
    await talent.says("娃儿对花生过敏")
    await talent.hears("会一起带上")
    await tap(district, talent, "材料发完了")
    assert "户口簿首页" in talent.last.text
    assert "娃儿对花生过敏" in talent.last.text


async def test_a_form_left_half_way_is_shown_in_my_matters_and_not_lost_to_another(district: District) -> None:
    talent = district.talent
    await talent.says("/new")
    await tap(district, talent, "同意，继续", "子女入学", "小学", "新入学")
    await talent.says("明年桃花开的时候")
    await talent.hears("没看懂日期")
    await talent.hears("什么时候入学", after=talent.messages[-2])  # asked again, so that it can be skipped from here
    await talent.says("明年9月")
    await talent.hears("还有什么情况")
    await talent.says("/my")
    assert "（5/6）" in (await talent.hears("还没提交的表")).text
    await talent.says("/new")
    await talent.hears("还没提交的表", after=talent.messages[-2])
    await tap(district, talent, "接着填", "跳过", "先不发材料")
    review = (await talent.hears("没错就提交")).text
    assert "2027年9月\n" in review  # a month stays a month
    assert "9月1日" not in review
    await talent.says("/new")
    await talent.hears("还没提交的表", after=talent.messages[-2])
    await tap(district, talent, "重新开始")
    await talent.hears("要办哪一类事")


async def test_a_clock_that_comes_late_asks_nobody_to_be_done_by_a_moment_that_is_over(district: District) -> None:
    liaison = district.liaison
    await files(district)
    await district.passes(days=4)
    await liaison.hears("已到期未办")
    assert not any("前请接单" in each.text for each in liaison.messages)
