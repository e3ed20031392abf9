"""Updates that no Telegram would send: real ones with something wrong, from a seed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Update = dict[str, Any]

STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    2**31,
    2**63,
    -(2**63) - 1,
    10**40,
    "",
    "0",
    "\0",
    "\ud800",
    "\u202e" * 9,
    "😀" * 5000,
    "A" * 70_000,
    [],
    [[]],
    {},
    {"id": {}},
    {"": None},
    ["/start"],
    "/start " + "x" * 300,
    "NaN",
    "<b>&lt;",
)
RAW = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"0",
    b'"text"',
    b"{",
    b"\xff\xfe\x00",
    b"\x00" * 40,
    b'{"update_id": 1e999}',
    b'{"update_id": NaN, "message": Infinity}',
    b"[" * 5_000,
    b'{"a":' * 5_000,
    b"\xef\xbb\xbf{}",
    b'{"update_id": 7, "update_id": "7"}',
    b"<html>502</html>",
)
KINDS = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x")
LARGEST = 1024 * 1024
OTHERS = 7_000_000_000


@dataclass(frozen=True)
class Body:
    """What is posted, and as what it is said to be."""

    content: bytes
    kind: str = "application/json"


@dataclass
class Maker:
    """Makes bodies out of real updates; numbers go on from `number`, so that few are taken for repetitions."""

    samples: Sequence[Update]
    person: int
    dice: random.Random
    number: int = 500_000_000
    _last: list[Body] = field(default_factory=list)

    def bodies(self, count: int) -> Iterator[Body]:
        """So many."""
        for _ in range(count):
            make = self.dice.choices((self._changed, self._damaged, self._raw, self._repeated, self._large), WEIGHTS)[0]
            body = make()
            self._last = [*self._last[-20:], body]
            yield body

    def _update(self) -> Update:
        """A sound one: of the person who made the samples, or of one of many others."""
        self.number += 1
        text = json.dumps(self.dice.choice(self.samples))
        if self.dice.random() < 0.9:
            text = text.replace(str(self.person), str(OTHERS + self.dice.randrange(3_000)))
        return {**json.loads(text), "update_id": self.number}

    def _changed(self) -> Body:
        """Still JSON; some of its values are of no use."""
        update = self._update()
        for _ in range(self.dice.choice((1, 1, 1, 2, 4))):
            self.dice.choice(CHANGES)(update, self.dice)
        depth = self.dice.choice((100, 900, 30_000))  # deeper than Python's own encoder goes
        return Body(json.dumps(update).replace('"@deep@"', "[" * depth + "]" * depth).encode(), self._kind())

    def _damaged(self) -> Body:
        """Cut off, or with bytes in it that do not belong there."""
        raw = bytearray(json.dumps(self._update(), ensure_ascii=False).encode())
        place = self.dice.randrange(len(raw))
        match self.dice.randrange(4):
            case 0:
                del raw[place:]
            case 1:
                raw[place] = self.dice.randrange(256)
            case 2:
                raw[place:place] = self.dice.randbytes(self.dice.choice((1, 4, 60)))
            case _:
                del raw[place : place + self.dice.choice((1, 5, 80))]
        return Body(bytes(raw), self._kind())

    def _raw(self) -> Body:
        return Body(self.dice.choice(RAW), self._kind())

    def _repeated(self) -> Body:
        return self.dice.choice(self._last) if self._last else self._raw()

    def _large(self) -> Body:
        """Around the most that is taken."""
        size = self.dice.choice((LARGEST - 1, LARGEST, LARGEST + 1, LARGEST + 100_000))
        return Body(b'{"a":"' + b"x" * (size - 8) + b'"}')

    def _kind(self) -> str:
        return "application/json" if self.dice.random() < 0.9 else self.dice.choice(KINDS)


WEIGHTS = (75, 12, 6, 6, 0.1)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in there, with each of its keys."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(inside):
        yield value, key
        yield from _places(part)


def _any_place(update: Update, dice: random.Random) -> tuple[Any, Any]:
    return dice.choice(list(_places(update)) or [({0: {}}, 0)])


def _strange(dice: random.Random) -> Any:
    """A copy: what is put into an update may be changed there, and be put into itself in the end."""
    return copy.deepcopy(dice.choice(STRANGE))


def _replace(update: Update, dice: random.Random) -> None:
    container, key = _any_place(update, dice)
    container[key] = _strange(dice)


def _leave_out(update: Update, dice: random.Random) -> None:
    container, key = _any_place(update, dice)
    del container[key]


def _wrap(update: Update, dice: random.Random) -> None:
    container, key = _any_place(update, dice)
    container[key] = dice.choice(([container[key]], {"id": container[key]}, str(container[key])))


def _nest(update: Update, dice: random.Random) -> None:
    container, key = _any_place(update, dice)
    deep: Any = container[key]
    for _ in range(dice.choice((3, 40))):
        deep = [deep]
    container[key] = dice.choice((deep, "@deep@"))


def _mix(update: Update, dice: random.Random) -> None:
    (one, key), (other, name) = _any_place(update, dice), _any_place(update, dice)
    one[key] = copy.deepcopy(other[name])


def _add(update: Update, dice: random.Random) -> None:
    container, _ = _any_place(update, dice)
    if isinstance(container, dict):
        name = dice.choice(("message", "callback_query", "chat", "photo", "text", "entities", "x", "from"))
        container[name] = _strange(dice)


CHANGES: tuple[Callable[[Update, random.Random], None], ...] = (_replace, _leave_out, _wrap, _nest, _mix, _add)
