"""The people of a simulated month and what they do: file, handle, are away, leave for good, block the bot."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from room_clock import RoomClock
from simulated_people import ROSTER_DAY, Staffed
from sqlalchemy import select

from benchmarks.simulated_fates import Fates
from benchmarks.simulated_proof import Findings, Proof
from bot.assembly import Parts
from db.schema.queues import cards
from desk.desk import Desk
from desk.rules.life import Act, Status
from desk.steps import unfinished
from desk.views import Matter
from handlers.cards import do_name
from sandbox import Message, Person, Sandbox

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Enyang
STEP = timedelta(minutes=30)
PART_CHANCE = 0.15
STEPS_A_DAY, MOVES_AT_MOST, MOST_AT_ONCE = 16, 40, 4
FORM = ("不办了", "同意", "提交")
BACK, ASIDE = ("上一步", "不办了"), ("跳过", "先不发", "没有材料")

Task = AsyncIterator[None]


@dataclass(frozen=True)
class Size:
    """How large a district, for how long."""

    cardholders: int = 200
    matters: int = 1500
    days: int = 30
    seed: int = 1


@dataclass
class Month:
    """The month as it goes."""

    size: Size
    sandbox: Sandbox
    parts: Parts
    clock: RoomClock
    staffed: Staffed
    rng: random.Random

    def __post_init__(self) -> None:
        self.proof = Proof(self.parts, self.clock)
        self.found: Findings = self.proof.found
        self.fates = Fates(self.sandbox, self.parts, self.clock, self.staffed, self.rng, self.found)

    async def run(self) -> Findings:
        """Every day in turn."""
        for keys in (self.staffed.cardholders, self.staffed.staff):
            for key in keys:
                await self.sandbox.people[key].start()
            await self.settles()
        for day in range(self.size.days):
            works = self.parts.services.house.calendar.workday(ROSTER_DAY + timedelta(days=day))
            if works:
                await self.fates.befall(day)
                await self.settles()
            for _ in range(STEPS_A_DAY if works else 0):
                await self._step(day)
                await self.passes(STEP)
            left = START + timedelta(days=day + 1) - self.clock.now()
            for _ in range(4):
                await self.passes(left / 4)
                await self.proof.look()
        return await self.proof.report()

    async def passes(self, span: timedelta) -> None:
        """Time passes, and everything that is due happens."""
        self.clock.passes(span.total_seconds())
        await self.settles()

    async def settles(self) -> None:
        """Come back when everything sent has been handled, and everything owed has arrived."""
        await self.sandbox.until(lambda: not self.sandbox.updates.pending)
        await self.parts.worker.idle()
        await self.parts.timers.idle()
        await self.parts.delivery.idle()

    # ---- what people do

    async def _step(self, day: int) -> None:
        """Half an hour: some file, some act on what is theirs, each a few things; all of it move by move."""
        agenda: dict[str, list[Task]] = {key: [self._files(self.sandbox.people[key])] for key in self._filing(day)}
        for matter in await self.proof.look():
            for who, task in await self._wishes(matter):
                if len(agenda.get(who, ())) < MOST_AT_ONCE and not self.sandbox.people[who].account.blocked:
                    agenda.setdefault(who, []).append(task)
                else:
                    await task.aclose()  # type: ignore[attr-defined]
        while any(agenda.values()):
            for key, tasks in agenda.items():
                if tasks and await self._is_done(key, tasks[0]):
                    del tasks[0]
            await self.settles()

    async def _is_done(self, key: str, task: Task) -> bool:
        """Make the next move of a task; whether it was the last."""
        try:
            await anext(task)
        except StopAsyncIteration:
            return True
        except AssertionError as missed:
            self.found.wrong.append(f"{key} could not go on: {missed}")
            return True
        return False

    def _filing(self, day: int) -> list[str]:
        """Who files in this half hour: more than enough on each day of the first three weeks."""
        days = max(self.size.days * 2 // 3, 1)
        if day >= days or self.found.done["filed"] >= self.size.matters:
            return []
        each = self.size.matters / (days * 5 / 7) / STEPS_A_DAY * 1.1
        count = int(each) + (self.rng.random() < each % 1)
        free = [key for key in self.staffed.cardholders if not self.sandbox.people[key].account.blocked]
        return self.rng.sample(free, k=min(count, len(free)))

    async def _files(self, person: Person) -> Task:
        """From `/new` to the number, whatever the form asks."""
        await person.says("/new")
        yield
        for _ in range(MOVES_AT_MOST):
            shown = _newest(person, lambda message: any(word in each for each in _labels(message) for word in FORM))
            labels = _labels(shown)
            if any("提交" in each for each in labels):
                await person.presses(next(each for each in labels if "提交" in each), on=shown)
                self.found.done["filed"] += 1
                yield
                return
            await self._answers(person, shown)
            yield
        self.found.wrong.append(f"{person.account.key} cannot file: {person.messages[-12:]!r}")

    async def _answers(self, person: Person, shown: Message) -> None:
        choices = [each for each in _labels(shown) if not any(word in each for word in BACK)]
        aside = [each for each in choices if any(word in each for word in ASIDE)]
        if agreed := [each for each in choices if "同意，继续" in each]:
            await person.presses(agreed[0], on=shown)
        elif aside and self.rng.random() < 0.7:
            await person.presses(aside[0], on=shown)
        elif choices and len(choices) > len(aside):
            await person.presses(self.rng.choice([each for each in choices if each not in aside]), on=shown)
        elif "发照片" in shown.text or "有材料" in shown.text:
            await person.sends_document(b"%PDF-1.7", "材料.pdf")
        else:
            kinds = {"数字": "5", "日期": "明天", "什么时候": "明天", "电话": "13800000051"}
            await person.says(next((said for word, said in kinds.items() if word in shown.text), "情况就是这样"))

    async def _wishes(self, matter: Matter) -> list[tuple[str, Task]]:
        """What the people of this matter set out to do in this half hour, if anything."""
        holder = self.staffed.key_of[matter.person_id]
        parts = await self._parts(matter)
        act, words = _wish(matter, self.rng)
        if parts or act is None:
            return parts
        if act in (Act.SUPPLY, Act.CONFIRM, Act.DISPUTE, Act.URGE):
            return [(holder, self._does(holder, matter, act, words))]
        hands = [key for key in await self._hands(matter) if self.fates.at_work(key)]
        return [(hands[0], self._does(hands[0], matter, act, words))] if hands else []

    async def _parts(self, matter: Matter) -> list[tuple[str, Task]]:
        """What other departments do for their part of this matter."""
        if matter.status not in (Status.DISPATCHED, Status.ACCEPTED):
            return []
        found = []
        for step in unfinished(matter):
            if self.rng.random() < PART_CHANCE:
                act, words = (Act.STEP_DONE, "我们的部分办好了") if step.taken_at else (Act.STEP_TAKE, "")
                async with self.parts.database.read() as tx:
                    hands = await Desk(tx, self.parts.services.house, self.clock.now()).roster.hands(step.staff_id)
                keys = [self.staffed.key_of[each] for each in hands]
                found += [(key, self._does(key, matter, act, words)) for key in keys[:1] if key not in self.fates.gone]
        return found

    async def _hands(self, matter: Matter) -> list[str]:
        async with self.parts.database.read() as tx:
            desk = Desk(tx, self.parts.services.house, self.clock.now())
            if matter.status is Status.RETURNED:
                found = [person.id for person in await desk.people.with_role("dispatcher")]
            else:
                found = await desk.roster.hands(matter.owner_id)
        return [self.staffed.key_of[each] for each in found]

    async def _does(self, key: str, matter: Matter, act: Act, words: str) -> Task:
        """Press the card's button, then say or press what it asks for."""
        person = self.sandbox.people[key]
        label = do_name(act, matter.status, self.parts.services.words.speaker("zh"))
        card = await self._card(key, matter)
        shown = next((message.buttons for message in person.messages if message.id == card), [])
        if not any(label in text for row in shown for text in row):
            return
        await person.presses(label, on=card)
        self.found.done[act.value] += 1
        yield
        if act in (Act.CONFIRM, Act.DISPATCH):
            asked = _newest(person, lambda message: matter.number in message.text and bool(message.buttons))
            choices = [f"{self.rng.choice((5, 5, 5, 4, 4, 3, 2))}★"] if act is Act.CONFIRM else _labels(asked)
            await person.presses(self.rng.choice(choices), on=asked)
            yield
        elif words:
            anyway = "现在送单"
            if act is Act.DELIVER and any(anyway in each for each in _labels(person.last)):
                await person.presses(anyway, on=person.last)
                yield
            await person.says(words)
            yield

    async def _card(self, key: str, matter: Matter) -> int | None:
        mine = (cards.c.matter_id == matter.id) & (cards.c.person_id == self.staffed.id_of[key])
        async with self.parts.database.read() as tx:
            found: int | None = await tx.scalar(select(cards.c.message_id).where(mine))
            return found


