"""No token, password or telephone number gets into a log, at any level, from anybody, in any traceback."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

TOKEN = "123456789:AAExample-Token_of-35-characters-x"
SECRETS = (TOKEN, "13800000001", "+86 138 0000 0001", "hunter2", "of@mine", "mine@h")


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.setup("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_secrets_are_hidden_in_events_messages_and_tracebacks(out: io.StringIO) -> None:
    ours = structlog.get_logger("bot.test")
    said = f"https://api.telegram.org/bot{TOKEN}/getMe +86 138 0000 0001 13800000001 postgresql://u:hunter2@of@mine@h/d"
    ours.info("event", said=said, deep={"list": [said]})
    logging.getLogger("some.library").warning("said %s", said)
    logging.getLogger("some.library").debug("said %s", said)
    try:
        raise RuntimeError(said)
    except RuntimeError:
        ours.exception("broke")
        logging.getLogger("some.library").exception("broke")
    text = out.getvalue()
    assert text.count("\n") == 4
    for secret in SECRETS:
        assert secret not in text
    assert all(json.loads(line) for line in text.splitlines())


def test_libraries_that_print_addresses_are_silent_below_a_warning(out: io.StringIO) -> None:
    for name in ("httpx", "telegram.ext", "aiohttp.access", "sqlalchemy.engine", "aiosqlite"):
        logging.getLogger(name).info("GET https://api.telegram.org/bot…")
    assert out.getvalue() == ""


@pytest.mark.parametrize("kept", ["EY-2026-000123", "1790000000123", "chat -1001234567890", "2026-03-02T01:00:00Z"])
def test_numbers_of_other_kinds_stay(kept: str) -> None:
    assert logs.redact(kept) == kept
