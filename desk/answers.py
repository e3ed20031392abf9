"""A form's answers as a matter keeps them: each with its question, choices in every language, sealed if sensitive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel import dates

from desk.catalogue import Category, Question
from desk.filing import Filing
from desk.house import House
from desk.matter import Matter
from desk.sealing import OF_MATTER, closed


def kept_answers(house: House, category: Category, form: Filing) -> dict[str, Any]:
    """The columns of a new matter that keep the form's answers, sealed where its category is sensitive."""
    said = {"answers": answers_of(category, form)}
    return closed(house.vault, said, OF_MATTER) if house.sensitive(category.id) else said


def sealed_changes(house: House, matter: Matter, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Changes to a sensitive matter, with what people wrote in them sealed together with the rest of it."""
    if changes.keys().isdisjoint(OF_MATTER):
        return changes
    said = {name: changes.get(name, getattr(matter, name)) for name in OF_MATTER}
    return {**changes, **closed(house.vault, said, OF_MATTER)}


def answers_of(category: Category, form: Filing) -> list[dict[str, str]]:
    """The form's answers, each with its question's name in both languages."""
    return [
        {"ask_zh": question.label.zh, "ask_en": question.label.en, **_value(question, form.answers[question.id])}
        for question in category.questions
        if question.id in form.answers
    ]


def answer_in(language: str, answer: Mapping[str, str]) -> str:
    """An answer as a reader of this language sees it: a choice in theirs, anything else as it was said."""
    return answer.get(f"value_{language}", answer["value"])


def shown_answer(question: Question, value: str, language: str) -> str:
    """The same for an answer that is still in its form."""
    return answer_in(language, _value(question, value))


def _value(question: Question, value: str) -> dict[str, str]:
    if question.kind == "date" and value:
        return {"value": value} | _day_in_words(value)
    chosen = next((choice for choice in question.choices if value in (choice.zh, choice.en)), None)
    return {"value": value} | ({"value_zh": chosen.zh, "value_en": chosen.en} if chosen else {})


def _day_in_words(value: str) -> dict[str, str]:
    """A day, or a month where no day was said (`2027-09`)."""
    month = len(value) == len("2027-09")
    day = date.fromisoformat(f"{value}-01" if month else value)
    return {
        "value_zh": dates.format_date(day, "y年M月" if month else "y年M月d日", locale="zh"),
        "value_en": dates.format_date(day, "MMMM y" if month else "d MMMM y", locale="en"),
    }
