"""Whatever people write is text: 5,000 hostile strings through every frame of ours, judged by the sandbox's own parser.

No entity may come of a person's words, no sign of theirs may turn or break the frame, and every message fits.
"""

from __future__ import annotations

import html.parser
import io
import os
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hostile import hostile
from openpyxl import load_workbook

from bot.reading import read_house
from bot.settings import Settings
from desk.filing import Concern, Upload
from desk.matter import Extension, Happened, Matter
from desk.names import plain_name
from desk.news import News
from desk.people import Person
from desk.rules.hears import Urgency
from desk.rules.life import Act, Role, Status
from desk.rules.reasons import Name, because
from handlers import brief, cards, digest, export, frames, groups, privacy
from handlers.buttons import Button, Link, inline
from handlers.relay import Relay
from handlers.services import Services
from handlers.token import Tokens
from pages.shown import Line, Said, Shown
from pages.site import environment
from sandbox import markup
from sandbox.entities import HtmlReader, trimmed, units
from sandbox.refusals import Refusal
from words import LANGUAGES, Words, tidy

STRINGS = hostile(5000)
FULL = os.environ.get("DESK_DRILLS") == "full"
"""All of them through every frame, as `make drill` has it; else every fifth through the frames of messages."""
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
WORDS = Words.load()
TEMPLATES = environment()
FORMATTING = {"bold", "italic", "underline", "strikethrough", "spoiler", "text_link", "code", "pre", "blockquote"}
FORMATTING |= {"custom_emoji", "text_mention"}
OURS = re.compile(r"<(?:b|i|u|s|code|pre|blockquote)>")
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MOMENTS = {"at", "due", "by", "until", "accept", "deliver", "day", "from_", "to", "last", "opens", "since"}
OWNER, HOLDER = frozenset({Role.OWNER}), frozenset({Role.CARDHOLDER})


@pytest.fixture(scope="module")
def services() -> Services:
    house = read_house(Settings(_env_file=None))
    tokens = Tokens(b"t" * 32, ("act.accept", "page.open", "mine.view"))
    return Services(WORDS, house, None, tokens)  # type: ignore[arg-type]


def matter(text: str) -> Matter:
    """A matter in which everything that people write is this."""
    name = plain_name(text)
    return Matter(
        id=1, number="EY-2026-000001", category="other", concern=Concern("team", 1, Name(name, name)),
        status=Status.WAITING, level=0, person_id=1, person_name=name, owner_id=2, owner_person_id=2, owner_name=name,
        owner_role="handler", office="talent", reason=because("routing.prepared", name=name), trail=[{}],
        answers=[{"ask_zh": "情况", "ask_en": "Situation", "value": text}] * 3, wanted=text, result=text, filed_at=NOW,
        dispatched_at=NOW, since=NOW, promised_at=NOW, pauses=[], extended_to=None, extension=Extension(NOW, 2),
        accept_due=NOW, deliver_due=NOW + timedelta(days=1), accepted_at=NOW, delivered_at=None, closed_at=None,
        solved=None, rating=None, papers=2,
    )  # fmt: skip


def somebody(text: str, number: int) -> Person:
    return Person(number, number, number, plain_name(text), "zh", False, "1", True, None, ())


async def sent(text: str, services: Services) -> list[dict[str, Any]]:
    """Every message that carries this text, as it would be sent."""
    say, about = WORDS.speaker("zh"), matter(text)
    past = [Happened(n, NOW, Act.SAY, 1, plain_name(text), text, {}, "document") for n in range(6)]
    found = [cards.text(about, past, roles, services, say) for roles in (OWNER, HOLDER)]
    lines = [*cards.long_answers(about, say), *cards.timeline(past, OWNER, services, say)]
    found += frames.pages([say("mine.view", card="—"), *lines], frames.MESSAGE)
    found += [groups._status(about, say), brief.card(about, say, mine=False)]
    found += digest._section("late", [about], digest.Digest(1, NOW.date()), services, say)[1:]
    found.append(say("binding.request", said=text[:300], name=plain_name(text), phone="—", card=text[:32]))
    messages: list[dict[str, Any]] = [{"text": each, "parse_mode": "HTML"} for each in found]
    rows = [[Button(text[:60], "mine.view", 1)], [Link(text[:60], "https://desk.example/")]]
    messages[-1]["reply_markup"] = inline(rows, services.tokens, 7)
    return messages + [letter for uploads in ([], [Upload("document", "f", text, 3)])
                       for letter in await relayed(text, about, uploads, services)]  # fmt: skip


async def relayed(text: str, about: Matter, uploads: list[Upload], services: Services) -> list[dict[str, Any]]:
    values = {"number": about.number, "actor": plain_name(text), "words": text, "due": NOW, "rating": 5, "until": NOW}
    news = News(2, about, Act.SAY, "news.say_owner", values, Urgency.NOW, uploads, 1, actor=somebody(text, 1))
    relay = Relay(None, services, news, somebody(text, 2), ())  # type: ignore[arg-type]
    return [dict(letter.params) for letter in await relay.letters()]


