"""`python -m sandbox` as a person starts it."""

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp


async def test_it_runs_alone_with_the_people_of_a_file_and_stops_on_ctrl_c(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    people = tmp_path / "people.yaml"
    people.write_text("- {key: talent, first_name: 杨帆, role: 持卡人才}\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        "0",
        "--people",
        str(people),
        "--store",
        str(tmp_path / "kept"),
    ]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().split()
    async with session.get(f"{line[-1]}people") as response:
        assert [person["first_name"] for person in await response.json()] == ["杨帆"]
    async with session.get(line[-1]) as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    process.send_signal(signal.SIGINT)
    await process.stdout.read()
    assert await process.wait() == 0
