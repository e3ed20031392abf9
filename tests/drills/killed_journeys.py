"""The journeys that are killed at every boundary, step by step: what people do, one thing at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from sandbox import Person


class Stage(Protocol):
    """Where a step is done. `turn` counts how often the whole journey was."""

    turn: int

    def person(self, key: str) -> Person:
        """Whose phone it is."""
        ...

    async def passes(self, **time: float) -> None:
        """Let time pass."""
        ...


Step = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True)
class Journey:
    """`before` leads up to it undisturbed, `after` clears away; at each boundary of its `steps` the bot is killed.

    `act` is the act with which it ends, where it has one.
    """

    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    act: str = ""
    after: tuple[Step, ...] = ()


def says(who: str, words: str) -> Step:
    """Write; `{n}` is the number of the turn."""
    return lambda stage: stage.person(who).says(words.format(n=stage.turn))


def presses(who: str, label: str) -> Step:
    """Press the newest button that reads so."""
    return lambda stage: stage.person(who).presses(label)


def tap(who: str, *labels: str) -> tuple[Step, ...]:
    """One button after the other."""
    return tuple(presses(who, label) for label in labels)


def replies(who: str, to: str, words: str) -> Step:
    """Answer the newest message that says so."""

    async def reply(stage: Stage) -> None:
        person = stage.person(who)
        wanted = to.format(n=stage.turn)
        there = next(message for message in reversed(person.messages) if message.from_bot and wanted in message.text)
        await person.says(words.format(n=stage.turn), reply_to=there)

    return reply


def sends_a_file(who: str) -> Step:
    """Send a document."""
    return lambda stage: stage.person(who).sends_document(b"%PDF-1.7", "居住证明.pdf")


async def a_week_later(stage: Stage) -> None:
    """Let everything become late."""
    await stage.passes(days=7)


CONSENT = (says("talent", "/new"), *tap("talent", "同意，继续", "不办了"))
FILE = (
    says("talent", "/new"),
    *tap("talent", "子女入学", "小学", "转学", "跳过", "跳过", "先不发材料", "提交"),
)
ACCEPT = tap("liaison", "接单")
RETURN = (presses("liaison", "不归我办"), says("liaison", "入学归教育部门"))
ASK = (presses("liaison", "请补材料"), says("liaison", "请补一份居住证明"))
SUPPLY = (presses("talent", "补材料"), sends_a_file("talent"))
DELIVER = (presses("liaison", "送单"), says("liaison", "已联系学校，3月1日报到"))
DISPUTE = (presses("talent", "没有解决"), says("talent", "学校又说不行"))
RELAY = (
    replies("talent", "点单 →", "第{n}问：周五前能办好吗"),
    replies("liaison", "第{n}问", "第{n}答：周四就能办好"),
)
PUBLISH = (
    says("admin", "/faq_admin 人才公寓"),
    *tap("admin", "怎么住进人才公寓", "加问法"),
    says("admin", "人才公寓第{n}期怎么申请"),
    presses("admin", "发布"),
)

JOURNEYS = {
    "file": Journey((), FILE, "dispatch"),
    "accept": Journey(FILE, ACCEPT, "accept"),
    "return": Journey(FILE, RETURN, "return"),
    "ask": Journey(FILE + ACCEPT, ASK, "ask"),
    "supply": Journey(FILE + ACCEPT + ASK, SUPPLY, "supply"),
    "deliver": Journey(FILE + ACCEPT, DELIVER, "deliver"),
    "dispute": Journey(FILE + ACCEPT + DELIVER, DISPUTE, "dispute"),
    "escalate": Journey(FILE, (a_week_later,), "escalate", after=tap("talent", "撤回", "撤回")),
    "relay": Journey(FILE, RELAY, "say"),
    "publish": Journey((), PUBLISH),
}