def _newest(person: Person, fits: Callable[[Message], bool]) -> Message:
    """The bot's newest message that fits: others may have come in between."""
    found = next((message for message in reversed(person.messages) if message.from_bot and fits(message)), None)
    assert found is not None, f"{person.account.key} waits for an answer; the chat ends {person.messages[-3:]}"
    return found


def _labels(message: Message) -> list[str]:
    return [each for row in message.buttons for each in row]


def _wish(matter: Matter, rng: random.Random) -> tuple[Act | None, str]:
    """What somebody may come to do about a matter in half an hour; most of the time nothing."""
    slow = matter.id % 11 == 0  # some matters lie about
    chance = rng.random() * (6 if slow else 1)
    match matter.status:
        case Status.DISPATCHED:
            if chance < 0.008:
                return Act.RETURN, "这件事不归我们办"
            return (Act.ACCEPT, "") if chance < 0.25 else (None, "")
        case Status.RETURNED:
            return (Act.DISPATCH, "") if chance < 0.3 else (None, "")
        case Status.ACCEPTED:
            if chance < 0.006:
                return Act.ASK, "请补一份居住证明"
            return (Act.DELIVER, "已经办好，请查收") if chance < 0.035 else (None, "")
        case Status.WAITING:
            return (Act.SUPPLY, "补上了，见说明") if chance < 0.05 else (None, "")
        case Status.DELIVERED if matter.id % 9:
            if chance < 0.008:
                return Act.DISPUTE, "还没有解决"
            return (Act.CONFIRM, "") if chance < 0.1 else (None, "")
    return None, ""
