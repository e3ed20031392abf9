"""Entries whose day has come: once a week editors hear which have expired or want a review; a look is noted by one tap.

For editors. Putting a review off is an edit like any other: previewed, published, undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from desk.people import Person
from desk.post import Letter
from faq.checks import Ageing, ageing
from handlers import faq_admin_news as news
from handlers.buttons import Button
from handlers.faq_admin_guard import editors
from handlers.faq_admin_previews import wish
from handlers.feature import Feature
from handlers.labels import speaker_of
from handlers.services import Services
from handlers.turn import Turn
from words import Speaker

REVIEW_AFTER = timedelta(days=365)
SHOWN = 8


def letters(services: Services, readers: Sequence[Person], today: date) -> list[Letter]:
    """Which entries want looking at, for each of these persons; nothing when there are none."""
    book = services.knowledge.book
    found = sorted((due for entry in book.entries for due in ageing(entry, today)), key=lambda due: due.day)
    made = []
    for person in readers if found else ():
        say = speaker_of(person, services)
        lines = [say("faq_reviews.head", n=len(found)), *(_line(say, due) for due in found[:SHOWN])]
        if len(found) > SHOWN:
            lines.append(say("faq_news.more", n=len(found) - SHOWN))
        rows = [
            [Button(news.short(due.entry.title.of(say.language), 40), "faq_admin.entry", book.key(due.entry.id))]
            for due in {due.entry.id: due for due in found[:SHOWN]}.values()
        ]
        made.append(news.letter(services, person, news.fit(say, lines), rows))
    return [letter for letter in made if letter is not None]


def _line(say: Speaker, due: Ageing) -> str:
    return say(f"faq_reviews.{due.kind}", title=due.entry.title, day=due.day.isoformat())


@editors
async def reviewed(turn: Turn) -> None:
    """The entry was looked at and still holds: its review is put off by a year, behind a preview."""
    found = turn.services.knowledge.entry(turn.subject)
    later = (turn.desk.today + REVIEW_AFTER).isoformat()
    await wish(turn, {"kind": "reviewed", "entry": found.id, "review_by": later})


feature = Feature(presses={"faq_reviews.reviewed": reviewed})
