"""Where a question is matched: on the event loop in a small book, in a thread in one that may take longer than 5 ms."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_book import write_small_book

from faq import Answer, Book
from handlers import knowledge
from handlers.knowledge import Knowledge

TODAY = date(2026, 11, 24)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The threads in which books are asked."""
    seen: list[int] = []
    match = Book.match

    def noted(book: Book, *given: Any, **named: Any) -> Any:
        seen.append(threading.get_ident())
        return match(book, *given, **named)

    monkeypatch.setattr(Book, "match", noted)
    return seen


@pytest.mark.parametrize(("largest", "on_the_loop"), [(knowledge.ON_THE_LOOP, True), (10, False)])
async def test_a_book_is_asked_off_the_event_loop_from_a_size_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: list[int], largest: int, on_the_loop: bool
) -> None:
    book = Book.load(write_small_book(tmp_path / "faq"), today=TODAY, prove=False)
    monkeypatch.setattr(knowledge, "ON_THE_LOOP", largest)
    threads.clear()
    found = await Knowledge(book).match("娃儿上学咋个办", "zh", None, TODAY)
    assert isinstance(found, Answer)
    assert found.entry.id == "school-enrol"
    assert (threads == [threading.get_ident()]) is on_the_loop
    assert len(threads) == 1
