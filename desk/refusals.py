"""How the desk says no: one family of exceptions, each a sentence in the reader's language, said in one place."""

from __future__ import annotations

from collections.abc import Sequence

from words import Saying


class Refused(Exception):
    """No, and here is why: the key of a sentence and its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.ways: Sequence[tuple[str, str]] = ()
        """Ways on: what the button says, and its action."""

    def told(self, _reader: int | None) -> str:
        """The sentence for this reader, a person's id."""
        return self.key


class NoCard(Refused):
    """Filing wants a valid talent card; `why` says kindly what is the matter with theirs."""

    def __init__(self, why: str = "filing.need_card") -> None:
        super().__init__(why)


class NoSuchThing(Refused):
    """There is no such command or button, or it is none of theirs; both sound alike."""

    def __init__(self) -> None:
        super().__init__("refused.no_such_thing")


class NoSuchMatter(Refused):
    """There is no such matter, or it is none of theirs; both sound alike."""

    def __init__(self) -> None:
        super().__init__("refused.no_matter")


class NotYours(Refused):
    """They may know of it, but it belongs to somebody else; `why` may say to whom."""

    def __init__(self, why: str = "refused.not_yours") -> None:
        super().__init__(why)


class NotNow(Refused):
    """The act is theirs, but not in the matter's present status."""

    def __init__(self, status: str) -> None:
        super().__init__("refused.not_now", stage=Saying(f"status.{status}"))


class AlreadyDone(Refused):
    """Somebody has done it before; `person` is their id."""

    def __init__(self, by: str, at: object, person: int | None = None) -> None:
        super().__init__("refused.already", by=by, at=at)
        self.person = person

    def told(self, reader: int | None) -> str:
        """The sentence for this reader, who may have done it themselves."""
        return "refused.already_you" if reader is not None and reader == self.person else self.key
