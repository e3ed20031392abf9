"""The catalogues are whole: both languages alike, nothing the code says is missing, nothing is left over."""

from __future__ import annotations

import string
from collections.abc import Iterable

import pytest
from spoken import joined_by_hand, keys_in_code

from desk.rates import By, Period
from desk.rules.hears import HEARS, news_key
from desk.rules.life import Act, Status
from handlers.journeys import FEATURES
from words import LANGUAGES, Listed, Words

WORDS = Words.load()
KEYS = {language: set(book.texts) for language, book in WORDS.catalogues.items()}
PREFIXES = {key.split(".")[0] for key in KEYS["zh"]}
FOUND = keys_in_code()


def test_both_languages_have_the_same_sentences() -> None:
    assert set(KEYS) == set(LANGUAGES)
    assert KEYS["zh"] ^ KEYS["en"] == set()


def test_both_languages_have_the_same_placeholders_and_none_is_empty() -> None:
    different = []
    for key in sorted(KEYS["zh"] & KEYS["en"]):
        zh, en = (WORDS.catalogues[language].texts[key] for language in ("zh", "en"))
        if placeholders(zh) != placeholders(en) or not all((*zh, *en)):
            different.append((key, placeholders(zh), placeholders(en)))
    assert different == []


def test_every_sentence_the_code_says_exists() -> None:
    said = [found for found in FOUND if found.spoken]
    assert len(said) > 200
    missing = [f"{found.where}  {found.text}" for found in said if not any(map(found.matches, KEYS["zh"]))]
    assert not missing, "\n".join(["no sentence for:", *missing])


def test_several_things_are_joined_by_the_comma_of_the_readers_language() -> None:
    assert joined_by_hand() == []
    said = [WORDS.speaker(language).plain("privacy.open_matters", numbers=Listed("ab")) for language in LANGUAGES]
    assert ["a、b" in said[0], "a, b" in said[1]] == [True, True]


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("news.transfer_cardholder", {"number": "EY-1", "office": "教育局"}, "📤 <b>EY-1</b> 转给教育局办理。"),
        ("news.transfer_cardholder", {"number": "EY-1", "office": "Education"}, "📤 <b>EY-1</b> 转给 Education 办理。"),
        ("person.of_office", {"office": "教育局", "name": "江禾"}, "教育局江禾"),
        ("person.of_office", {"office": "教育局", "name": "Jane"}, "教育局 Jane"),
        ("behalf.begin", {"name": "杨帆"}, "替<b>杨帆</b>填写。填完由本人点一下确认，确认后才派单。"),
        ("away.deputy_away", {"name": "江禾", "until": "12月3日（周四）"}, "江禾到 12月3日（周四）也不在，请换一位。"),
        ("card.words", {"words": "写 给 谁"}, "💬 写 给 谁"),
    ],
)
def test_chinese_words_join_without_the_space_that_a_latin_name_has(
    key: str, values: dict[str, str], said: str
) -> None:
    assert WORDS.speaker("zh")(key, **values) == said


def test_no_sentence_is_left_over() -> None:
    exact = {found.text for found in FOUND if not found.is_pattern}
    patterns = [found for found in FOUND if found.is_pattern and found.text.split(".")[0] in PREFIXES]
    built = {news_key(act, hear.audience) for act, hears in HEARS.items() for hear in hears}
    endings = [found.text.removeprefix("{}") for found in FOUND if found.text.startswith("{}")]
    built |= {key + ending for key in exact for ending in endings}
    left = [
        key
        for key in sorted(KEYS["zh"] - exact - built)
        if not any(found.matches(key) for found in patterns if found.text.split(".")[0] == key.split(".")[0])
    ]
    assert not left, "\n".join(["nobody says:", *left])


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("status.{}", Status),
        ("life.act_{}", Act),
        ("stats.by_{}", By),
        ("stats.period_{}", Period),
        ("menu.{}", [command.name for feature in FEATURES for command in feature.commands]),
        ("did.{}", [act for act in Act if act != Act.NOTE]),
    ],
)
def test_every_member_has_its_sentence(pattern: str, names: Iterable[str]) -> None:
    assert [key for key in (pattern.format(str(name)) for name in names) if key not in KEYS["zh"]] == []


def test_every_act_with_a_button_has_its_answer_and_everybody_who_hears_of_it_a_sentence() -> None:
    pressed = {act.value for act in Act if f"do.{act.value}" in KEYS["zh"]}
    handled = {name.removeprefix("act.") for feature in FEATURES for name in feature.presses if name.startswith("act.")}
    assert {f"done.{act}" for act in pressed & handled} - KEYS["zh"] == set()
    heard = {news_key(act, hear.audience) for act, hears in HEARS.items() for hear in hears}
    assert heard - KEYS["zh"] == set()


def placeholders(forms: Iterable[str]) -> set[str]:
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}
