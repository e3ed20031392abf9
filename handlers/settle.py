"""The end of a turn: replies, news and fresh status cards become messages owed, in the turn's own transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from desk import standing
from desk.desk import Desk
from desk.news import News, Notice
from desk.overtaken import reminder
from desk.people import Person
from desk.post import Letter
from desk.rules.authority import Power, reads
from desk.rules.hears import Urgency
from desk.rules.life import Act, Role
from desk.steps import step_of
from desk.views import Matter
from desk.views_seen import Look
from handlers import brief, cards, digest, frames, labels, menus
from handlers.buttons import Button, Link, inline
from handlers.relay import Relay
from handlers.services import Services
from handlers.turn import Turn
from words import Speaker


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
    for each in desk.digests.ready:
        letters += await digest.letters(desk, services, each)
    for notice in desk.newsroom.notices:
        letters += _notice(services, notice)
    for person_id in desk.newsroom.menus:
        person = await desk.people.get(person_id)
        letters += menus.letters(services, person) if person is not None else []
    await desk.post.owe(letters)


def _notice(services: Services, notice: Notice) -> list[Letter]:
    say = services.words.speaker(notice.language)
    row: list[Button | Link] = [Button(say.plain(action), action, subject) for action, subject in notice.buttons]
    instead = brief.notice(notice, services, say)
    text, row = instead or (say(notice.key, **notice.values), row)
    parts = [{"chat_id": notice.chat_id, **_html(part)} for part in frames.fitting(text)]
    if row:
        parts[-1]["reply_markup"] = inline([row], services.tokens, notice.user_id)
    return [Letter(notice.chat_id, "sendMessage", params, urgency=Urgency.SOON) for params in parts]


async def _cards(desk: Desk, services: Services, matter_id: int) -> list[Letter]:
    """One card for each person who has or must get one; whoever is a stranger now keeps a card without buttons."""
    matter = await desk.views.matter(matter_id)
    if matter is None:
        return []
    histories = {internal: await desk.views.history(matter_id, with_internal=internal) for internal in (False, True)}
    wanted = [person for about, person in desk.newsroom.cards_for if about == matter_id]
    letters = []
    for person_id in dict.fromkeys([*await desk.post.holders(matter_id), *wanted]):
        person = await desk.people.get(person_id)
        if person is None or person.chat_id is None or person.user_id is None:
            continue
        say = labels.speaker_of(person, services)
        roles = standing.roles(person, matter)
        history = histories[reads(Power.READ_NOTES, roles)]
        if not roles:
            letters.append(await _card_letter(desk, matter, person, _html(cards.gone(matter, say))))
            continue
        if (matter_id, person_id) in desk.newsroom.brought:
            await desk.post.forget_card(matter_id, person_id)
        offered = standing.offers(matter, roles, services.house, desk.now, step_of(person, matter))
        if services.pages:
            params = _html(brief.card(matter, say, mine=Role.CARDHOLDER in roles))
            params["reply_markup"] = inline(brief.rows(matter, offered, services, say), services.tokens, person.user_id)
            letters.append(await _card_letter(desk, matter, person, params))
            continue
        await desk.sightings.first_look(person_id, matter, Look.CARD)
        params = _html(cards.text(matter, history, roles, services, say))
        params["reply_markup"] = inline(cards.buttons(matter, offered, say), services.tokens, person.user_id)
        letters.append(await _card_letter(desk, matter, person, params))
    return letters


async def _card_letter(desk: Desk, matter: Matter, person: Person, params: dict[str, Any]) -> Letter:
    assert person.chat_id is not None
    card = await desk.post.card(matter.id, person.id, person.chat_id)
    return Letter(
        person.chat_id,
        "card",
        {"chat_id": person.chat_id, **params},
        matter_id=matter.id,
        person_id=person.id,
        secret=desk.house.secret(matter),
        card_id=card,
        replaces=f"card:{card}",
    )


async def _news(desk: Desk, services: Services, news: News) -> list[Letter]:
    """The letters of one piece of news; what can wait does so in quiet hours, unless its reader is up."""
    person = await desk.people.get(news.person_id)
    if person is None or person.chat_id is None or person.user_id is None:
        return []
    told = _brief if services.pages else _in_full
    letters = await told(desk, services, news, person)
    if news.about:  # a reminder stands in a line of its own, and until it is sent a newer one takes its place
        name = reminder(news.matter.id, news.about, person.id)
        letters = [replace(letter, replaces=name, later=True) for letter in letters]
    until = desk.house.tempo.quiet.until(desk.now)
    if until is None or news.urgency is Urgency.NOW or await desk.post.awake(person.chat_id):
        return letters
    return [replace(letter, wait=until - desk.now, later=True) for letter in letters]


async def _in_full(desk: Desk, services: Services, news: News, person: Person) -> list[Letter]:
    """The news in full, with the acts that answer it."""
    if news.values.get("words") or news.uploads:
        await desk.sightings.look(person.id, news.matter, Look.WORDS)
    roles = standing.roles(person, news.matter)
    offered = standing.offers(news.matter, roles, services.house, desk.now, step_of(person, news.matter))
    rows = _answers_to(news, offered, labels.speaker_of(person, services))
    return await Relay(desk, services, news, person, rows).letters()


async def _brief(desk: Desk, services: Services, news: News, person: Person) -> list[Letter]:
    """What happened and what is wanted, without content; while unsent, a newer one of its kind takes its place."""
    assert person.chat_id is not None
    assert person.user_id is not None
    say, roles = labels.speaker_of(person, services), standing.roles(person, news.matter)
    offered = standing.offers(news.matter, roles, services.house, desk.now, step_of(person, news.matter))
    params = {"chat_id": person.chat_id, **_html(brief.news(news, services, say, theirs=bool(roles)))}
    if roles:
        rows = brief.ways(news.matter, _answering(news, offered), services, say)
        rows.append(brief.doors(services, say, news.matter))
        params["reply_markup"] = inline(rows, services.tokens, person.user_id)
    letter = Letter(person.chat_id, "sendMessage", params, news.urgency, matter_id=news.matter.id, person_id=person.id)
    return [replace(letter, replaces=f"brief:{news.matter.id}:{person.id}:{news.key.partition('.')[2]}")]


DECIDED_BY_LOOKING = frozenset({Act.EXTEND, Act.DISPUTE, Act.REOPEN, Act.ESCALATE})
"""News for supervisors too, who have no card of the matter: they can open it before they decide."""

ANSWERS: Mapping[Act, Sequence[Act]] = {
    Act.DELIVER: (Act.CONFIRM, Act.DISPUTE),
    Act.ASK: (Act.SUPPLY,),
    Act.SAY: (Act.SAY,),
    Act.URGE: (Act.SAY,),
    Act.EXTEND: (Act.GRANT, Act.REFUSE_EXTENSION),
    Act.PREPARE: (Act.FILE, Act.WITHDRAW),
    Act.LAPSE: (Act.RATE, Act.REOPEN),
    Act.ESCALATE: (Act.ACCEPT, Act.SUPPLY, Act.DELIVER, Act.TRANSFER),
}
"""The acts that answer news of an act, under it, if they are the reader's: nobody should have to look for the card."""


def _answering(news: News, offered: Collection[Act]) -> list[Act]:
    return [act for act in ANSWERS.get(news.act, ()) if act in offered]


def _answers_to(news: News, offered: Collection[Act], say: Speaker) -> list[list[Button]]:
    number = news.matter.id
    acts = _answering(news, offered)
    rows = [[Button(cards.do_name(act, news.matter.status, say), f"act.{act.value}", number) for act in acts]]
    look = [Button(say.plain("card.more"), "mine.view", number)]
    return [*(row for row in rows if row), *([look] if news.act in DECIDED_BY_LOOKING and offered else [])]


def _html(text: str) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML"}
