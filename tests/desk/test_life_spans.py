"""Days of absence as people write them. Today is Monday 23 November 2026."""

from datetime import date

import pytest

from desk.rules.spans import Span, read_span

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("请假到周五，王科长顶班", Span(None, FRIDAY, "王科长")),
        ("到11月27日", Span(None, FRIDAY)),
        ("周五", Span(None, FRIDAY)),
        ("周五回来", Span(None, FRIDAY)),
        ("我周五休假", Span(FRIDAY, FRIDAY)),
        ("周五请假，叶南顶班", Span(FRIDAY, FRIDAY, "叶南")),
        ("off on Friday", Span(FRIDAY, FRIDAY)),
        ("我要出差到周五，由叶南代办", Span(None, FRIDAY, "叶南")),
        ("从明天到周五，叶南", Span(date(2026, 11, 24), FRIDAY, "叶南")),
        ("11月25日到11月27日", Span(date(2026, 11, 25), FRIDAY)),
        ("until Friday, Wang stands in", Span(None, FRIDAY, "Wang")),
        ("away until Friday, Wang stands in", Span(None, FRIDAY, "Wang")),
        ("from tomorrow until Friday", Span(date(2026, 11, 24), FRIDAY)),
        ("等通知", Span(None, None, "等通知")),
        ("", Span()),
    ],
)
def test_days_and_deputy_are_understood_or_left_to_be_asked(said: str, span: Span) -> None:
    assert read_span(said, TODAY) == span
