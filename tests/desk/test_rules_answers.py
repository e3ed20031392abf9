"""Form answers as people write them, and the three rates: tables to check by eye."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.refusals import Refused
from desk.rules.answers import Answer, Wanted, beside_day, parse
from desk.rules.life import Act
from desk.rules.rates import Done, Record, Share, of_matter, rates
from desk.rules.reasons import Name
from words import LANGUAGES, Words

UNTIMED = settings(deadline=None)
"""A busy machine is no counterexample."""

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-24", "2026-11-24"),
        ("2026年12月1日", "2026-12-01"),
        ("２０２６／１２／１", "2026-12-01"),
        ("11月24日", "2026-11-24"),
        ("11月23号", "2027-11-23"),  # gone this year, so the next
        ("3号", "2026-12-03"),
        ("明天", "2026-11-25"),
        ("大后天", "2026-11-27"),
        ("周五", "2026-11-27"),
        ("周一", "2026-11-30"),
        ("下周一", "2026-11-30"),
        ("下周日", "2026-12-06"),
        ("这周一", "2026-11-23"),
        ("10天后", "2026-12-04"),
        ("Next Monday", "2026-11-30"),
        ("tomorrow", "2026-11-25"),
        ("2月29日", "2028-02-29"),
        ("明年9月1号", "2027-09-01"),
        ("后年的三月初五号", None),
        ("九月一日", "2027-09-01"),
        ("十二月二十一日前", "2026-12-21"),
        ("两天后", "2026-11-26"),
        ("等学校回复，到12月8日", "2026-12-08"),
        ("September 1, 2027", "2027-09-01"),
        ("1st of Sept", "2027-09-01"),
        ("12月8日或者12月9日", None),
        ("12月8日，12月9日", None),
        ("9月", None),
        ("marching 2027", None),
    ],
)
def test_a_day_is_understood_as_it_is_written(said: str, day: str | None) -> None:
    if day is None:
        with pytest.raises(Refused):
            parse(Wanted("date"), said, TUESDAY)
    else:
        assert parse(Wanted("date"), said, TUESDAY).text == day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("明年9月", "2027-09"),
        ("9月份", "2027-09"),
        ("Sept 2028", "2028-09"),
        ("12月", "2026-12"),
        ("next September", "2027-09"),
        ("Next Dec.", "2026-12"),
        ("August of next year", "2027-08"),
        ("next year March", "2027-03"),
        ("下个月", "2026-12"),
        ("next month", "2026-12"),
        ("今年11月", "2026-11"),
        ("11月", "2026-11"),
        ("next Nov", "2027-11"),
        ("明年8月，学校说的", "2027-08"),
        ("9月5号，九月份", "2027-09-05"),
    ],
)
def test_where_a_month_is_enough_it_stays_a_month(said: str, day: str) -> None:
    assert parse(Wanted("date", months=True, ahead=True), said, TUESDAY).text == day


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("12月10日，等材料", "等材料"),
        ("等学校回复，到12月8日。他们要开会", "等学校回复，他们要开会"),
        ("10 December, waiting for the school", "waiting for the school"),
        ("12月10日", ""),
        ("12月10日，谢谢", ""),
        ("12月10日，17:00", ""),
        ("12月10日，行吗？", ""),
    ],
)
def test_what_stands_beside_a_day_is_its_reason(said: str, reason: str) -> None:
    assert beside_day(said, TUESDAY) == reason


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("8月3日", "2026-08-03"),
        ("12月3日", "2025-12-03"),
        ("11月24日", "2026-11-24"),
        ("3号", "2026-11-03"),
        ("30日", "2026-10-30"),
        ("31号", "2026-10-31"),
        ("周五", "2026-11-20"),
        ("周二", "2026-11-24"),
        ("上周五", "2026-11-20"),
        ("上上周一", "2026-11-09"),
        ("last Friday", "2026-11-20"),
        ("last Tuesday", "2026-11-17"),
        ("last Monday", "2026-11-23"),
        ("昨天", "2026-11-23"),
        ("大前天", "2026-11-21"),
        ("三天前", "2026-11-21"),
        ("10天之前", "2026-11-14"),
        ("3 days ago", "2026-11-21"),
        ("2月29日", "2024-02-29"),
        ("1st of Sept", "2026-09-01"),
        ("去年9月1号", "2025-09-01"),
        ("前年三月", "2024-03"),
        ("9月", "2026-09"),
        ("12月", "2025-12"),
        ("11月", "2026-11"),
        ("上个月", "2026-10"),
        ("last month", "2026-10"),
        ("September last year", "2025-09"),
        ("last Sept", "2026-09"),
        ("last Nov", "2025-11"),
        ("交了表，8月3日", "2026-08-03"),
    ],
)
def test_where_the_question_looks_back_a_date_is_the_last_such(said: str, day: str) -> None:
    assert parse(Wanted("date", months=True, past=True), said, TUESDAY).text == day


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("500000", 500000),
        ("50万", 500000),
        ("¥1,200.50", Decimal("1200.5")),
        ("１００", 100),
        ("大概3亿元", 300000000),
        ("五十万", 500000),
        ("十二", 12),
        ("一万二", 12000),
        ("两百三十", 230),
        ("三个", 3),
        ("3人", 3),
        ("3 位", 3),
        ("两", 2),
        ("一家五口人", 5),
        ("大约十个人", 10),
        ("Three people", 3),
        ("about 4", 4),
        ("一万零二", 10002),
        ("3个人", 3),
        ("两三个", None),
        ("5人", 5),
        ("很多", None),
        ("1.2.3", None),
    ],
)
def test_an_amount_is_understood_or_asked_again(said: str, number: int | Decimal | None) -> None:
    if number is None:
        assert refusal("number", said) == "answers.number"
    else:
        assert parse(Wanted("number"), said, TUESDAY).value == number


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("13800000012", "13800000012"),
        ("+86 138 0000 0012", "13800000012"),
        ("１３８－００００－００１２", "13800000012"),
        ("(0827) 1234567", "0827-1234567"),
        ("0827-1234567转12", "0827-1234567-12"),
        ("12345", None),
        ("1380000001", None),
    ],
)
def test_a_phone_number_is_understood_or_asked_again(said: str, phone: str | None) -> None:
    if phone is None:
        assert refusal("phone", said) == "answers.phone"
    else:
        assert parse(Wanted("phone"), said, TUESDAY).text == phone


CHOICE = Wanted("choice", choices=(Name("小学", "Primary school"), Name("初中", "Junior school")))


@pytest.mark.parametrize("said", ["初中", "junior SCHOOL", "2", "２", "初中。"])
def test_a_choice_is_found_by_its_words_in_either_language_or_its_number(said: str) -> None:
    assert parse(CHOICE, said, TUESDAY, "en") == Answer(1, "Junior school")


@pytest.mark.parametrize(
    ("wanted", "said", "key"),
    [
        (CHOICE, "大学", "answers.choice"),
        (CHOICE, "3", "answers.choice"),
        (Wanted("text"), "  ", "answers.empty"),
        (Wanted("text"), "字" * 2001, "answers.too_long"),
        (Wanted("text", pattern=r"\d{3}"), "12", "answers.pattern"),
        (Wanted("number", low=1), "0", "answers.at_least"),
        (Wanted("number", high=20), "二十一", "answers.at_most"),
        (Wanted("date", ahead=True), "昨天", "answers.past"),
        (Wanted("date"), "2026-02-30", "answers.date"),
        (Wanted("date", months=True, ahead=True), "今年10月", "answers.past"),
        (Wanted("date", months=True), "下学期", "answers.date_or_month"),
        (Wanted("date", months=True, ahead=True), "上周五", "answers.past"),
        (Wanted("date", months=True, past=True), "明天", "answers.to_come"),
        (Wanted("date", months=True, past=True), "2026年12月", "answers.to_come"),
        (Wanted("date", months=True, past=True), "上学期", "answers.date_past"),
        (Wanted("text"), ".", "answers.words"),
        (Wanted("text"), "😀", "answers.words"),
        (Wanted("file"), "在这里", "answers.file"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wanted(wanted: Wanted, said: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(wanted, said, TUESDAY)
    assert refused.value.key == key
    for language in LANGUAGES:
        assert Words.load().speaker(language).plain(key, **refused.value.values)


def test_an_optional_question_may_be_left_empty() -> None:
    assert parse(Wanted("date", optional=True), " ", TUESDAY) == Answer(None, "")


@UNTIMED
@given(st.sampled_from(["text", "date", "number", "phone"]), st.text(max_size=40))
def test_whatever_people_type_is_an_answer_or_a_refusal(kind: str, said: str) -> None:
    try:
        assert parse(Wanted(kind), said, TUESDAY).text
    except Refused as refused:
        assert refused.key.startswith("answers.")  # noqa: PT017


@UNTIMED
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_full_date_comes_back_as_itself(day: date) -> None:
    for said in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日"):
        assert parse(Wanted("date"), said, TUESDAY).value == day


START = datetime(2026, 11, 24, 1, tzinfo=UTC)


def history(*acts: tuple[int, Act] | tuple[int, Act, int]) -> tuple[Done, ...]:
    """Acts by the hour; a matter is filed at 0 and promised to be accepted by 4."""
    filed = Done(1, START, Act.FILE, accept_due=START + timedelta(hours=4))
    later = (Done(1, START + timedelta(hours=act[0]), act[1], rating=act[2] if len(act) > 2 else None) for act in acts)
    return (filed, *later)


GOOD, BAD, NONE = Share(1, 1), Share(0, 1), Share()


@pytest.mark.parametrize(
    ("acts", "response", "resolution", "satisfaction"),
    [
        (history((1, Act.ACCEPT), (9, Act.CONFIRM, 5)), GOOD, GOOD, GOOD),
        (history((5, Act.ACCEPT), (9, Act.CONFIRM, 3)), BAD, GOOD, BAD),
        (history((1, Act.ACCEPT), (9, Act.DISPUTE)), GOOD, BAD, NONE),
        (history((1, Act.ACCEPT), (9, Act.DISPUTE), (20, Act.CONFIRM, 4)), GOOD, GOOD, GOOD),
        (history((1, Act.ACCEPT), (9, Act.LAPSE)), GOOD, BAD, NONE),
        (history((1, Act.ACCEPT), (9, Act.CONFIRM, 5), (12, Act.REOPEN)), GOOD, BAD, NONE),
        (history((1, Act.ACCEPT), (9, Act.CONFIRM, 2), (12, Act.REOPEN), (20, Act.CONFIRM, 4)), GOOD, GOOD, GOOD),
        (history((2, Act.WITHDRAW)), NONE, NONE, NONE),
        (history((6, Act.WITHDRAW)), BAD, NONE, NONE),
        (history(), BAD, NONE, NONE),  # nobody accepted, and the time is over
        (history((1, Act.RETURN), (5, Act.ACCEPT)), BAD, NONE, NONE),
    ],
)
def test_each_history_counts_as_the_design_says(
    acts: tuple[Done, ...], response: Share, resolution: Share, satisfaction: Share
) -> None:
    found = of_matter(acts, START + timedelta(hours=50))
    assert (found.response, found.resolution, found.satisfaction) == (response, resolution, satisfaction)


def test_a_promise_that_still_runs_does_not_count_yet() -> None:
    assert of_matter(history(), START + timedelta(hours=4)).response == NONE


def test_rates_add_up_per_office_and_month_of_the_district() -> None:
    new_year = Done(2, datetime(2026, 11, 30, 16, 30, tzinfo=UTC), Act.FILE)
    records = [
        Record(1, "education", 7, "school", history((1, Act.ACCEPT), (9, Act.CONFIRM, 5))),
        Record(3, "education", 7, "school", history((5, Act.ACCEPT))),
        Record(2, "education", 7, "school", (new_year,)),
    ]
    found = rates(records, lambda each: (each.office, each.month), START + timedelta(days=30))
    assert found["education", "2026-11"].response == Share(1, 2)
    assert found["education", "2026-11"].resolution.rate == 1
    assert found["education", "2026-12"].matters == 1
    assert found["education", "2026-12"].response.rate is None


def refusal(kind: str, said: str) -> str:
    with pytest.raises(Refused) as refused:
        parse(Wanted(kind), said, TUESDAY)
    return refused.value.key
