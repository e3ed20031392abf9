"""Editing in the chat: the file keeps its comments and order, and the preview tells what would come of it."""

import difflib
from datetime import date

import pytest

from faq import Book
from faq.edit import (
    Edited,
    EditRefused,
    add_avoid,
    add_off_topic,
    add_phrasing,
    change_answer,
    change_dates,
    new_entry,
    preview,
    remove_phrasing,
    replace_file,
)
from words import Words

TODAY = date(2026, 11, 24)
PAGE = """# 住房主题
topic: housing
title: {zh: 住房, en: Housing}   # 标题
entries:
# 第一条
- id: flat
  title: {zh: 人才公寓, en: Flats}
  ask:
    zh:
    - 人才公寓怎么申请   # 常问
    - "公寓，怎么住"
    en: [about flats]

  answer:
    zh: |
      第一行
      第二行
    en: one line
  office: talent-office
  source:
    title: {zh: 报道, en: article}
    number: 0123
  review_by: 2027-06-30   # 每年
  category: housing

# 第二条
- id: loan
  title: {zh: 贷款, en: Loans}
  ask: {zh: [贷款怎么办], en: [about loans]}
  answer: {zh: 答, en: a}
  office: talent-office
  source: {title: {zh: 报道, en: article}}
  review_by: 2027-06-30
  category: loan
"""
BOOK = Book.of({"housing.yaml": PAGE.encode()}, today=TODAY)


def difference(edited: Edited) -> list[str]:
    """Lines gone and come; the edited files must make a book."""
    assert preview(BOOK, edited, today=TODAY).book is not None
    lines = difflib.ndiff(PAGE.splitlines(), edited.text.splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("edited", "lines"),
    [
        (add_phrasing(BOOK, "flat", "有没得，房子住", "zh"), ['+     - "有没得，房子住"']),
        (add_avoid(BOOK, "flat", "停车费", "zh"), ["+   avoid:", "+     zh:", "+     - 停车费"]),
        (change_answer(BOOK, "flat", "on", "en"), ["-     en: one line", "+     en: on"]),
        (change_answer(BOOK, "flat", "第一行\n换了", "zh"), ["-       第二行", "+       换了"]),
        (change_dates(BOOK, "flat", expires=date(2027, 1, 1)), ["+   expires: 2027-01-01"]),
        (remove_phrasing(BOOK, "flat", "公寓，怎么住", "zh"), ['-     - "公寓，怎么住"']),
    ],
)
def test_an_edit_touches_its_own_lines_only(edited: Edited, lines: list[str]) -> None:
    assert difference(edited) == lines


def test_a_phrasing_joins_a_list_written_in_brackets() -> None:
    edited = add_phrasing(BOOK, "loan", "娃儿，要借钱: 咋办", "zh")
    after = preview(BOOK, edited, today=TODAY).book
    assert after is not None
    loan = after.entry("loan")
    assert loan is not None
    assert loan.ask.zh == ["贷款怎么办", "娃儿，要借钱: 咋办"]


@pytest.mark.parametrize(
    "text", ["是", "on", "2026-01-01", "“引号”", "a: b", "# 井号", "- 横线", "@x", "100%", "'", '"', "[x]", "~"]
)
def test_any_text_comes_back_as_it_was_typed(text: str) -> None:
    for name in ("flat", "loan"):
        after = preview(BOOK, change_answer(BOOK, name, text, "zh"), today=TODAY).book
        assert after is not None
        entry = after.entry(name)
        assert entry is not None
        assert entry.answer.zh == text


def test_an_off_topic_line_is_taught_and_makes_the_file_if_there_is_none() -> None:
    once = preview(BOOK, add_off_topic(BOOK, "今天天气怎么样", "zh"), today=TODAY).book
    assert once is not None
    twice = preview(once, add_off_topic(once, "play a song", "en"), today=TODAY).book
    assert twice is not None
    assert twice.content.off_topic.known.all() == ["今天天气怎么样", "play a song"]


def test_a_new_entry_stands_at_the_end_of_its_topic() -> None:
    fields = {
        "category": "other",
        "id": "card",
        "title": {"zh": "英才卡", "en": "The card"},
        "ask": {"zh": ["英才卡怎么办"], "en": ["about the card"]},
        "answer": {"zh": "第一行\n第二行", "en": "answer"},
        "office": "talent-office",
        "source": {"title": {"zh": "报道", "en": "article"}},
        "review_by": date(2027, 6, 30),
    }
    shown = preview(
        BOOK, new_entry(BOOK, "housing", fields), [("英才卡怎么办", "zh"), ("贷款怎么办", "zh")], today=TODAY
    )
    assert shown.book is not None
    assert [entry.id for entry in shown.book.entries] == ["flat", "loan", "card"]
    assert [change.saying.key for change in shown.changes] == ["faqbook.added"]
    assert [(turn.text, turn.after.ids) for turn in shown.turned] == [("英才卡怎么办", ("card",))]


def test_the_preview_tells_in_words_what_changed() -> None:
    shown = preview(BOOK, change_answer(BOOK, "flat", "新的答复", "zh"), today=TODAY)
    assert len(shown.changes) == 1
    for language in ("zh", "en"):
        assert "新的答复" in Words.load().speaker(language).saying(shown.changes[0].saying, html=False)


def test_a_file_sent_back_with_a_mistake_is_refused_with_its_problems() -> None:
    shown = preview(BOOK, replace_file(BOOK, "housing.yaml", PAGE.replace("office:", "ofice:").encode()), today=TODAY)
    assert shown.book is None
    assert {problem.key for problem in shown.problems} == {"sheets.unknown_field_meant", "sheets.missing"}


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        (lambda: add_phrasing(BOOK, "gone", "x", "zh"), "faqbook.no_entry"),
        (lambda: add_phrasing(BOOK, "loan", "贷款怎么办", "zh"), "faqbook.already_there"),
        (lambda: remove_phrasing(BOOK, "loan", "没有这句", "zh"), "faqbook.not_there"),
        (lambda: new_entry(BOOK, "gone", {"id": "x"}), "faqbook.no_topic"),
        (lambda: new_entry(BOOK, "housing", {"id": "loan"}), "faqbook.already_there"),
    ],
)
def test_a_senseless_edit_is_refused_in_words(edit: object, key: str) -> None:
    assert callable(edit)
    with pytest.raises(EditRefused) as caught:
        edit()
    assert caught.value.saying.key == key
    assert Words.load().speaker("zh").saying(caught.value.saying)
