"""My matters: the cardholder sees each one, adds words or files, urges, withdraws, says whether it was solved.

For cardholders; a matter of somebody else answers as if it did not exist.
"""

from __future__ import annotations

from desk.rules.authority import Power, reads
from desk.rules.life import Act, Role
from desk.stored import is_ours
from desk.views import Matter
from desk.views_seen import Look
from handlers import cards, frames, half_done, labels, rating
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.matter_turn import matter_of, news_answered, offers, respond
from handlers.paging import page
from handlers.turn import Turn
from words import Raw

MOST = 500
"""Of somebody's matters, so many can be leafed through."""
LONGEST_WORDS = 800
"""UTF-16 units of what was written under a file that are shown again; a caption has room for 1024."""


@needs(Power.MY_MATTERS)
async def list_mine(turn: Turn) -> None:
    """Every matter of mine, the newest first, a button for each, a page at a time; and a form that was never sent."""
    found = await turn.desk.views.of_person(turn.person.id, limit=MOST)
    form = await half_done.left(turn)
    unsent = f"\n\n{await half_done.line(turn, form)}" if form else ""
    if not found:
        way = half_done.go_on_button(turn) if form else turn.button("home.new", "filing.new")
        turn.display(turn.say("mine.none") + unsent, buttons=[[way]])
        return
    shown, ways = page(found, turn.arg, lambda key, n: turn.button(key, "mine.list", arg=n))
    rows = [*([_item(turn, each)] for each in shown), *ways]
    if form:
        rows.append([half_done.go_on_button(turn)])
    turn.display(turn.say("mine.list", n=len(found)) + unsent, buttons=rows)


def _item(turn: Turn, matter: Matter) -> Button:
    category = labels.listed_category(turn.services, turn.say, matter.category)
    stage = turn.say.plain(f"status.{matter.status.value}")
    return turn.button("mine.item", "mine.view", matter.id, number=matter.number, category=category, stage=stage)


@needs(Power.READ_MATTER)
async def view(turn: Turn) -> None:
    """One matter with its whole history."""
    matter, roles = await matter_of(turn)
    await turn.desk.sightings.look(turn.person.id, matter, Look.HISTORY)
    history = await turn.desk.views.history(matter.id, with_internal=reads(Power.READ_NOTES, roles))
    lines = cards.timeline(history, roles, turn.services, turn.say)
    head = turn.say("mine.view", card=Raw(cards.text(matter, [], roles, turn.services, turn.say)))
    long = [] if Role.CARDHOLDER in roles else cards.long_answers(matter, turn.say)
    *early, last = frames.pages([head, *long, *lines], frames.MESSAGE)
    for part in early:
        turn.tell(part)
    turn.tell(last, buttons=_view_buttons(turn, matter, roles))


def _view_buttons(turn: Turn, matter: Matter, roles: frozenset[Role]) -> list[list[Button]]:
    rows = cards.buttons(matter, offers(turn, matter, roles), turn.say)[:-1]
    rows.append(
        [turn.button("mine.files", "mine.files", matter.id), turn.button("mine.bring_card", "mine.card", matter.id)]
    )
    if Role.CARDHOLDER in roles:
        rows.append([turn.button("mine.all", "mine.list")])
    return rows


@needs(Power.READ_MATTER)
async def bring_card(turn: Turn) -> None:
    """Send the status card anew, at the bottom of the chat; from now on that one is edited."""
    matter, _roles = await matter_of(turn)
    await turn.desk.post.forget_card(matter.id, turn.person.id)
    turn.desk.newsroom.refresh(matter.id, turn.person.id)


@needs(Power.READ_FILES)
async def files(turn: Turn) -> None:
    """Every file of a matter, sent again by Telegram's own copy."""
    matter, roles = await matter_of(turn)
    found = [
        each
        for each in await turn.desk.views.words(matter.id, with_internal=reads(Power.READ_NOTES, roles))
        if each.file_id
    ]
    if not found:
        turn.toast("mine.no_files")
        return
    await turn.desk.sightings.look(turn.person.id, matter, Look.FILES)
    for n, each in enumerate(found, 1):
        caption = turn.say("mine.file", n=n, of=len(found), number=matter.number, at=each.at)
        caption += turn.say("mine.file_words", words=frames.cut(each.text, LONGEST_WORDS)) if each.text else ""
        stored = await turn.desk.files.find(each.file_id or "") if is_ours(each.file_id) else None
        if stored is not None:
            turn.send_bytes(each.file_name, await turn.desk.files.read(stored), caption)
        else:
            turn.send_file(each.kind, each.file_id or "", caption)


@needs(Act.URGE)
async def urge(turn: Turn) -> None:
    """Ask for speed; the owner hears it."""
    await respond(turn, Act.URGE)


@needs(Act.WITHDRAW)
async def withdraw(turn: Turn) -> None:
    """Take it back, after one more press."""
    if not turn.arg:
        matter, _roles = await matter_of(turn)
        sure = [
            turn.button("mine.withdraw_yes", "act.withdraw", matter.id, 1),
            turn.button("mine.withdraw_no", "mine.view", matter.id),
        ]
        turn.reply("mine.withdraw_sure", buttons=[sure], number=matter.number)
        return
    turn.leave_as_is()
    await respond(turn, Act.WITHDRAW)


@needs(Act.CONFIRM)
async def confirm(turn: Turn) -> None:
    """Solved: that is recorded at once, whether or not a rating from 1 to 5 follows."""
    await respond(turn, Act.CONFIRM, rating=turn.arg or None)
    matter, _roles = await matter_of(turn)
    if turn.arg:
        turn.show("mine.rated", number=matter.number, n=turn.arg)
        return
    await news_answered(turn)
    await rating.ask(turn, matter)


feature = Feature(
    commands=(Command("my", list_mine, audience="talent"),),
    presses={
        "mine.list": list_mine,
        "mine.view": view,
        "mine.card": bring_card,
        "mine.files": files,
        "act.urge": urge,
        "act.withdraw": withdraw,
        "act.confirm": confirm,
    },
)
