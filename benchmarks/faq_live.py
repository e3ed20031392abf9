"""From saving a file of the FAQ to the new answer: the real bot in a process of its own, asked all the while.

    PYTHONPATH=.:tests/support .venv/bin/python -m benchmarks.faq_live [--saves 10]

`python -m bot demo` runs with a copy of the shipped FAQ. Again and again a file is saved with a new answer, or with a
slip; five people keep asking, one after the other, and how long each waits for an answer is measured too: in the
seconds after a save, while the bot reads and tries the new book, and in the seconds between.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from machine import machine
from phones import Phones, phones, printed_address, words_of

CONTENT = Path(__file__).parents[1] / "faq" / "content"
PEOPLE = ("talent", "liaison", "department", "run_team", "director")
QUESTION = "娃儿上学咋个办"
PLACE = "教育部门"
EVERY = 0.2
"""Seconds between two questions: each of five people asks once a second, as often as a chat may be answered."""
QUIET = 3.0


@dataclass
class Asked:
    """Answers that came: when each was asked and how long it took, in seconds; which marks were seen first when."""

    waits: list[tuple[float, float]] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)

    async def keep_asking(self, everybody: Phones) -> None:
        """Ask for ever, one person after the other; nobody waits for anybody."""
        async with asyncio.TaskGroup() as group:
            for number, who in enumerate(PEOPLE):
                group.create_task(self._one(everybody, who, number * EVERY))

    async def _one(self, everybody: Phones, who: str, later: float) -> None:
        await asyncio.sleep(later)
        while True:
            start = time.monotonic()
            before = (await everybody.messages(who))[-1]["message_id"]
            await everybody.says(who, QUESTION)
            words = await everybody.until(lambda b=before: self._answer(everybody, who, b), f"{who} is answered")
            end = time.monotonic()
            self.waits.append((start, end - start))
            for mark in re.findall(r"改稿\d+", words):
                self.seen.setdefault(mark, end)
            await asyncio.sleep(max(0.0, start + EVERY * len(PEOPLE) - time.monotonic()))

    @staticmethod
    async def _answer(everybody: Phones, who: str, before: int) -> str:
        new = [one for one in await everybody.messages(who) if one["message_id"] > before and not one["mine"]]
        return next((words_of(one) for one in new if PLACE in words_of(one)), "")


async def trial(saves: int) -> tuple[list[float], list[float], Asked, list[float]]:
    """Seconds until a new answer was given and until the admin had heard; what was asked; when files were saved."""
    lived, told, asked, moments = [], [], Asked(), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(CONTENT, folder / "faq")
        async with machine(folder) as computer:
            words = ("-m", "bot", "demo", "--port", "0", "--folder", str(folder / "demo"))
            demo = await computer.start(*words, DESK_FAQ=str(folder / "faq"), DESK_LOG_LEVEL="warning")
            async with phones(printed_address(await demo.line("http://127.0.0.1"))) as everybody:
                for who in ("admin", *PEOPLE):
                    await everybody.says(who, "/start")
                asking = asyncio.create_task(asked.keep_asking(everybody))
                await asyncio.sleep(QUIET)
                for number in range(saves):
                    mark = f"改稿{number}"
                    moments.append(time.monotonic())
                    save(folder / "faq" / "school.yaml", mark)
                    await everybody.hears("admin", mark)
                    told.append(time.monotonic() - moments[-1])
                    await everybody.until(lambda m=mark: _there(asked, m), "the new answer is given")
                    lived.append(asked.seen[mark] - moments[-1])
                    await asyncio.sleep(QUIET)
                    moments.append(time.monotonic())
                    await slip(folder / "faq" / "school.yaml", everybody)
                    await asyncio.sleep(QUIET)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
    return lived, told, asked, moments


async def _there(asked: Asked, mark: str) -> bool:
    return mark in asked.seen


def save(path: Path, mark: str) -> None:
    """The answer to the question, with a mark."""
    text = re.sub(r"(改稿\d+：)?教育部门", f"{mark}：教育部门", path.read_text("utf-8"), count=1)
    assert mark in text
    path.write_text(text, "utf-8")


def spoil(path: Path) -> str:
    """Save a slip; what stood there before."""
    good = path.read_text("utf-8")
    path.write_text(good.replace("office:", "ofice:", 1), "utf-8")
    return good


async def slip(path: Path, everybody: Phones) -> None:
    """A slip is saved, told, and mended again."""
    heard = sum("没有启用" in words_of(one) for one in await everybody.messages("admin"))
    good = spoil(path)

    async def told() -> bool:
        return sum("没有启用" in words_of(one) for one in await everybody.messages("admin")) > heard

    await everybody.until(told, "the slip is told")
    await asyncio.to_thread(path.write_text, good, "utf-8")


def spread(seconds: list[float]) -> str:
    """Median and longest."""
    return f"median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--saves", type=int, default=10)
    lived, told, asked, moments = asyncio.run(trial(parser.parse_args().saves))
    busy = [wait for at, wait in asked.waits if any(moment - wait <= at <= moment + 2 for moment in moments)]
    quiet = [wait for at, wait in asked.waits if not any(moment - wait <= at <= moment + 2 for moment in moments)]
    print(f"{len(lived)} saves, {len(asked.waits)} questions meanwhile")
    print(f"saved → the new answer is given: {spread(lived)}")
    print(f"saved → the admin has heard what changed: {spread(told)}")
    print(f"question → answer, in the two seconds after a save: {spread(busy)} ({len(busy)})")
    print(f"question → answer, at other times: {spread(quiet)} ({len(quiet)})")


if __name__ == "__main__":
    main()
