"""The end of a turn: replies, news and fresh status cards become messages owed, in the turn's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desk import standing
from desk.desk import Desk
from desk.news import News
from desk.people import Person
from desk.post import Letter
from desk.rules.life import Act
from handlers import cards, labels
from handlers.buttons import Button, inline
from handlers.services import Services
from handlers.turn import SENDS, Turn
from words import Speaker

SEND_BY_KIND = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
}


async def settle_turn(turn: Turn) -> None:
    """Owe what the turn answered, then what the desk has to tell."""
    await turn.desk.post.owe(turn.letters)
    await settle_desk(turn.desk, turn.services)


async def settle_desk(desk: Desk, services: Services) -> None:
    """Owe the cards to refresh and the news to tell."""
    letters: list[Letter] = []
    for matter_id in desk.newsroom.touched:
        letters += await _cards(desk, services, matter_id)
    for news in desk.newsroom.news:
        letters += await _news(desk, services, news)
    await desk.post.owe(letters)


async def _cards(desk: Desk, services: Services, matter_id: int) -> list[Letter]:
    """One card for each person who has or must get one; whoever is a stranger now keeps a card without buttons."""
    matter = await desk.views.matter(matter_id)
    if matter is None:
        return []
    history = await desk.views.history(matter_id)
    wanted = [person for about, person in desk.newsroom.cards_for if about == matter_id]
    letters = []
    for person_id in dict.fromkeys([*await desk.post.holders(matter_id), *wanted]):
        person = await desk.people.get(person_id)
        if person is None or person.chat_id is None or person.user_id is None:
            continue
        say = labels.speaker_of(person, services)
        roles = standing.roles(person, matter)
        params = _html(cards.text(matter, history, roles, services, say))
        params["reply_markup"] = inline(cards.buttons(matter, roles, say), services.tokens, person.user_id)
        letters.append(await _card_letter(desk, matter_id, person, params))
    return letters


async def _card_letter(desk: Desk, matter_id: int, person: Person, params: dict[str, Any]) -> Letter:
    assert person.chat_id is not None
    card = await desk.post.card(matter_id, person.id, person.chat_id)
    return Letter(
        person.chat_id,
        "card",
        {"chat_id": person.chat_id, **params},
        matter_id=matter_id,
        person_id=person.id,
        card_id=card,
        replaces=f"card:{card}",
    )


async def _news(desk: Desk, services: Services, news: News) -> list[Letter]:
    person = await desk.people.get(news.person_id)
    if person is None or person.chat_id is None or person.user_id is None:
        return []
    say = labels.speaker_of(person, services)
    office = labels.office_name(services, say, news.matter.office)
    category = labels.category_name(services, say, news.matter.category)
    params = _html(say(news.key, **news.values, office=office, category=category))
    rows = _answers_to(news, say)
    if rows:
        params["reply_markup"] = inline(rows, services.tokens, person.user_id)
    first = Letter(
        person.chat_id,
        "sendMessage",
        {"chat_id": person.chat_id, **params},
        urgency=news.urgency,
        matter_id=news.matter.id,
        person_id=person.id,
    )
    return [first, *_files(first, news)]


def _files(like: Letter, news: News) -> list[Letter]:
    return [
        replace(like, method=SENDS[upload.kind], params={"chat_id": like.chat_id, upload.kind: upload.file_id})
        for upload in news.uploads
    ]


def _answers_to(news: News, say: Speaker) -> list[list[Button]]:
    """The acts that answer this news, under it: nobody should have to look for the card."""
    answers: dict[Act, Sequence[Act]] = {
        Act.DELIVER: (Act.CONFIRM, Act.DISPUTE),
        Act.ASK: (Act.SUPPLY,),
        Act.SAY: (Act.SAY,),
        Act.URGE: (Act.SAY,),
    }
    return [
        [Button(say.plain(f"do.{act.value}"), f"act.{act.value}", news.matter.id) for act in answers.get(news.act, ())]
    ]


def _html(text: str) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
