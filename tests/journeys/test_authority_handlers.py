"""Every way into the bot, tried by everybody, about matters in every stage: the handlers do what the rules say.

A new command, button, reply or person of the cast is tried by itself: the ways in are read from the features.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from district import MONDAY_MORNING, District
from everybody import Everybody, Outcome, Somebody
from sqlalchemy import insert

from db.engine import Tx
from db.schema.matters import drafts
from desk.rules.authority import READING, Power, Verdict
from desk.rules.life import Act
from desk.views import Matter
from handlers.journeys import FEATURES
from words import Words

SAY = Words.load().speaker("zh")
UNKNOWN_PRESS, UNKNOWN_WORDS = SAY.plain("press.unknown"), SAY.plain("refused.no_such_thing")
NO_MATTER, NOT_YOURS = SAY.plain("refused.no_matter"), SAY.plain("refused.not_yours")
NOT_NOW = ("这一步用不上了", "已经办过这一步了", "前可以重新办理", "已经评过")
NO_CARD = ("办事要有有效的恩阳英才卡", "过了有效期", "正在挂失", "已注销", "还没到有效期")
ARGS = {"visits.on": MONDAY_MORNING.date().toordinal()}
"""Of buttons that always carry an argument."""
NOTHING_THERE = {"ask.choose", "ask.none", "talk.canned", "faq_admin.pick", "faq_admin.version", "faq_admin.again"}
NOTHING_THERE |= {"second.yes", "second.no"}
"""Buttons about a question, ready-made reply, draft, version or request that there is none of here: they say so."""

Way = tuple[str, Act | Power]


def ways() -> Iterator[Way]:
    """Every way in that somebody can try by pressing or writing, with the act it declares."""
    for feature in FEATURES:
        for name, step in feature.steps().items():
            if name != "/start" and not name.startswith(("link:", "file:")):
                yield name, step.act
    yield "reply", Act.SAY
    yield from (
        (f"/do {act.value}", act) for act in (Act.ACCEPT, Act.DELIVER, Act.SAY, Act.NOTE, Act.URGE, Act.CONFIRM)
    )


def about_a_matter(act: Act | Power) -> bool:
    return isinstance(act, Act) or act in READING


def read(outcome: Outcome, *, press: bool) -> Verdict:
    """What somebody was told, as a verdict."""
    said = outcome.toast or (outcome.messages[0] if outcome.messages else "")
    if said in (UNKNOWN_PRESS if press else UNKNOWN_WORDS, NO_MATTER):
        return Verdict.UNKNOWN
    if said in (NOT_YOURS, SAY.plain("stats.not_yours")):
        return Verdict.NOT_YOURS
    if any(words in said for words in NOT_NOW):
        return Verdict.NOT_NOW
    return Verdict.NO_CARD if any(words in said for words in NO_CARD) else Verdict.YES


async def tried(all_: Everybody, who: Somebody, way: str, matter: Matter) -> Outcome:
    """One try of one way in."""
    if way == "reply":
        return await all_.tries(who, all_.words(who, "好的，谢谢", reply_to=all_.card_message(matter)))
    if way.startswith("/do "):
        return await all_.tries(who, all_.words(who, f"/do {matter.number} {way[4:]} 好的"))
    if way.startswith("/"):
        return await all_.tries(who, all_.words(who, way))
    if way.startswith("form:"):
        return await all_.tries(who, all_.words(who, "好的"), in_a_form(who, way[5:], matter))
    return await all_.tries(who, all_.press(who, way, matter.id, ARGS.get(way, 0)))


def in_a_form(who: Somebody, journey: str, matter: Matter) -> Any:
    """Their form, of this journey, about this matter."""

    async def put(tx: Tx) -> None:
        row = {"person_id": who.person.id, "journey": journey, "state": {"matter": matter.id}}
        await tx.execute(insert(drafts).values(**row, updated_at=matter.filed_at))

    return put


def sample(all_: Everybody) -> Iterator[tuple[Somebody, Way, Matter]]:
    """Everybody with every way in; of ways about a matter, each with stages in turn, so that all pairs occur."""
    stages = len(all_.matters)
    for i, who in enumerate(all_.people):
        for j, way in enumerate(ways()):
            picks = {(i + j) % stages, (i + 4 * j + 3) % stages} if about_a_matter(way[1]) else {(i + j) % stages}
            for pick in picks:
                yield who, way, all_.matters[pick]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_everybody_tries_everything_and_gets_what_the_rules_say(district: District) -> None:
    all_ = Everybody(district)
    await all_.gather()
    wrong, seen, count = [], Counter[Verdict](), 0
    for who, (way, act), matter in sample(all_):
        wanted = all_.policy(who, act, matter)
        if way.startswith("form:") and wanted is Verdict.YES:
            continue  # a form made up here says nothing to a step that may be taken
        outcome = await tried(all_, who, way, matter)
        told = read(outcome, press=not way.startswith(("/", "form:")) and way != "reply")
        if wanted is Verdict.YES and way in NOTHING_THERE:
            told = Verdict.YES if told in (Verdict.YES, Verdict.UNKNOWN) else told
        seen[told] += 1
        count += 1
        written = way in NOTHING_THERE or outcome.refusals == (wanted in (Verdict.UNKNOWN, Verdict.NOT_YOURS))
        if told is not wanted or not written:
            wrong.append((who.part, way, matter.status.value, wanted.value, told.value, outcome))
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(map(str, wrong))
    assert count >= 2000
    assert all(seen[verdict] for verdict in Verdict), seen
