"""What makes a bot die at a boundary: each statement, commit, call of the Bot API and answer to the webhook counts.

Nothing is cleaned up: it is kill -9, by the process's own hand, so that it strikes exactly there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from countdown import Countdown
from sqlalchemy.engine.default import DefaultDialect

from bot.commands import run as command
from bot.intake import Webhook
from bot.service import Service
from bot.transport import AiohttpRequest


def install(countdown: Countdown) -> None:
    """Put the boundaries into this process."""
    _statements(countdown.reach)
    _commits(countdown.reach)
    _calls(countdown.reach)
    _webhook(countdown.reach)
    _readiness(countdown)


def _statements(reach: Callable[[str], None]) -> None:
    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        setattr(DefaultDialect, name, _counted(getattr(DefaultDialect, name), reach))


def _counted(run: Callable[..., None], reach: Callable[[str], None]) -> Callable[..., None]:
    def counted(self: Any, cursor: Any, statement: str, *more: Any, **named: Any) -> None:
        ending = statement == "COMMIT"
        reach("commit" if ending else "statement")
        run(self, cursor, statement, *more, **named)
        if ending:
            reach("committed")

    return counted


def _commits(reach: Callable[[str], None]) -> None:
    run = DefaultDialect.do_commit

    def counted(self: DefaultDialect, connection: Any) -> None:
        reach("commit")
        run(self, connection)
        reach("committed")

    DefaultDialect.do_commit = counted  # type: ignore[method-assign, assignment]


def _calls(reach: Callable[[str], None]) -> None:
    run = AiohttpRequest.send

    async def counted(self: AiohttpRequest, *given: Any, **named: Any) -> tuple[int, bytes]:
        reach("call")
        answer = await run(self, *given, **named)
        reach("answered")
        return answer

    AiohttpRequest.send = counted  # type: ignore[method-assign]


def _webhook(reach: Callable[[str], None]) -> None:
    run = Webhook.receive

    async def counted(self: Webhook, request: Any) -> Any:
        answer = await run(self, request)
        reach("200")
        return answer

    Webhook.receive = counted  # type: ignore[method-assign]


def _readiness(countdown: Countdown) -> None:
    serve = command.serve

    async def told(service: Service) -> None:
        telling = asyncio.create_task(_tell(service, countdown))
        try:
            await serve(service)
        finally:
            telling.cancel()

    command.serve = told


async def _tell(service: Service, countdown: Countdown) -> None:
    """Once what the start brings along is done, and so every boundary that follows belongs to what the drill does."""
    parts = service.parts
    for loop in (parts.worker, parts.timers, parts.editing, parts.delivery):
        await loop.idle()
    countdown.is_ready()
