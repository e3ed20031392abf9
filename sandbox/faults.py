"""Faults on demand: what goes wrong between a bot and Telegram, at chosen calls or at a seeded rate."""

import random
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What can go wrong."""

    TOO_MANY = "too_many"
    BAD_GATEWAY = "bad_gateway"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    SLOW = "slow"
    BLOCKED = "blocked"
    ANSWER = "answer"
    DROPPED_PRESS = "dropped_press"
    REPEATED = "repeated"
    REORDERED = "reordered"


CALLS = frozenset(Kind) - {Kind.DROPPED_PRESS, Kind.REPEATED, Kind.REORDERED}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing. Made by the functions below, given to `Faults.add`."""

    kind: Kind
    seconds: float = 0.0
    hang: bool = False
    status: int = 0
    text: str = ""

    @classmethod
    def answer(cls, status: int, text: str) -> "Fault":
        """This very answer, whatever was asked: a refusal word for word, or a page of something in between."""
        return cls(Kind.ANSWER, status=status, text=text)

    @classmethod
    def too_many(cls, retry_after: int = 1) -> "Fault":
        """429, not accepted; `retry_after` in seconds."""
        return cls(Kind.TOO_MANY, float(retry_after))

    @classmethod
    def bad_gateway(cls) -> "Fault":
        """502 with an HTML page, not accepted."""
        return cls(Kind.BAD_GATEWAY)

    @classmethod
    def timeout_before(cls, hang: bool = False) -> "Fault":
        """Never accepted and never answered: the connection is closed, or `hang`s until the bot gives up."""
        return cls(Kind.TIMEOUT_BEFORE, hang=hang)

    @classmethod
    def timeout_after(cls, hang: bool = False) -> "Fault":
        """Accepted, but the answer never comes: the connection is closed, or `hang`s until the bot gives up."""
        return cls(Kind.TIMEOUT_AFTER, hang=hang)

    @classmethod
    def slow(cls, seconds: float) -> "Fault":
        """Accepted after `seconds` of the sandbox's clock."""
        return cls(Kind.SLOW, seconds)

    @classmethod
    def blocked(cls) -> "Fault":
        """403, as if the person had just blocked the bot."""
        return cls(Kind.BLOCKED)

    @classmethod
    def dropped_press(cls) -> "Fault":
        """A press that never reaches the bot."""
        return cls(Kind.DROPPED_PRESS)

    @classmethod
    def repeated(cls) -> "Fault":
        """An update that is delivered once more after it was acknowledged."""
        return cls(Kind.REPEATED)

    @classmethod
    def reordered(cls) -> "Fault":
        """A batch of updates that comes in another order (long polling only)."""
        return cls(Kind.REORDERED)


@dataclass
class Rule:
    """Where and how often a fault strikes; `fired` counts."""

    fault: Fault
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    rate: float | None = None
    dice: random.Random = field(default_factory=random.Random)
    fired: int = 0

    def strikes(self, method: str, chat: int | None) -> bool:
        """Whether this call or update is hit; counts it if so."""
        if self.times is not None and self.fired >= self.times:
            return False
        if self.method not in (None, method) or self.chat not in (None, chat):
            return False
        if self.rate is not None and self.dice.random() >= self.rate:
            return False
        self.fired += 1
        return True


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(
        self,
        fault: Fault,
        method: str | None = None,
        chat: int | None = None,
        times: int | None = None,
        rate: float | None = None,
        seed: int = 0,
    ) -> Rule:
        """Let a fault strike.

        method: Bot API method (any case), or update kind for update faults; None is every one but `getUpdates`.
        chat: only calls to this chat id. times: at most so often (once when neither `times` nor `rate` is given).
        rate: share of the matching calls, 0 to 1, drawn from `seed`.
        """
        if times is None and rate is None:
            times = 1
        name = method.lower() if method else None
        rule = Rule(fault, name, chat, times, rate, random.Random(seed))  # noqa: S311 - repeatable on purpose
        self.rules.append(rule)
        return rule

    def remove(self, rule: Rule) -> None:
        """Lift one rule."""
        self.rules.remove(rule)

    def clear(self) -> None:
        """Lift all rules."""
        self.rules.clear()

    def for_call(self, method: str, chat: int | None) -> Fault | None:
        """The fault that strikes this call, if any."""
        for rule in self.rules:
            if rule.fault.kind not in CALLS or (rule.method is None and method == "getupdates"):
                continue
            if rule.strikes(method, chat):
                return rule.fault
        return None

    def for_update(self, kind: Kind, update: str, chat: int | None = None) -> bool:
        """Whether an update fault of this kind strikes."""
        return any(rule.fault.kind is kind and rule.strikes(update, chat) for rule in self.rules)

    def order(self) -> random.Random | None:
        """The dice to shuffle a batch with, when it is to be reordered."""
        for rule in self.rules:
            if rule.fault.kind is Kind.REORDERED and rule.strikes("batch", None):
                return rule.dice
        return None
