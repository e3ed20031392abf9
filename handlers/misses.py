"""What we failed to answer, group by group: taught to an entry, made a new one, not ours, or let be. For editors.

Once a week the first group comes by itself; the questions carry nobody's name.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.desk import Desk
from desk.misses import Miss
from desk.people import Person
from desk.post import Letter
from desk.refusals import Refused
from handlers import faq_admin_news as news
from handlers.buttons import Button
from handlers.faq_admin import SEARCH
from handlers.faq_admin_forms import new_lines
from handlers.faq_admin_guard import editors
from handlers.faq_admin_previews import wish
from handlers.feature import Feature
from handlers.labels import speaker_of
from handlers.services import Services
from handlers.turn import Turn
from words import Speaker

SHOWN = 5


async def letters(desk: Desk, services: Services, readers: Sequence[Person], *, weekly: bool) -> list[Letter]:
    """The first group for each of these persons; that there is none, for who asked."""
    found = await desk.misses.open()
    made = []
    for person in readers:
        say = speaker_of(person, services)
        head = say("misses.weekly", n=sum(miss.count for miss in found), groups=len(found)) + "\n\n" if weekly else ""
        text, rows = await page(desk, services, say, found, found[0].id) if found else (say("misses.none"), [])
        made.append(news.letter(services, person, head + text, rows))
    return [each for each in made if each is not None]


async def page(
    desk: Desk, services: Services, say: Speaker, found: Sequence[Miss], miss_id: int
) -> tuple[str, list[list[Button]]]:
    """One group with what can be done about it, one tap each."""
    at = next((n for n, miss in enumerate(found) if miss.id >= miss_id), len(found) - 1)
    miss = found[at]
    lines = [say("misses.group", at=at + 1, of=len(found), n=miss.count), *_asked(say, miss)]
    if filed := await desk.misses.filed(miss):
        lines.append(say("misses.filed", n=filed))
    rows = _ways(services, say, miss)
    if len(found) > 1:
        following = found[(at + 1) % len(found)]
        rows.append([Button(say.plain("misses.next"), "misses.show", following.id)])
    return news.fit(say, lines), rows


def _asked(say: Speaker, miss: Miss) -> list[str]:
    lines = [say("misses.text", text=news.short(text, 120)) for text in miss.texts[:SHOWN]]
    if len(miss.texts) > SHOWN:
        lines.append(say("faq_news.more", n=len(miss.texts) - SHOWN))
    return lines


def _ways(services: Services, say: Speaker, miss: Miss) -> list[list[Button]]:
    """What can be done about a group."""
    nearest = services.knowledge.book.entry(miss.nearest) if miss.nearest else None
    rows = []
    if nearest is not None:
        label = say.plain("misses.teach", title=news.short(nearest.title.of(say.language), 30))
        rows.append([Button(label, "misses.teach", miss.id)])
    rows.append(
        [
            Button(say.plain("misses.other_button"), "misses.other", miss.id),
            Button(say.plain("misses.new"), "faq_admin.new", miss.id),
        ]
    )
    rows.append(
        [
            Button(say.plain("misses.off_topic_button"), "misses.off_topic", miss.id),
            Button(say.plain("misses.ignore_button"), "misses.ignore", miss.id),
        ]
    )
    return rows


@editors
async def ask(turn: Turn) -> None:
    """Have them grouped anew; the first group follows as a message."""
    await turn.desk.bookshelf.work("misses", turn.person)
    turn.show("misses.grouping")


@editors
async def show(turn: Turn) -> None:
    """This group, or the one that follows if it is settled."""
    found = await turn.desk.misses.open()
    if not found:
        turn.show("misses.none")
        return
    text, rows = await page(turn.desk, turn.services, turn.say, found, turn.subject)
    turn.display(text, buttons=rows)


@editors
async def teach(turn: Turn) -> None:
    """The nearest entry learns the group's wordings, behind a preview."""
    miss = await _unsettled(turn)
    found = turn.services.knowledge.book.entry(miss.nearest) if miss.nearest else None
    if found is None:
        raise Refused("misses.settled")
    await wish(turn, {"kind": "phrasings", "entry": found.id, "lines": new_lines(found, miss.texts), "miss": miss.id})


@editors
async def other(turn: Turn) -> None:
    """Search for the entry that should have answered."""
    miss = await _unsettled(turn)
    await turn.desk.drafts.keep(turn.person, SEARCH, {"miss": miss.id})
    back = turn.button("faq_admin.back_button", "misses.show", miss.id)
    turn.show("misses.which_entry", text=news.short(miss.texts[0]), buttons=[[back]])


@editors
async def off_topic(turn: Turn) -> None:
    """Not ours: the book learns to say so, behind a preview."""
    miss = await _unsettled(turn)
    await wish(turn, {"kind": "off_topic", "text": " ".join(miss.texts[0].split())[:200], "miss": miss.id})


async def _unsettled(turn: Turn) -> Miss:
    """The group that the pressed button is about."""
    miss = await turn.desk.misses.get(turn.subject)
    if miss is None:
        raise Refused("misses.settled")
    return miss


@editors
async def ignore(turn: Turn) -> None:
    """Let the group be, and go on to the next."""
    miss = await turn.desk.misses.get(turn.subject)
    if miss is not None:
        await turn.desk.misses.settle(miss, "ignored")
    turn.toast("misses.ignored")
    await show(turn)


feature = Feature(
    presses={
        "misses.ask": ask,
        "misses.show": show,
        "misses.teach": teach,
        "misses.other": other,
        "misses.off_topic": off_topic,
        "misses.ignore": ignore,
    }
)
