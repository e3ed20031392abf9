"""The same bot when Telegram calls it, instead of being asked."""

from __future__ import annotations

from pathlib import Path

from district import open_district
from ports import free_port
from room_clock import RoomClock

from sandbox import Sandbox


async def test_a_question_is_answered_over_the_webhook_and_none_is_lost_while_the_bot_is_away(
    tmp_path: Path, database_url: str, sandbox: Sandbox, clock: RoomClock
) -> None:
    port = free_port()
    by_webhook = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    async with open_district(tmp_path, database_url, sandbox, clock, **by_webhook) as district:
        await district.talent.start()
        await district.talent.hears("恩阳英才卡服务台")
        assert not sandbox.journal.of("getUpdates")
    await sandbox.people["talent"].says("娃儿上学咋个办")
    async with open_district(tmp_path, database_url, sandbox, clock, **by_webhook) as district:
        clock.passes(60)  # Telegram tries again after a while
        await district.talent.hears("来源")
