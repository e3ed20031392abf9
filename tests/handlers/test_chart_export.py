"""Pictures without boxes and workbooks that run nothing."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.ft2font import FT2Font
from openpyxl import load_workbook

from desk.catalogue import Catalogue
from desk.rosterfile import DEMO
from desk.rosterfile import load as load_roster
from desk.vault import Vault
from handlers import export
from handlers.chart import FONT, LONGEST_LABEL, Bar, Block, Chart, draw, drawable
from handlers.makings import Makings
from words import Words

HOME = Path(__file__).parents[2]
GLYPHS = frozenset(FT2Font(str(FONT)).get_charmap())


def a_chart(label: str = "教育主管部门 · 3 件") -> Chart:
    bars = (Bar(1.0, "3/3"), Bar(0.5, "1/2"), Bar(None, ""))
    return Chart("三率 · 全区", "共收到 3 件", ("响应率", "解决率", "满意率"), bars, (Block(label, bars),))


def test_no_glyph_is_missing_for_what_the_service_itself_writes() -> None:
    catalogue = Catalogue.load(HOME / "desk" / "categories.yaml", HOME / "desk" / "offices.yaml")
    roster = load_roster(DEMO, catalogue)
    texts = [name for each in (*catalogue.offices, *catalogue.categories) for name in (each.name.zh, each.name.en)]
    texts += [person.name for person in (*roster.staff, *roster.cardholders)]
    for book in Words.load().catalogues.values():
        texts += [text for key, forms in book.texts.items() if key.startswith(("stats.", "format.")) for text in forms]
    emoji = set("📊🖼📄") | {"\n"}
    assert set("".join(texts)) - emoji - set(map(chr, GLYPHS)) == set()


@pytest.mark.filterwarnings("error")
@given(st.text(max_size=LONGEST_LABEL * 2))
@settings(max_examples=8, deadline=None)
def test_any_name_is_drawn_without_a_box(label: str) -> None:
    assert draw(a_chart(label)).startswith(b"\x89PNG")
    assert all(ord(letter) in GLYPHS for letter in drawable(label))


def test_a_character_the_font_lacks_is_spelt_in_pinyin() -> None:
    assert drawable("王㵘") == "王Man"
    assert drawable("a🙂b$x$") == "ab$x$"


def test_the_picture_is_as_wide_as_a_phone_and_within_what_telegram_takes() -> None:
    wide, high = size_of(draw(a_chart()))
    assert wide == 1080
    full = a_chart()
    _, high = size_of(draw(Chart(full.title, full.subtitle, full.names, full.total, full.blocks * 8)))
    assert wide + high < 10_000
    assert high / wide < 2.2


def test_a_chart_survives_the_outbox() -> None:
    assert Chart.from_plain(a_chart().to_plain()) == a_chart()


async def test_files_are_made_when_they_are_sent_and_other_parameters_stay() -> None:
    given = {"chat_id": 7, "photo": {"make": "chart", "of": a_chart().to_plain(), "name": "rates.png"}}
    ready = await Makings(Vault([b"k" * 32])).ready(given)
    assert ready["chat_id"] == 7
    assert ready["photo"]["name"] == "rates.png"
    assert ready["photo"]["base64"].startswith("iVBOR")


NASTY = (
    "=1+1",
    "+86 138",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "\x00\x07ok",
)


def test_no_cell_can_run() -> None:
    made = export.write({"a/b:c": [["head"], *([text] for text in NASTY)]})
    sheet = load_workbook(BytesIO(made)).worksheets[0]
    assert sheet.title == "a b c"
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type == "s"
            assert cell.quotePrefix
            assert isinstance(cell.value, str)
    assert sheet["A2"].value == "=1+1"
    assert sheet["A10"].value == "ok"
    with zipfile.ZipFile(BytesIO(made)) as parts:
        body = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in body
    assert b"<f " not in body


def size_of(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
