"""An editor changes the FAQ in the chat: search, preview, publish, undo; nobody else can."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from databases import SPOKEN
from district import District
from small_book import HOUSING, SCHOOL
from sqlalchemy import update
from taps import tap
from test_faq_files import put

from bot import editing, library
from db.schema.people import staff
from sandbox import Message, Person

pytestmark = [pytest.mark.usefixtures("faq_folder"), SPOKEN]


async def says(district: District, person: Person, words: str) -> Message:
    await person.says(words)
    await district.settles()
    return person.last


async def proposes(district: District, words: str) -> Message:
    """Further phrasings that the admin sends for the school entry; the preview they get."""
    await says(district, district.admin, "/faq_admin 入学")
    await tap(district, district.admin, "子女入学", "加问法")
    return await says(district, district.admin, words)


async def speaks_english(district: District, person: Person) -> None:
    await says(district, person, "/language")
    await tap(district, person, "English")


async def test_an_answer_is_searched_changed_previewed_and_published(district: District, faq_folder: Path) -> None:
    admin, talent = district.admin, district.talent
    home = await says(district, admin, "/faq_admin")
    assert "2 个主题，3 条" in home.text
    found = await says(district, admin, "入学")
    assert found.buttons[0] == ["子女入学"]
    entry = await tap(district, admin, "子女入学")
    assert "school.yaml · school-enrol" in entry.text
    asked = await tap(district, admin, "改中文答复")
    assert "教育部门负责。**直接点下面的按钮**" in asked.text
    assert "1500" in asked.text
    preview = await says(district, admin, "由<教育>主管部门负责。\n- 先点按钮\n- 再等电话")
    assert "预览" in preview.text
    assert "➖ 教育部门负责。" in preview.text
    assert "➕ 由<教育>主管部门负责。" in preview.text
    assert "全部通过" in preview.text
    assert "教育部门负责" in (faq_folder / "school.yaml").read_text("utf-8")
    await tap(district, admin, "发布")
    await admin.hears("已发布")
    assert "由<教育>主管部门负责。" in (faq_folder / "school.yaml").read_text("utf-8")
    answer = await says(district, talent, "娃儿上学咋个办")
    assert "由<教育>主管部门负责。" in answer.text
    assert "• 先点按钮" in answer.text


async def test_a_phrasing_is_added_with_comments_kept_and_taken_away_again(
    district: District, faq_folder: Path
) -> None:
    admin, talent = district.admin, district.talent
    await says(district, talent, "772套那个房子怎么弄到手")
    await says(district, admin, "/faq_admin 人才公寓")
    await tap(district, admin, "怎么住进人才公寓", "加问法")
    preview = await says(district, admin, "772套那个房子怎么弄到手\nhow do I get one of the 772 flats")
    assert "多了一句问法：772套那个房子怎么弄到手" in preview.text
    assert "结果会变" in preview.text
    assert "说不知道 → 答复《怎么住进人才公寓》" in preview.text or "→ 答复《怎么住进人才公寓》" in preview.text
    await tap(district, admin, "发布")
    text = (faq_folder / "housing.yaml").read_text("utf-8")
    assert "- 有没得人才房   # 群众原话" in text
    assert "# 住房：人才公寓 · 改之前先看文件" in text
    assert "- how do I get one of the 772 flats" in text
    await says(district, admin, "/faq_admin 人才公寓")
    await tap(district, admin, "怎么住进人才公寓", "删问法", "➖ 772套")
    assert "少了一句问法：772套" in admin.last.text
    await tap(district, admin, "发布")
    assert "772套那个房子" not in (faq_folder / "housing.yaml").read_text("utf-8")


async def test_words_that_no_entry_could_mean_find_none_and_lead_to_a_new_one(district: District) -> None:
    admin = district.admin
    told = await says(district, admin, "/faq_admin 骑行道")
    assert "没找到与“骑行道”相近的条目" in told.text
    assert told.buttons == [["➕ 新增一条"]]
    assert "放在哪个主题下" in (await tap(district, admin, "新增一条")).text


async def test_too_long_an_answer_is_told_with_its_limit_and_nothing_happens(district: District) -> None:
    admin = district.admin
    await says(district, admin, "/faq_admin 入学")
    await tap(district, admin, "子女入学", "改英文答复")
    told = await says(district, admin, "long " * 400)
    assert "1999 字，最多 1500 字" in told.text
    preview = await says(district, admin, "The education department is in charge.")
    assert "➕ The education department is in charge." in preview.text
    dropped = await tap(district, admin, "放弃")
    assert not dropped.buttons
    assert district.parts.services.knowledge.book.entry("school-enrol").answer.en.startswith(
        "The education department is responsible"
    )


async def test_a_preview_is_stale_once_the_folder_has_changed_and_can_be_made_anew(
    district: District, faq_folder: Path
) -> None:
    admin = district.admin
    preview = await proposes(district, "哪里可以读小学")
    put(faq_folder / "school.yaml", "我来找人", "我来帮您找人")
    await admin.presses("发布", on=preview)
    await district.settles()
    await admin.hears("所以没有发布", after=preview)
    assert "哪里可以读小学" not in (faq_folder / "school.yaml").read_text("utf-8")
    again = await tap(district, admin, "再预览一次")
    await tap(district, admin, "发布")
    await admin.hears("已发布", after=again)
    text = (faq_folder / "school.yaml").read_text("utf-8")
    assert "哪里可以读小学" in text
    assert "我来帮您找人" in text


async def test_of_two_previews_of_one_state_the_first_published_wins(district: District, faq_folder: Path) -> None:
    admin = district.admin
    previews = [await proposes(district, words) for words in ("哪里可以读小学", "哪里可以读初中")]
    for preview in previews:
        await admin.presses("发布", on=preview)
    await district.settles()
    await admin.hears("已发布")
    await admin.hears("所以没有发布")
    text = (faq_folder / "school.yaml").read_text("utf-8")
    assert "哪里可以读小学" in text
    assert "哪里可以读初中" not in text


async def test_an_edit_whose_file_was_written_before_the_power_failed_is_still_published(
    district: District, faq_folder: Path
) -> None:
    admin = district.admin
    preview = await proposes(district, "哪里可以读小学")
    put(faq_folder / "school.yaml", "幼儿园入学]", "幼儿园入学, 哪里可以读小学]")
    await admin.presses("发布", on=preview)
    await district.settles()
    await admin.hears("已发布")
    assert not admin.sees("所以没有发布")


async def test_a_new_entry_is_written_in_the_chat_and_keeps_what_was_written_in_one_language(
    district: District, faq_folder: Path
) -> None:
    admin = district.admin
    await says(district, admin, "/faq_admin")
    await tap(district, admin, "新增一条", "子女入学")
    await says(district, admin, "校车怎么坐\nSchool buses")
    await says(district, admin, "校车几点来\n校车在哪里上")
    assert "记下了：\n校车几点来\n校车在哪里上" in admin.last.text
    await says(district, admin, "When does the school bus come?")
    await says(district, admin, "校车时刻以学校公布的为准。")
    await says(district, admin, "The school publishes when its buses run.")
    await tap(district, admin, "教育主管部门", "子女入学")
    await says(district, admin, "学校通知\nNotice of the school")
    preview = await admin.hears("预览（还没有生效）")
    for said in ("校车时刻以学校公布的为准。", "The school publishes when its buses run.", "学校通知", "校车几点来"):
        assert f"➕ {said}" in preview.text  # whoever has to say yes reads all of it
    await tap(district, admin, "发布")
    written = (faq_folder / "school.yaml").read_text("utf-8")
    assert all(line in written for line in ("校车几点来", "校车在哪里上", "When does the school bus come?"))


async def test_pressing_publish_twice_publishes_once(district: District) -> None:
    admin = district.admin
    preview = await proposes(district, "哪里可以读小学")
    token = next(button["callback_data"] for row in preview.inline for button in row if "发布" in button["text"])
    await admin.presses_data(token, preview)
    await admin.presses_data(token, preview)
    await district.settles()
    assert len([message for message in admin.messages if "已发布" in message.text]) == 1
    assert "这个预览已经处理过了。" in admin.toasts


async def test_undo_goes_back_to_any_version_and_says_who_made_which(district: District, faq_folder: Path) -> None:
    admin = district.admin
    await proposes(district, "哪里可以读小学")
    await tap(district, admin, "发布")
    (faq_folder / "housing.yaml").unlink()
    await district.settles()
    await admin.hears("删除“怎么住进人才公寓”")
    await says(district, admin, "/faq_admin")
    history = await tap(district, admin, "历史版本")
    labels = [row[0] for row in history.buttons[:3]]
    assert "文件夹 · 2 处改动" in labels[0]
    assert "周安 · 1 处改动" in labels[1]
    await tap(district, admin, labels[2])
    preview = await admin.hears("预览", after=history)
    assert "新增“怎么住进人才公寓”" in preview.text
    assert "少了一句问法：哪里可以读小学" in preview.text
    await tap(district, admin, "发布")
    assert (faq_folder / "housing.yaml").read_text("utf-8") == HOUSING
    assert (faq_folder / "school.yaml").read_text("utf-8") == SCHOOL


async def test_a_new_entry_by_the_short_form_in_english(district: District, faq_folder: Path) -> None:
    admin, guest = district.admin, district.guest
    await speaks_english(district, admin)
    await says(district, admin, "/faq_admin")
    await tap(district, admin, "New entry")
    await tap(district, admin, "School")
    await says(district, admin, "only one line")
    assert "Exactly two lines" in admin.last.text
    await says(district, admin, "午托服务\nLunch care")
    await says(district, admin, "中午哪个管娃儿\n- 午托班怎么报名")
    assert "At least one in each language" in admin.last.text
    await says(district, admin, "中午哪个管娃儿\n午托班怎么报名\nWho looks after pupils at noon?")
    await says(district, admin, "学校管。\n具体以学校通知为准。")
    await says(district, admin, "The school does: see its notice.")
    await tap(district, admin, "Education")
    await tap(district, admin, "chool")
    preview = await says(district, admin, "学校通知\nThe school's notice\n恩教〔2026〕1号")
    assert "Lunch care" in preview.text
    await tap(district, admin, "Publish")
    await admin.hears("Published")
    assert "id: lunch-care" in (faq_folder / "school.yaml").read_text("utf-8")
    await guest.start()
    await district.settles()
    answer = await says(district, guest, "Who looks after pupils at noon?")
    assert "The school does: see its notice." in answer.text
    assert "The school's notice · 恩教〔2026〕1号" in answer.text


async def test_who_is_no_editor_meets_an_unknown_command_and_dead_buttons(district: District) -> None:
    admin, talent = district.admin, district.talent
    unknown = await says(district, talent, "/no_such_command")
    for command in ("/faq_admin", "/try 娃儿上学"):
        assert (await says(district, talent, command)).text in (unknown.text, talent.last.text)
        assert "编辑问答库" not in talent.last.text
        assert "把握" not in talent.last.text
    assert "faq_admin" not in talent.commands
    preview = await proposes(district, "哪里可以读小学")
    async with district.parts.database.write() as tx:
        await tx.execute(update(staff).where(staff.c.role == "admin").values(role="auditor"))
    await admin.presses("发布", on=preview)
    await district.settles()
    assert not admin.sees("已发布")
    assert "哪里可以读小学" not in district.parts.services.knowledge.book.entry("school-enrol").ask.zh


async def test_try_shows_three_entries_scores_and_which_channel_spoke(district: District) -> None:
    admin = district.admin
    shown = await says(district, admin, "/try 娃娃上学咋个办")
    assert "答复《子女入学》" in shown.text
    assert "1. 子女入学 · 9" in shown.text
    assert "最像的问法：" in shown.text
    assert "主要靠" in shown.text
    assert "总的把握 9" in shown.text
    assert "版本" not in shown.text  # a hash tells an editor nothing
    await speaks_english(district, admin)
    shown = await says(district, admin, "/try quantum gravity")
    assert "says it does not know" in shown.text
    assert "Usage" in (await says(district, admin, "/try")).text


async def test_an_answer_cites_number_and_date_and_an_expired_one_says_so(district: District) -> None:
    talent = district.talent
    answer = await says(district, talent, "人才公寓怎么申请")
    assert "区委组织部署名文章 · 恩委办〔2026〕12号 · 2026-05-01" in answer.text
    expired = await says(district, talent, "公寓租金怎么减免")
    assert "前三年免租" in expired.text
    assert expired.text != answer.text
    assert "有效期" in expired.text or "过期" in expired.text
    assert any("帮我办" in label for row in expired.buttons for label in row)


async def test_reading_and_writing_a_book_never_holds_the_event_loop(
    district: District, faq_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = district.admin
    seen: dict[str, set[int]] = {}

    def noted(name: str, does: Any) -> Any:
        def run(*given: Any, **named: Any) -> Any:
            seen.setdefault(name, set()).add(threading.get_ident())
            return does(*given, **named)

        return run

    for home, name in ((editing, "edited"), (library, "preview"), (library, "write_files"), (library, "next_book")):
        monkeypatch.setattr(home, name, noted(name, getattr(home, name)))
    put(faq_folder / "school.yaml", "教育部门负责。", "由教育主管部门负责。")
    await district.settles()
    await admin.hears("已生效")
    await says(district, admin, "/faq_admin")
    await says(district, admin, "入学")
    await tap(district, admin, "子女入学", "改中文答复")
    await says(district, admin, "教育部门接着办。")
    await tap(district, admin, "发布")
    await admin.hears("已发布")
    assert seen.keys() == {"edited", "preview", "write_files", "next_book"}
    assert not any(threading.get_ident() in threads for threads in seen.values())
