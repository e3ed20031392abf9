"""`python power_recorder.py FILE`: `bot run`, and what it asked of the disk in FILE when it was told to stop.

Beside the disk's log stands what others were promised meanwhile: an update answered with 200, a message being sent.
`DRILL_SYNCHRONOUS` is SQLite's setting of that name, in place of the product's. Its log is written back earlier than
usual, and so more often.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pickle
import sys
from pathlib import Path
from typing import Any

from disk_log import DiskLog
from nursery import without_limits
from sqlalchemy import Engine, event

from bot import logs
from bot.commands import run as command
from bot.delivery import Delivery
from bot.intake import Webhook
from bot.settings import load
from db import engine
from db.queue import Claimed

PAGES = 120


def main(file: Path) -> None:
    """Serve, then write the log."""
    log = DiskLog()
    log.install()
    _promises(log)
    if asked := os.environ.get("DRILL_SYNCHRONOUS"):
        engine._PROMISES = {**engine._PROMISES, "synchronous": int(asked)}
    event.listen(Engine, "connect", _small_log)
    without_limits()
    settings = load()
    logs.setup(settings.log_level)
    asyncio.run(command.run(settings, argparse.Namespace()))
    with file.open("wb") as sink:
        pickle.dump(log.entries, sink)
    os._exit(0)  # SQLite would call us once more when our functions are gone


def _promises(log: DiskLog) -> None:
    receive, send = Webhook.receive, Delivery._send

    async def received(self: Webhook, request: Any) -> Any:
        answer = await receive(self, request)
        if answer.status == 200:
            log.mark("acknowledged", (await request.json())["update_id"])
        return answer

    async def sent(self: Delivery, claimed: Claimed) -> Any:
        log.mark("sending", claimed.id)
        return await send(self, claimed)

    Webhook.receive = received  # type: ignore[method-assign]
    Delivery._send = sent  # type: ignore[method-assign]


def _small_log(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA wal_autocheckpoint = {PAGES}")
    cursor.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
