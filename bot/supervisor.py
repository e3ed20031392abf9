"""Keeps a process's loops going: one that ends unforeseen is begun anew; one that does nothing else ends the process.

Nobody else would notice: systemd and Docker start a process anew when it has ended, and look at no page of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.now import Clock
from bot.tracebacks import plain_traceback

MOST = 5
"""So many ends, one soon after the other, and a fresh process is the better try."""
SOUND = 60.0
"""Seconds: after so long a life a loop's earlier ends are forgotten."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

Run = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Supervisor:
    """Watches over loops, each until it returns by itself.

    `over` is set when the process should end, by us or whoever else wants it to; `lost` then names the loop that we
    have given up, if that is why.

    Args:
        counted: called with the name of each loop that has ended unforeseen.
    """

    def __init__(self, clock: Clock, counted: Callable[[str], object]) -> None:
        self.over = asyncio.Event()
        self.lost = ""
        self._clock = clock
        self._counted = counted
        self._down: dict[str, bool] = {}
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def keep(self, name: str, run: Run, *, vital: bool = True) -> asyncio.Task[None]:
        """Run this and, when it ends by an error, run it again after a pause, longer each time.

        Args:
            vital: whether people would wait in vain without it; what is not is never a reason to end the process.
        """
        self._tasks.append(asyncio.create_task(self._keep(name, run, vital), name=name))
        return self._tasks[-1]

    def hangs(self) -> str | None:
        """Why this process should be started anew, in one line."""
        return f"{self.lost} keeps ending; this process ends" if self.lost else None

    def down(self, *, vital: bool) -> str | None:
        """What does not run at this moment although it should, in one line."""
        names = [name for name, needed in self._down.items() if needed is vital]
        return f"not running: {', '.join(names)}" if names else None

    def rest(self) -> None:
        """The process stops: from now on nothing is begun anew."""
        self._stopping.set()

    async def end(self) -> None:
        """Cut off whatever still runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, name: str, run: Run, vital: bool) -> None:
        ends, pause = 0, FIRST_PAUSE
        while not self._stopping.is_set():
            began = self._clock.now()
            self._down.pop(name, None)
            try:
                await run()
                return
            except (Exception, asyncio.CancelledError) as error:
                if _is_cut_off():
                    raise
                self._down[name] = vital
                self._counted(name)
                if (self._clock.now() - began).total_seconds() >= SOUND:
                    ends, pause = 0, FIRST_PAUSE
                ends += 1
                log.error("loop.ended", loop=name, ends=ends, exception=plain_traceback(error))
            if vital and ends >= MOST:
                log.critical("loop.lost", loop=name, mend="this process ends; whoever started it starts another")
                self.lost = name
                self.over.set()
                return
            await self._clock.wait(self._stopping, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _is_cut_off() -> bool:
    """Whether it is we who are cancelled, and not something that the loop was waiting for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
