"""The deployment started for real: the shipped nginx file, three webhook processes, one PostgreSQL; one is killed."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from load import Load, all_answered, in_hand, reckon
from machine import FULL, HOME, TOKEN, Machine, Process, machine, seeded

from db.engine import Database
from sandbox import Sandbox

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
SHIPPED = HOME / "deploy" / "nginx.conf"
BOTS = 3
ROUNDS = 20

pytestmark = [
    pytest.mark.skipif(not FULL, reason="a long drill: make drill"),
    pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine: apt-get install nginx-light"),
]


def adapted(folder: Path, port: int, bots: list[int]) -> str:
    """The shipped file with these ports, and this folder for what nginx writes."""
    text, found = re.subn(r"\n *resolver [^\n]*", "", SHIPPED.read_text("utf-8"))
    servers = "\n".join(f"        server 127.0.0.1:{each};" for each in bots)
    text, upstream = re.subn(r" *server bot:8080 resolve;", servers, text)
    text, listens = re.subn(r"listen 8080;", f"listen 127.0.0.1:{port};", text)
    assert (found, upstream, listens) == (1, 1, 1), "the shipped file has changed; adapt the drill"
    paths = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    ours = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
    return ours + text.replace("http {\n", f"http {{\n{paths}    access_log {folder}/access.log;\n")


@asynccontextmanager
async def nginx(folder: Path, port: int, bots: list[int]) -> AsyncIterator[Path]:
    """nginx in a folder of its own; its log of calls."""
    assert NGINX is not None
    config = folder / "nginx.conf"
    config.write_text(adapted(folder, port, bots))
    child = await asyncio.create_subprocess_exec(
        NGINX, "-p", str(folder), "-c", str(config), "-e", f"{folder}/error.log"
    )
    try:
        yield folder / "access.log"
    finally:
        child.send_signal(signal.SIGQUIT)
        await child.wait()


async def answers(address: str) -> int:
    """The status of a page, once something listens there."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(address) as answer:
                    return answer.status
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


async def leads_to(address: str) -> str:
    """Where a redirect leads."""
    async with aiohttp.ClientSession() as session, session.get(address, allow_redirects=False) as answer:
        return answer.headers["Location"]


async def handled(port: int) -> float:
    """How many updates this process has handled, by its own count."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as page:
        found = re.search(r"^desk_update_seconds_count ([\d.]+)", await page.text(), re.MULTILINE)
    assert found
    return float(found[1])


async def start(computer: Machine, url: str, sandbox: Sandbox, front: int, port: int) -> Process:
    """`python -m bot run`, a webhook behind nginx."""
    mine = {"DESK_PUBLIC_URL": f"http://127.0.0.1:{front}", "DESK_PORT": str(port)}
    bot = await computer.bot(url, sandbox.url, **mine)
    assert await answers(f"http://127.0.0.1:{port}/readyz") == 200
    return bot


async def test_three_bots_behind_nginx_lose_nothing_when_one_is_killed_and_one_is_stopped(
    postgres_server: str, tmp_path: Path, unused_tcp_port_factory: object
) -> None:
    free = unused_tcp_port_factory
    assert callable(free)
    front, *ports = [int(free()) for _ in range(BOTS + 1)]
    connection = await asyncpg.connect(postgres_server)
    await connection.execute("CREATE DATABASE behind")
    url = postgres_server.replace("/postgres?", "/behind?")
    await seeded(url, {})
    database, sending = await Database.open(url), 0
    async with (
        Sandbox(token=TOKEN, limits=False) as sandbox,
        machine(tmp_path) as computer,
        nginx(tmp_path, front, ports) as log,
    ):
        bots = [await start(computer, url, sandbox, front, port) for port in ports]
        load = Load(sandbox, random.Random(5))
        await load.all_start()
        for turn in range(ROUNDS):
            await load.some_ask()
            await asyncio.sleep(0.3)
            if turn == ROUNDS // 3:
                bots[0].send(signal.SIGSTOP)
                sending = (await in_hand(database, bots[0].child.pid))["outbox"]
                bots[0].kill()
            if turn == 2 * ROUNDS // 3:
                bots[1].send(signal.SIGTERM)
                async with asyncio.timeout(10):
                    assert await bots[1].ends() == 0
                bots[0] = await start(computer, url, sandbox, front, ports[0])
        await all_answered(url, load, sandbox)
        result = await reckon(database, sandbox)
        shared = [await handled(port) for port in (ports[0], ports[2])]
        assert await answers(f"http://127.0.0.1:{front}/metrics") == 404
        assert await leads_to(f"http://127.0.0.1:{front}/desk") == "/desk/"
    await database.close()
    await connection.execute("DROP DATABASE behind WITH (FORCE)")
    await connection.close()
    statuses = re.findall(r'"POST /telegram HTTP/1\.[01]" (\d+)', log.read_text())
    others = [status for status in statuses if status != "200"]
    print(f"{sum(load.asked.values())} questions, {len(statuses)} calls, {len(others)} of them not 200: {others}")
    assert (result.lost, load.unanswered()) == ([], {})
    assert result.twice <= sending
    assert all(count > 0 for count in shared), "each process takes its part"
    assert set(others) <= {"499", "502", "503", "504"}, "nothing says that a call was wrong"
