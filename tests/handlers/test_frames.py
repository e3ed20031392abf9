"""Text is cut and split as Telegram counts it, and never in the middle of a sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.names import plain_name
from handlers import frames
from sandbox.entities import HtmlReader, units

LETTERS = st.text(alphabet=st.sampled_from("好的。，a b\n😀👨‍👩‍👧é"), max_size=400)


@given(LETTERS, st.integers(min_value=8, max_value=60))
def test_pieces_fit_and_nothing_but_white_space_is_lost(text: str, room: int) -> None:
    pieces = frames.split(text, room, room)
    assert all(frames.units(piece) <= room for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(LETTERS, st.integers(min_value=20, max_value=60))
def test_a_cut_text_fits(text: str, room: int) -> None:
    assert frames.units(frames.cut(text, room)) <= room


def test_a_family_is_not_torn_apart() -> None:
    family = "👨\u200d👩\u200d👧"
    assert frames.split("一二三四五六" + family, 10, 10) == ["一二三四五六", family]


def test_a_piece_ends_with_a_sentence_where_one_is_near() -> None:
    assert frames.split("第一句话说完了。第二句", 9, 9) == ["第一句话说完了。", "第二句"]


def test_pages_keep_lines_whole_and_do_not_count_formatting() -> None:
    line = "<b>" + "字" * 30 + "</b>"
    assert frames.pages([line] * 3, 61, 61) == [f"{line}\n{line}", line]


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("杨帆", "杨帆"),
        ("\u202egnaw\u202c", "gnaw"),
        ("王\u200b\n小\tmin\x00g", "王 小 ming"),
        ("\u2066\u2069 ", ""),
        ("长" * 100, "长" * 64),
    ],
)
def test_a_name_is_one_plain_line(given_: str, shown: str) -> None:
    assert plain_name(given_) == shown


def test_html_of_any_length_becomes_messages_that_fit_and_stand() -> None:
    lines = ["<b>标题</b>", "<i>" + "斜\n" * 3000 + "</i>", "", "&lt;长&gt;" * 2000, "<b>完</b>"]
    found = frames.fitting("\n".join(lines))
    for part in found:
        plain, _entities = HtmlReader(part).read()
        assert 0 < units(plain) <= frames.MESSAGE
    told = "".join(frames.visible(part) for part in found)
    assert "".join(told.split()) == "".join(frames.visible("\n".join(lines)).split())
    assert found[0].startswith("标题")
    assert found[-1].endswith("<b>完</b>")
    assert frames.fitting("短") == ["短"]
