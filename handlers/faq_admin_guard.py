"""Who may edit the FAQ: whoever holds a post as editor or admin now; for anybody else the command is unknown."""

from __future__ import annotations

from functools import wraps

from handlers import ask
from handlers.faq_admin_news import may_edit
from handlers.feature import Step
from handlers.turn import Turn


def editors(step: Step) -> Step:
    """The step, for editors alone; their posts have just been read from the database."""

    @wraps(step)
    async def guarded(turn: Turn) -> None:
        if may_edit(turn.person):
            await step(turn)
        elif turn.incoming.is_press:
            turn.toast("press.unknown", alert=True)
        else:
            await ask.ask(turn)

    return guarded
