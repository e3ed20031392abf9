"""The running bot's look at the folder: a good change is taken over, a bad one is told once, and nothing in between."""

from datetime import date
from pathlib import Path

from faq import Book
from faq.checks import notes
from faq.misses import group
from faq.watch import Broken, Fresh, Look, next_book

TODAY = date(2026, 11, 24)
ENTRY = """- id: {id}
  title: {{zh: {id}, en: {id}}}
  ask: {{zh: [{ask}], en: [about {id}]}}
  answer: {{zh: 答, en: a}}
  office: talent-office
  source: {{title: {{zh: 报道, en: article}}}}
  review_by: 2027-06-30
  category: other
"""
PAGE = (
    "topic: housing\ntitle: {zh: 住房, en: Housing}\nentries:\n"
    + ENTRY.format(id="flat", ask="人才公寓怎么申请")
    + ENTRY.format(id="loan", ask="贷款怎么办")
)


def start(folder: Path) -> tuple[Book, Look]:
    (folder / "housing.yaml").write_text(PAGE, "utf-8")
    look = Look.at(folder)
    return Book.of(look.files, today=TODAY), look


def test_nothing_changed_is_nothing_new(tmp_path: Path) -> None:
    book, look = start(tmp_path)
    assert Look.at(tmp_path, look) is look
    assert next_book(book, look, today=TODAY) is None


def test_a_saved_file_becomes_a_new_book_with_its_changes(tmp_path: Path) -> None:
    book, look = start(tmp_path)
    (tmp_path / "housing.yaml").write_text(PAGE.replace("贷款怎么办]", "贷款怎么办, 借钱找谁]"), "utf-8")
    step = next_book(book, Look.at(tmp_path, look), today=TODAY)
    assert isinstance(step, Fresh)
    assert [change.saying.values["text"] for change in step.changes] == ["借钱找谁"]
    assert step.book.version != book.version


def test_a_touched_file_with_the_same_content_is_nothing_new(tmp_path: Path) -> None:
    book, look = start(tmp_path)
    (tmp_path / "housing.yaml").write_text(PAGE, "utf-8")
    assert next_book(book, Look.at(tmp_path, look), today=TODAY) is None


def test_a_broken_file_leaves_the_old_book_and_names_the_state_it_complained_of(tmp_path: Path) -> None:
    book, look = start(tmp_path)
    (tmp_path / "housing.yaml").write_text(PAGE.replace("- id: loan", "- id：loan"), "utf-8")
    step = next_book(book, Look.at(tmp_path, look), today=TODAY)
    assert isinstance(step, Broken)
    assert [problem.key for problem in step.problems] == ["sheets.wide_colon"]
    assert book.match("贷款怎么办").ids == ("loan",)


def test_a_folder_that_is_gone_leaves_the_old_book(tmp_path: Path) -> None:
    book, _ = start(tmp_path)
    assert isinstance(next_book(book, Look.at(tmp_path / "gone"), today=TODAY), Broken)


def test_the_editor_is_told_of_likenesses_and_dates() -> None:
    page = PAGE.replace("贷款怎么办", "人才公寓怎么申请").replace("2027-06-30", "2026-12-01", 1)
    found = notes(Book.of({"housing.yaml": page.encode()}, today=TODAY))
    assert [(note.entry, note.key) for note in found] == [
        ("flat", "faqbook.few_tests"),
        ("flat", "faqbook.review_soon"),
        ("loan", "faqbook.few_tests"),
        ("loan", "faqbook.same_phrasing"),
    ]


def test_unanswered_questions_are_grouped_by_likeness() -> None:
    book = Book.of({"housing.yaml": PAGE.encode()}, today=TODAY)
    asked = ["停车费好多", "停车费多少", "请问停车费多少？", "今天天气怎么样", "明天天气怎么样", "停车费多少", "😂"]
    found = group(book, asked)
    assert [(one.example, one.count) for one in found] == [("停车费多少", 4), ("今天天气怎么样", 2)]
