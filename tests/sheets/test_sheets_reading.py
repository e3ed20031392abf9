"""Files that office staff edit: what is taken, what is refused, and with which words."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from sheets import Bilingual, Day, Form, Id, SheetError, Text, YesNo, parse, read
from words import Words

WORDS = Words.load()


class Item(Form):
    id: Id
    title: Bilingual
    kind: Literal["a", "b"] = "a"
    since: Day | None = None
    notes: list[Text] = Field(default_factory=list)
    size: int = Field(default=1, ge=1, le=9)
    open: YesNo = True


class Page(Form):
    items: list[Item]


GOOD = "items:\n- id: one\n  title:\n    zh: 你好\n    en: hello\n"


def keys(text: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(SheetError) as caught:
        parse(text, Page, name="page.yaml")
    for problem in caught.value.problems:
        for language in ("zh", "en"):
            assert problem.say(WORDS.speaker(language)).startswith("page.yaml")
    return [(problem.line, problem.entry, problem.key) for problem in caught.value.problems]


def test_what_people_type_stays_text() -> None:
    text = GOOD + "  notes:\n  - 否\n  - on\n  - 2026-01-01\n  - 62284804021234567890\n  - 0x1F\n  - 1_000\n  - ~\n"
    item = parse(text, Page, name="page.yaml").value.items[0]
    assert item.notes == ["否", "on", "2026-01-01", "62284804021234567890", "0x1F", "1_000", "~"]


@pytest.mark.parametrize(("typed", "meant"), [("是", True), ("否", False), ("yes", True), ("No", False), ("on", True)])
def test_yes_and_no_are_read_in_both_languages(typed: str, meant: bool) -> None:
    assert parse(GOOD + f"  open: {typed}\n", Page, name="page.yaml").value.items[0].open is meant


@pytest.mark.parametrize("typed", ["2026-01-05", "2026/1/5", "2026年1月5日", "2026.1.5", "'2026-01-05'"])
def test_a_day_may_be_written_in_the_usual_ways(typed: str) -> None:
    day = parse(GOOD + f"  since: {typed}\n", Page, name="page.yaml").value.items[0].since
    assert day is not None
    assert day.isoformat() == "2026-01-05"


@pytest.mark.parametrize(
    ("text", "line", "entry", "key"),
    [
        (GOOD + "- id: two\n  title:\n    zh：你好\n", 8, "two", "sheets.wide_colon"),
        (GOOD + "- id：two\n  title: x\n", 6, "", "sheets.wide_colon"),
        (GOOD + "- id: two\n  title:\n    zh:你好\n", 8, "two", "sheets.no_space"),
        ("items:\n\t- id: x\n", 2, "", "sheets.tab"),
        ("items:\n　　- id: x\n  - id: y\n", 2, "", "sheets.wide_space"),
        (GOOD + "  notes: [甲，乙]\n", 6, "one", "sheets.wide_comma"),
        (GOOD + "  notes: [甲, 乙\n", 6, "one", "sheets.open_bracket"),
        (GOOD + "  notes:\n  - “甲”\n", 7, "one", "sheets.wide_quote"),
        (GOOD + '- id: "two\n  title: x\n', 6, "", "sheets.open_quote"),
        (GOOD + '  notes:\n  - "甲" 乙\n', 7, "one", "sheets.after_quote"),
        (GOOD + "  notes:\n  - @甲\n", 7, "one", "sheets.bad_start"),
        (GOOD + "  size: a: b\n", 6, "one", "sheets.colon_inside"),
        (GOOD + "   size: 2\n", 6, "one", "sheets.syntax"),
        (GOOD + "  id: two\n", 6, "one", "sheets.twice"),
        (GOOD + "- *two\n", 6, "", "sheets.alias"),
        (GOOD + "- &two x\n", 6, "", "sheets.anchor"),
        (GOOD + "- !!python/object:os.system x\n", 6, "", "sheets.tag"),
        (GOOD + "- <<: x\n", 6, "", "sheets.merge"),
        (GOOD + "- [a]: x\n", 6, "", "sheets.odd_key"),
        (GOOD + "---\n" + GOOD, 6, "", "sheets.second_document"),
        ("%YAML 1.1\n---\n" + GOOD, 1, "", "sheets.directive"),
        ("[" * 5000, 1, "", "sheets.too_deep"),
        (GOOD + "  notes:\n", 6, "one", "sheets.nothing_written"),
        (GOOD + "  size: 十\n", 6, "one", "sheets.want_number"),
        (GOOD + "  size: 0\n", 6, "one", "sheets.too_small"),
        (GOOD + "  size: 10\n", 6, "one", "sheets.too_big"),
        (GOOD + "  kind: c\n", 6, "one", "sheets.not_one_of"),
        (GOOD + "  open: 也许\n", 6, "one", "sheets.want_yes_no"),
        (GOOD + "  since: 2026-02-30\n", 6, "one", "sheets.want_date"),
        (GOOD + "  since: 1770000000\n", 6, "one", "sheets.want_date"),
        (GOOD + "  notes: 甲\n", 6, "one", "sheets.want_list"),
        (GOOD + "  notes:\n  - [甲]\n", 7, "one", "sheets.want_text"),
        (GOOD + "  sise: 2\n", 6, "one", "sheets.unknown_field_meant"),
        (GOOD + "  颜色: 红\n", 6, "one", "sheets.unknown_field"),
        ("items:\n- title: {zh: a, en: b}\n", 2, "", "sheets.missing"),
        ("items:\n- id: 甲\n  title: {zh: a, en: b}\n", 2, "甲", "sheets.want_pattern"),
        ("", 0, "", "sheets.empty"),
        ("# 只有注释\n", 0, "", "sheets.empty"),
        (GOOD + "\x07", 6, "", "sheets.strange_character"),
        (GOOD.encode("gbk"), 4, "", "sheets.other_encoding"),
        (GOOD.encode("utf-16"), 0, "", "sheets.other_encoding"),
        (GOOD.encode() + b"\xff\xff", 6, "", "sheets.broken_encoding"),
        ("a" * 200_000, 0, "", "sheets.too_large"),
        ("items: [" + "a, " * 40_001 + "a]", 1, "", "sheets.too_many"),
    ],
)
def test_a_slip_is_told_with_line_entry_and_mend(text: str | bytes, line: int, entry: str, key: str) -> None:
    assert (line, entry, key) in keys(text)


def test_all_slips_of_a_file_are_told_at_once_in_the_order_of_lines() -> None:
    found = keys(GOOD + "  size: 0\n  kind: c\n- id: two\n  title: {zh: x}\n")
    assert [key for _, _, key in found] == ["sheets.too_small", "sheets.not_one_of", "sheets.missing"]


def test_invisible_characters_from_web_pages_are_dropped() -> None:
    text = "\ufeff" + GOOD.replace("你好", "你\u200b好\u202e")
    assert parse(text, Page, name="page.yaml").value.items[0].title.zh == "你好"


def test_windows_line_ends_are_read() -> None:
    assert parse(GOOD.replace("\n", "\r\n"), Page, name="page.yaml").value.items[0].title.en == "hello"


def test_old_line_ends_and_a_bracket_open_to_the_end_are_told_on_their_line() -> None:
    assert keys((GOOD + "  notes: [甲\r\r").replace("\n", "\r")) == [(6, "one", "sheets.open_bracket")]


def test_a_file_is_read_from_disk_as_one_block_or_as_many(tmp_path: Path) -> None:
    page, several = tmp_path / "page.yaml", tmp_path / "items.yaml"
    page.write_text(GOOD, "utf-8")
    several.write_text(GOOD.removeprefix("items:\n"), "utf-8")
    assert read(page, Page).items == read(several, Item, many=True)
    with pytest.raises(SheetError, match=r"sheets\.no_file"):
        read(tmp_path / "gone.yaml", Page)


def test_the_caller_can_place_a_problem_of_its_own() -> None:
    sheet = parse(GOOD, Page, name="page.yaml")
    problem = sheet.problem(("items", 0, "title", "en"), "sheets.other", field="en", reason="…")
    assert (problem.line, problem.entry) == (5, "one")


def test_a_bilingual_text_falls_back_to_chinese() -> None:
    text = Bilingual(zh="你好", en="hello")
    assert [text.of("zh"), text.of("en"), text.of("fr")] == ["你好", "hello", "你好"]
