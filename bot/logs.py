"""Logs to stderr, readable on a terminal and JSON elsewhere; no token and no telephone number in them at any level."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.tracebacks import plain_traceback, rendered

HIDDEN = "[hidden]"
_TOKEN = re.compile(r"(?:bot)?\d{3,}:[A-Za-z0-9_-]{10,}")
_PASSWORD = re.compile(r"(://[^\s:/@]*:)\S+@")  # up to the last one: a password may have an @ of its own
# Eleven digits beginning with 1 are a mobile number in China; others are told by their country code.
_PHONE = re.compile(r"(?<![\w.:-])(?:\+\d[\d\s-]{6,16}\d|1[3-9]\d[\s-]?\d{4}[\s-]?\d{4})(?![\w])")
OURS = ("bot", "pages", "handlers", "faq", "desk", "db", "sheets", "words")
"""Whose logs may be as talkative as the operator wants; of any library, warnings at most."""


def redact(text: str) -> str:
    """The text without tokens, passwords in addresses and telephone numbers."""
    text = _TOKEN.sub(HIDDEN, text)
    return _PHONE.sub(HIDDEN, _PASSWORD.sub(rf"\1{HIDDEN}@", text))


def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Redact every text of an event, however deep."""
    return {key: _clean(value) for key, value in event.items()}


def first_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of what the event loop complains about, the complaint; behind it stand the objects with all they hold."""
    if event.get("logger") == "asyncio":
        event["event"] = str(event.get("event", "")).splitlines()[0]
    return event


def setup(level: str = "info", stream: TextIO | None = None) -> None:
    """Send all logs to `stream` (stderr), the libraries' too; of those, warnings at most."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.ExceptionRenderer(rendered),
        first_line,
        hide,
    ]
    human = out.isatty()
    last: Processor = (
        structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    sys.excepthook = _ended
    wanted = logging.getLevelName(level.upper())
    root.setLevel(max(wanted, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
    logging.getLogger("aiohttp.access").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _ended(kind: type[BaseException], error: BaseException, _frames: object) -> None:
    """What ends the process is told like anything else: where, and what kind."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("ended\n%s", plain_traceback(error))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping | MutableMapping):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))
