"""Words that no form waits for: a reply to a matter's card goes to that matter, anything else is a question."""

from __future__ import annotations

from desk.rules.life import Act
from handlers import ask
from handlers.matter_turn import respond
from handlers.turn import Turn


async def talk(turn: Turn) -> None:
    """Find out what the words are about."""
    sent = turn.incoming
    about = await turn.desk.post.matter_on(sent.chat_id, sent.reply_to) if sent.reply_to else None
    if about is not None and not sent.edited:
        await respond(turn, Act.SAY, matter_id=about, words=turn.text)
    else:
        await ask.ask(turn)