def read(params: dict[str, Any]) -> tuple[str, int]:
    """What Telegram makes of it, and how many formattings it found; what it refuses raises."""
    raw = params.get("text", params.get("caption", ""))
    plain, entities = trimmed(*(HtmlReader(raw).read() if params.get("parse_mode") else (raw, [])))
    limit = frames.MESSAGE if "text" in params else frames.CAPTION
    assert units(plain) <= limit, f"{units(plain)} units"
    assert plain or "text" not in params
    markup.read(params.get("reply_markup"), private=True)
    return plain, sum(each["type"] in FORMATTING for each in entities)


def broken(plain: str) -> bool:
    """Control characters, torn halves of a sign, or a heap of marks."""
    marks = 0
    for letter in plain:
        if letter < "\x7f":
            marks = 0
            if letter < " " and letter not in "\n\t":
                return True
            continue
        if unicodedata.category(letter) in ("Cc", "Cs"):
            return True
        marks = marks + 1 if "\u0300" <= letter <= "\u036f" else 0
        if marks > 4:
            return True
    return False


async def test_no_entity_comes_of_it_and_every_frame_fits_and_stands(services: Services) -> None:
    wrong = []
    for text in STRINGS if FULL else STRINGS[::5]:
        for params in await sent(text, services):
            plain, found = read(params)
            own = len(OURS.findall(params.get("text", params.get("caption", "")))) if params.get("parse_mode") else 0
            if found > own or TURNING.search(plain) or broken(plain):
                wrong.append((text[:60], plain[:80]))
            for row in params.get("reply_markup", {}).get("inline_keyboard", []):
                assert all("\n" not in each["text"] and each["text"].strip() for each in row)
    assert wrong[:3] == []


def test_every_sentence_holds_whatever_its_values_are() -> None:
    n = 0
    for language in LANGUAGES:
        say = WORDS.speaker(language)
        for key, forms in WORDS.catalogues[language].texts.items():
            text, n = STRINGS[n % len(STRINGS)], n + 7
            if not _is_html(say(key, **_values(forms, "x"))):
                continue  # said without formatting only, and read so
            said = say(key, **_values(forms, text))
            _plain, entities = HtmlReader(said).read()
            found = sum(each["type"] in FORMATTING for each in entities)
            assert found <= max(len(OURS.findall(form)) for form in forms), (key, text)
            assert not TURNING.search(said), (key, text)
    assert n > 5000


def _is_html(text: str) -> bool:
    try:
        HtmlReader(text).read()
    except Refusal:
        return False
    return True


def _values(forms: tuple[str, ...], text: str) -> dict[str, object]:
    found = {name: spec for form in forms for name, spec in re.findall(r"\{(\w+)(:?)", form)}
    values: dict[str, object] = {name: NOW if spec or name in MOMENTS else text for name, spec in found.items()}
    return values | ({"n": 2} if len(forms) > 1 or "n" in values else {})


def test_a_workbook_runs_nothing_of_it() -> None:
    rows = [["名称", "话"], *[[text, text] for text in STRINGS]]
    sheet = load_workbook(io.BytesIO(export.write({"人": rows})), read_only=True).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 9000
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(TURNING.search(str(cell.value)) for cell in cells)


def test_ones_own_data_keeps_one_line_for_each_row(services: Services) -> None:
    say = WORDS.speaker("zh")
    for text in STRINGS:
        made = privacy.as_text(services, say, [("words", [{"number": "1", "text": text, "file_name": text}])], NOW)
        assert len(made.splitlines()) == 4
        made.encode()


class Tags(html.parser.HTMLParser):
    """The elements of a page with their attributes' names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(" ".join([tag, *sorted(name for name, _ in attrs)]))


def elements(text: str) -> list[str]:
    """The elements of a matter's page with this text in every place."""
    said = [Said(1, "9:00", text, False, False, tidy(text), text, False)]
    shown = Shown("EY-2026-000001", text, text, [(text, "now")], text, text, [text], [(text, text)], text, text, [text],
                  [Line(text, text)], said)  # fmt: skip
    values = {"m": shown, "offers": [], "asked": [], "form": "0" * 64, "problem": text, "done": text, "typed": text}
    page = TEMPLATES.get_template("matter.html")
    parser = Tags()
    parser.feed(page.render(t=WORDS.speaker("zh").plain, language="zh", tried="", **values))
    return parser.found


def test_a_page_has_the_same_elements_whatever_is_written_on_it() -> None:
    harmless = elements("话")
    for text in STRINGS if FULL else STRINGS[::5]:
        if tidy(text):
            assert elements(text) == harmless, text
