"""Further files: who has just sent one about a matter goes on sending, and is not asked each time which it is about.

For both sides. Words begin something new, and so does whatever is sent when `LASTS` is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.rules.life import Act
from handlers.turn import Turn

JOURNEY = "further"
LASTS = timedelta(minutes=30)

FOLLOWED_AS = {Act.SUPPLY: Act.SAY, Act.DELIVER: Act.SAY, Act.DISPUTE: Act.SAY, Act.SAY: Act.SAY, Act.NOTE: Act.NOTE}
"""What further files are: a note stays among the staff."""

WANTS_FILES = frozenset({Act.SUPPLY, Act.DELIVER})
"""Acts after which files are likely even where the first message had none."""


async def keep_open(turn: Turn, act: Act, matter_id: int) -> None:
    """After this act: what comes next belongs to the same matter, unless another form is open or words wait."""
    likely = turn.incoming.attachments or act in WANTS_FILES
    if act in FOLLOWED_AS and likely and await turn.desk.drafts.of(turn.person) is None:
        until = (turn.desk.now + LASTS).isoformat()
        state = {"matter": matter_id, "act": FOLLOWED_AS[act].value, "until": until}
        await turn.desk.drafts.keep(turn.person, JOURNEY, state)


async def where_to(turn: Turn) -> tuple[int, Act] | None:
    """The matter these files follow to, and as what; `None` where they begin something new."""
    draft = await turn.desk.drafts.of(turn.person)
    if draft is None or draft.journey != JOURNEY:
        return None
    await turn.desk.drafts.drop(turn.person)
    late = turn.desk.now > datetime.fromisoformat(draft.state["until"])
    if late or not turn.incoming.attachments:
        return None
    return int(draft.state["matter"]), Act(draft.state["act"])
