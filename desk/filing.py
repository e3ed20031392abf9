"""The filing form as a value: what has been said, what comes next, and how far it is; it knows nothing of chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from desk.catalogue import Category, Question
from desk.rules.reasons import Name

CATEGORY, CONCERN, FILES, REVIEW = "category", "concern", "files", "review"


@dataclass(frozen=True)
class Concern:
    """What a matter is about: the person, or one of their projects or teams by its row and name."""

    kind: str
    id: int | None = None
    name: Name | None = None


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent. `size` in bytes; `album` joins the pictures of one album."""

    kind: str
    file_id: str
    name: str
    size: int
    album: str | None = None


@dataclass(frozen=True)
class Filing:
    """A key small matter in the making.

    `words` is the question it began with; `at` the step being asked: `category`, `concern`, a question's id, `files`
    or `review`; `given`: the category came along and is not asked; `for_person` is set when staff file for a cardholder
    after a call or visit. `doubtful` are words that may answer the question being asked, or be one to us.
    """

    at: str = CATEGORY
    category: str | None = None
    words: str = ""
    guess: str | None = None
    question: int | None = None
    concern: Concern | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()
    changing: bool = False
    given: bool = False
    for_person: int | None = None
    doubtful: str = ""

    def to_state(self) -> dict[str, Any]:
        """The form as plain data for the drafts table."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Filing:
        """The form again, as `to_state` left it."""
        concern = _concern(state["concern"]) if state["concern"] else None
        uploads = tuple(Upload(**upload) for upload in state["uploads"])
        return cls(**{**state, "concern": concern, "uploads": uploads})

    def steps(self, category: Category | None, concerns: Sequence[Concern]) -> list[str]:
        """Every step of this form, in order. With one thing it can concern, that is not asked."""
        first = [CATEGORY] + ([CONCERN] if len(concerns) > 1 else [])
        if category is None:
            return [*first, FILES, REVIEW]
        return [*first, *(question.id for question in category.questions), FILES, REVIEW]

    def with_answer(self, question: Question, value: str) -> Filing:
        """The form with one more answer."""
        return replace(self, answers={**self.answers, question.id: value}, doubtful="")

    def onward(self, steps: Sequence[str]) -> Filing:
        """The form at its next step; back at the review when one answer was being changed there."""
        if self.changing:
            return replace(self, at=REVIEW, changing=False)
        return replace(self, at=steps[min(steps.index(self.at) + 1, len(steps) - 1)])

    def back(self, steps: Sequence[str]) -> Filing:
        """The form one step earlier."""
        return replace(self, at=steps[max(steps.index(self.at) - 1, 0)], changing=False)

    def progress(self, steps: Sequence[str]) -> tuple[int, int]:
        """Which step this is, and of how many; the review and a category that came along are not counted."""
        unasked = 1 if self.given else 0
        last = len(steps) - 1 - unasked
        return max(min(steps.index(self.at) + 1 - unasked, last), 1), last


def _concern(state: Mapping[str, Any]) -> Concern:
    return Concern(state["kind"], state["id"], Name(**state["name"]) if state["name"] else None)
