"""The bot started from nothing but what the image holds, by the image's own command, as the compose file sets it up."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import sys
from pathlib import Path

import asyncpg
import pytest
import yaml
from machine import DATA_KEY, HOME, TOKEN, machine
from test_behind_nginx import answers

from sandbox import Sandbox

DEPLOY = HOME / "deploy"
WRITTEN = (DEPLOY / "Dockerfile").read_text("utf-8")


def command(instruction: str) -> list[str]:
    """What the image runs for this, after the word `python`."""
    found = re.search(rf"^{instruction}\b[^\[]*(\[.*\])$", WRITTEN, re.MULTILINE)
    assert found
    python, *words = json.loads(found[1])
    assert python == "python"
    return list(words)


def unpacked(folder: Path) -> Path:
    """What the image copies, and the folder that it makes."""
    for room in re.findall(r"^COPY (\S+) \1$", WRITTEN, re.MULTILINE):
        shutil.copytree(HOME / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "var").mkdir()
    return folder


@pytest.mark.timeout(120)
async def test_what_the_image_holds_is_enough_to_serve_and_to_stop(
    postgres_server: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    connection = await asyncpg.connect(postgres_server)
    await connection.execute("CREATE DATABASE image")
    port = str(unused_tcp_port)
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["bot"]["environment"]
    image = dict(re.findall(r"(\w+)=(\S+)", next(line for line in WRITTEN.splitlines() if line.startswith("ENV "))))
    async with Sandbox(token=TOKEN, limits=False) as sandbox, machine(tmp_path) as computer:
        given = {
            "DESK_TOKEN": TOKEN,
            "DESK_DATA_KEY": DATA_KEY,
            "DESK_RELAY": "full",
            "DESK_DATABASE": postgres_server.replace("/postgres?", "/image?"),
            "DESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DESK_PORT": port,
        }
        settings = {**image, **composed, **given, "DESK_API_URL": sandbox.url}
        home = unpacked(tmp_path / "srv")
        bot = await computer.start(*command("CMD"), at=home, **settings)
        assert await answers(f"http://127.0.0.1:{port}/readyz") == 200
        check = [word.replace("8080", port) for word in command("HEALTHCHECK")]
        health = await asyncio.create_subprocess_exec(sys.executable, *check, cwd=home)
        assert await health.wait() == 0
        guest = sandbox.add_person("guest")
        await guest.start()
        await guest.says("娃儿上学咋个办")
        await guest.hears("来源")
        bot.send(signal.SIGTERM)
        async with asyncio.timeout(20):
            assert await bot.ends() == 0
    await connection.execute("DROP DATABASE image WITH (FORCE)")
    await connection.close()
