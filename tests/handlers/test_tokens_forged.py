"""Buttons that we did not make for whoever presses them: forged, foreign, altered and out of date; none is taken."""

from __future__ import annotations

import base64
import random
import string
import struct
from collections.abc import Callable, Iterator

from handlers.journeys import ACTIONS
from handlers.token import LENGTH, Tokens

TRIES = 100_000
LETTERS = string.ascii_letters + string.digits + "-_"
OURS, FORMER = Tokens(b"the secret of this bot", ACTIONS), Tokens(b"the secret before that", ACTIONS)
ANA, BO = 5_000_000_001, 5_000_000_002

Maker = Callable[[random.Random], str]


def genuine(chance: random.Random) -> str:
    return OURS.seal(ANA, chance.choice(ACTIONS), chance.randrange(1, 10_000), chance.randrange(2**32))


def foreign(chance: random.Random) -> str:
    """Another's genuine button."""
    return OURS.seal(BO, chance.choice(ACTIONS), chance.randrange(1, 10_000), chance.randrange(2**32))


def out_of_date(chance: random.Random) -> str:
    """From before the secret was changed."""
    return FORMER.seal(ANA, chance.choice(ACTIONS), chance.randrange(1, 10_000))


def of_another_version(chance: random.Random) -> str:
    """Our secret, but a body of another version, or an action that there is no more."""
    body = struct.pack(">B2sqI3s", chance.choice((0, 2, 255)), chance.randbytes(2), 7, 0, chance.randbytes(3))
    return base64.urlsafe_b64encode(body + OURS._mac(body, ANA)).decode()


def altered(chance: random.Random) -> str:
    """One letter of a genuine button changed."""
    whole, at = genuine(chance), chance.randrange(LENGTH)
    return whole[:at] + chance.choice(LETTERS.replace(whole[at], "")) + whole[at + 1 :]


def grafted(chance: random.Random) -> str:
    """The body of one button with the seal of another."""
    return genuine(chance)[:24] + genuine(chance)[24:]


def invented(chance: random.Random) -> str:
    return "".join(chance.choices(LETTERS, k=LENGTH))


def misshapen(chance: random.Random) -> str:
    """Cut, lengthened, or of letters that no button has."""
    whole = genuine(chance)
    return chance.choice(
        (whole[:-1], whole + "A", "", whole[:-2] + "中文", whole[:20] + "\x00" + whole[21:], whole * 2)
    )


KINDS: tuple[Maker, ...] = (foreign, out_of_date, of_another_version, altered, grafted, invented, misshapen)


def forgeries(count: int, seed: int = 6) -> Iterator[str]:
    """So many, of every kind in turn."""
    chance = random.Random(seed)
    for number in range(count):
        yield KINDS[number % len(KINDS)](chance)


def test_none_of_a_hundred_thousand_is_taken() -> None:
    taken = [data for data in forgeries(TRIES) if OURS.open(ANA, data) is not None]
    assert taken == []


def test_a_genuine_one_opens_for_whom_it_was_made_and_for_nobody_else() -> None:
    chance = random.Random(1)
    for data in (genuine(chance) for _ in range(500)):
        assert len(data) == LENGTH
        opened = OURS.open(ANA, data)
        assert opened is not None
        assert opened.action in ACTIONS
        assert OURS.open(BO, data) is None
