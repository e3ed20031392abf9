"""`/try words…`: an editor sees what the FAQ makes of a question: the three best entries, how sure it is, and why."""

from __future__ import annotations

from faq.outcome import Scored
from handlers import faq_admin_news as news
from handlers.buttons import Button
from handlers.faq_admin_guard import editors
from handlers.feature import Command, Feature
from handlers.turn import Turn

SPOKE = 0.34
"""From this part of the question on, a channel is said to have spoken."""


@editors
async def try_words(turn: Turn) -> None:
    """Match the words as a question and tell all about it; nothing is recorded as asked."""
    text = " ".join(turn.args)
    if not text:
        turn.reply("try.usage")
        return
    book = turn.services.knowledge.book
    found = await turn.services.knowledge.match(text, turn.say.language, None, turn.desk.today)
    lines = [turn.say("try.head", text=news.short(text), outcome=news.outcome(turn.say, found))]
    lines += [_line(turn, number, scored) for number, scored in enumerate(found.scored[:3], 1)]
    if not found.scored:
        lines.append(turn.say("try.nothing"))
    lines.append(turn.say("try.sure", percent=round(100 * found.probability)))
    rows = [
        [Button(news.short(scored.entry.title.of(turn.say.language), 40), "faq_admin.entry", book.key(scored.entry.id))]
        for scored in found.scored[:3]
    ]
    turn.tell(news.fit(turn.say, lines), buttons=rows)


def _line(turn: Turn, number: int, scored: Scored) -> str:
    spoke = [name for name, part in sorted(scored.channels.items(), key=lambda one: -one[1]) if part >= SPOKE]
    parts = {name: round(100 * part) for name, part in scored.channels.items()}
    why = turn.say.plain("try.why", **{name: parts.get(name, 0) for name in ("text", "sound", "meaning")})
    return turn.say(
        "try.line",
        number=number,
        title=scored.entry.title,
        percent=round(100 * scored.score),
        phrasing=news.short(scored.phrasing, 60),
        spoke=turn.say.plain(f"try.spoke_{spoke[0]}" if spoke else "try.spoke_none"),
        why=why,
    )


feature = Feature(commands=(Command("try", try_words, "staff"),))
