"""Previews and versions of the FAQ: an edit is tried out, then published or dropped by its author; undo is an edit.

For editors. Nothing is published here: the bookkeeper does it, if the folder still is what was previewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.approvals import Kind, Request
from desk.book import Edit, Version
from desk.people import Person
from desk.refusals import Refused
from handlers.buttons import Button
from handlers.faq_admin_guard import editors
from handlers.feature import Feature
from handlers.labels import speaker_of
from handlers.turn import Turn
from words import Raw, Speaker

PAGE = 8
ANSWERS = frozenset({"answer", "entry", "file", "undo"})
"""Wishes that change what people are told, not only how they may ask for it."""


@editors
async def history(turn: Turn) -> None:
    """The versions that were live, newest first, a page at a time."""
    page = turn.arg
    found = await turn.desk.bookshelf.versions(limit=PAGE + 1, offset=page * PAGE)
    rows = [[Button(_version(turn, each), "faq_admin.version", each.id)] for each in found[:PAGE]]
    ways = [turn.button("faq_admin.newer", "faq_admin.history", arg=page - 1)] if page else []
    ways += [turn.button("faq_admin.older", "faq_admin.history", arg=page + 1)] if len(found) > PAGE else []
    turn.show("faq_admin.history", buttons=[*rows, ways, [turn.button("faq_admin.home_button", "faq_admin.home")]])


@editors
async def version(turn: Turn) -> None:
    """Go back to a version: previewed like any other edit."""
    found = await turn.desk.bookshelf.version(turn.subject)
    if found is None:
        turn.toast("press.unknown", alert=True)
        return
    await wish(turn, {"kind": "undo", "version": found.id})


def _version(turn: Turn, found: Version) -> str:
    who = found.author or turn.say.plain("faq_admin.by_folder")
    return turn.say.plain("faq_admin.version", at=found.at, who=who, n=found.changes)


async def wish(turn: Turn, what: Mapping[str, Any]) -> None:
    """Have an edit tried out; its preview follows as a message of its own."""
    await turn.desk.drafts.drop(turn.person)
    await turn.desk.bookshelf.ask(turn.person, what)
    turn.show("faq_preview.testing")


@editors
async def publish(turn: Turn) -> None:
    """Confirm a preview; what became of it follows as a message. New policy text wants another editor's yes first."""
    edit = await turn.desk.bookshelf.edit(turn.subject)
    if edit is not None and turn.services.second_person and _wants_second(edit, turn.person):
        await _ask_second(turn, edit)
        return
    if await turn.desk.bookshelf.confirm(turn.subject, turn.person):
        turn.leave_as_is()
        turn.toast("faq_preview.publishing")
    else:
        turn.toast("faq_preview.over", alert=True)


async def granted(turn: Turn, request: Request) -> None:
    """The second person said yes: it is published for its author, if the folder still is what was previewed."""
    author = await turn.desk.people.get(request.asker_id)
    if author is None or not await turn.desk.bookshelf.confirm(request.subject, author):
        raise Refused("faq_preview.over")


async def asked_for(turn: Turn, request: Request, say: Speaker) -> str:
    """Which entries a request changes, without the new text."""
    edit = await turn.desk.bookshelf.edit(request.subject)
    lines = edit.told.get(say.language, "").splitlines() if edit else []
    return "\n".join(line.rstrip("：:") for line in lines if line.startswith("•"))


def _wants_second(edit: Edit, person: Person) -> bool:
    return edit.status == "open" and edit.author_id == person.id and edit.wish["kind"] in ANSWERS


async def _ask_second(turn: Turn, edit: Edit) -> None:
    def shown(reader: Person) -> dict[str, object]:
        say = speaker_of(reader, turn.services)
        return {"changes": Raw(edit.told.get(say.language, ""))}

    told = await turn.desk.approvals.ask(turn.person, Kind.FAQ, edit.id, {"wish": edit.wish["kind"]}, shown)
    turn.leave_as_is()
    turn.reply("second.asked", n=told)


@editors
async def drop(turn: Turn) -> None:
    """Give a preview up."""
    dropped = await turn.desk.bookshelf.drop(turn.subject, turn.person)
    turn.leave_as_is()
    turn.toast("faq_preview.dropped" if dropped else "faq_preview.over")


@editors
async def again(turn: Turn) -> None:
    """Try the same wish on what stands in the folder now."""
    edit = await turn.desk.bookshelf.edit(turn.subject)
    if edit is None or edit.author_id != turn.person.id:
        turn.toast("press.unknown", alert=True)
        return
    await wish(turn, edit.wish)


feature = Feature(
    presses={
        "faq_admin.history": history,
        "faq_admin.version": version,
        "faq_admin.publish": publish,
        "faq_admin.drop": drop,
        "faq_admin.again": again,
    }
)
