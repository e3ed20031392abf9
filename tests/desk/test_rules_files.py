"""The files of categories, offices and people: the shipped ones are sound, and a slip is told on its line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.catalogue import CATEGORIES, OFFICES, Catalogue
from desk.rosterfile import DEMO, load
from desk.rules.worktime import Span
from sheets import SheetError
from words import LANGUAGES, Words

IDS = ["loan", "school", "housing", "medical", "title", "permit"]
IDS += ["award", "training", "recruiting", "research", "other"]


def test_the_shipped_catalogue_covers_every_matter_a_cardholder_can_ask_for() -> None:
    catalogue = Catalogue.load()
    assert [category.id for category in catalogue.categories] == IDS
    assert catalogue.backstop.id == "talent_office"
    assert catalogue["school"].accept_within == Span(minutes=240)
    assert all(2 <= len(category.questions) <= 5 and category.materials for category in catalogue.categories)


def test_the_shipped_demo_district_is_sound_and_no_link_is_missing() -> None:
    roster = load(DEMO, Catalogue.load())
    phones = {each.chat: each.id for each in (*roster.staff, *roster.cardholders) if each.chat}
    assert set(phones) == {"talent", "liaison", "department", "run_team", "admin", "director", "auditor"}
    assert roster.missing_links() == []
    assert len(roster.cardholders) >= 6


@pytest.mark.parametrize(
    ("old", "new", "line_of", "key"),
    [
        ("  office: education", "  office: educatoin", "educatoin", "catalogue.unknown_office"),
        ("accept_within: 4小时", "accept_within: 很快", "很快", "catalogue.want_span"),
        ("deliver_within: 5个工作日", "deliver_within: 1小时", "id: loan", "catalogue.deliver_before_accept"),
        ("- id: school", "- id: loan", "- id: loan", "catalogue.id_twice"),
        ("      kind: number", "      kind: choice", "id: amount", "catalogue.choices_and_kind"),
        ("co_handlers: [economy]", "co_handlers: [nobody]", "[nobody]", "catalogue.unknown_office"),
        ("\n  pinned: 是", "\n  pined: 是", "pined", "sheets.unknown_field_meant"),
        ("- id: loan", f"- id: {'loan' * 8}s", "loanloan", "sheets.too_long"),
    ],
)
def test_a_slip_in_the_categories_is_told_on_its_line(
    tmp_path: Path, old: str, new: str, line_of: str, key: str
) -> None:
    problem = _first_problem(tmp_path, CATEGORIES, old, new, lambda file: Catalogue.load(categories=file))
    assert problem[1] == key
    assert line_of in problem[0]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("\n  backstop: 是", "\n  backstop: 否", "catalogue.no_backstop"),
        ('hours: ["9:00-12:00"', 'hours: ["12:00-9:00"', "catalogue.want_hours"),
        ("id: organisation", "id: talent_office", "catalogue.id_twice"),
        ("id: organisation", f"id: {'o' * 33}", "sheets.too_long"),
    ],
)
def test_a_slip_in_the_offices_is_told(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert _first_problem(tmp_path, OFFICES, old, new, lambda file: Catalogue.load(offices=file))[1] == key


@pytest.mark.parametrize(
    ("old", "new", "line_of", "key"),
    [
        ("deputy: tang_lin", "deputy: tang_ling", "tang_ling", "roster.unknown_staff"),
        ("staff: pao_kuai, since", "staff: qiu_shan, since", "qiu_shan, since", "roster.not_run_team"),
        ("staff: leader_bai", "staff: he_qing", "staff: he_qing", "roster.not_a_leader"),
        ("project: noodle_lab", "project: rice_lab", "rice_lab", "roster.unknown_project"),
        ("members: [su_mu]", "members: [nobody]", "[nobody]", "roster.unknown_cardholder"),
        ("- id: su_mu", "- id: liang_chen", "- id: liang_chen", "roster.twice"),
        ("deputy: pao_wen,", "deputy: pao_kuai,", "pao_kuai,", "roster.own_deputy"),
        ("role: head, deputy: qian_li", "role: head", "role: head", "roster.head_without_deputy"),
        ("role: dispatcher", "role: handler", "id: zhou_an", "roster.no_dispatcher"),
        ("until: 2026-05-31", "until: 2025-05-31", "2025-05-31", "roster.ends_before_it_begins"),
        ('"13800000051"', '"1380000"', "1380000", "sheets.want_pattern"),
        ("tier: B", f"tier: {'B' * 33}", "BBB", "sheets.too_long"),
        ("number: DEMO-0003", f"number: {'3' * 33}", "333", "sheets.too_long"),
    ],
)
def test_a_slip_in_the_roster_is_told_on_its_line(tmp_path: Path, old: str, new: str, line_of: str, key: str) -> None:
    line, found = _first_problem(tmp_path, DEMO, old, new, lambda file: load(file, Catalogue.load()))
    assert found == key
    assert line_of in line or key == "roster.no_dispatcher"


def test_a_project_or_team_without_its_contact_is_named(tmp_path: Path) -> None:
    text = re.sub(r"    - \{(project: noodle_lab|team: seed_team).*\n", "", DEMO.read_text(encoding="utf-8"))
    file = tmp_path / "roster.yaml"
    file.write_text(text, encoding="utf-8")
    missing = load(file, Catalogue.load()).missing_links()
    assert [each.key for each in missing] == ["roster.project_alone", "roster.team_alone"]


def _first_problem(
    tmp_path: Path, shipped: Path, old: str, new: str, read: Callable[[Path], object]
) -> tuple[str, str]:
    """Change the first `old` of a shipped file to `new`, read it, and give the line and key of the first problem."""
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / shipped.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SheetError) as refused:
        read(file)
    problem = refused.value.problems[0]
    for language in LANGUAGES:
        assert problem.say(Words.load().speaker(language))
    return file.read_text(encoding="utf-8").splitlines()[problem.line - 1], problem.key
