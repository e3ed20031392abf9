"""The roster in the chat: an admin sends the file, sees what would change, then imports it, and can take it back.

For admins; to anybody else there is no such thing. An import that gives a post, or changes whose it is, and an export
want another admin's yes.
The export in the chat covers phone numbers: the whole of them is written on the server only.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from telegram.error import TelegramError

from desk import standing
from desk.approvals import Kind, Request
from desk.filing import Upload
from desk.imports import guard, sources
from desk.imports.forms import FORM
from desk.imports.phones import covered
from desk.imports.plan import POWERFUL, Change, Plan
from desk.imports.reading import Reading
from desk.imports.slips import FileRefused
from desk.imports.standing import Records
from desk.imports.telling import preview, warnings
from desk.people import Person
from desk.post import Letter
from desk.refusals import Refused
from desk.rules.authority import Power
from desk.vault import VaultError, masked
from handlers import frames, labels
from handlers.buttons import Button, inline
from handlers.feature import Command, Feature, needs
from handlers.progress import Progress
from handlers.turn import Turn
from handlers.workshop import Workshop
from words import Raw, Speaker

MOST_LINES = 24
"""Lines that are shown; the rest is counted."""


@needs(Power.IMPORT_ROSTER)
async def how(turn: Turn) -> None:
    """What can be sent, and the template."""
    files = [turn.button("roster.template", "roster.template"), turn.button("roster.export", "roster.export")]
    turn.reply("roster.bot_how", buttons=[files, [turn.button("roster.who_silent", "invite.silent")]])


@needs(Power.IMPORT_ROSTER)
async def template(turn: Turn) -> None:
    """An empty workbook with headings, choices and notes."""
    from desk.imports import writing  # brings openpyxl with it, which takes 8 MB

    content = writing.workbook({}, turn.services.house.catalogue, turn.say)
    turn.send_bytes(turn.say.plain("roster.template_name"), content, "")


def is_one(turn: Turn) -> bool:
    """Whether an admin has sent what looks like a roster."""
    sent = turn.incoming.attachments
    named = bool(sent) and sent[0].kind == "document" and sent[0].name.lower().endswith(sources.ENDINGS)
    return named and turn.may(Power.IMPORT_ROSTER)


@needs(Power.IMPORT_ROSTER)
async def take(turn: Turn) -> None:
    """Say that it came; read it once this turn is over, because that takes a while."""
    file = turn.incoming.attachments[0]
    if file.size > guard.LARGEST_FILE:
        raise Refused("roster.too_large", limit=guard.LARGEST_FILE // 1024 // 1024)
    purpose = f"roster:{turn.person.id}:{turn.incoming.message_id}"
    turn.hold_back(purpose, timedelta())
    turn.reply("roster.bot_reading", file=file.name)
    turn.after.append(partial(_read, turn.workshop, turn.person, turn.say, file, purpose))


@needs(Power.IMPORT_ROSTER)
async def apply(turn: Turn) -> None:
    """Import what was previewed; if it changes who has which post, another admin has to say yes first."""
    posts = await turn.desk.imports.grants(turn.subject)
    if posts and turn.services.second_person:
        facts = {"posts": len(posts)}
        told = await turn.desk.approvals.ask(turn.person, Kind.ROLES, turn.subject, facts, partial(_posts, turn, posts))
        turn.leave_as_is()
        turn.reply("second.asked", n=told)
        return
    async with turn.desk.all_or_nothing():
        done = await turn.desk.imports.apply(turn.subject, turn.person.id)
    turn.show("roster.bot_applied", file=done.source, buttons=[[turn.button("roster.undo", "roster.undo", done.id)]])


@needs(Power.IMPORT_ROSTER)
async def discard(turn: Turn) -> None:
    """Do not import it."""
    await turn.desk.imports.discard(turn.subject)
    turn.show("roster.bot_discarded")


@needs(Power.IMPORT_ROSTER)
async def undo(turn: Turn) -> None:
    """Take this import back, if none came after it; who had which post long ago is no slip to be mended alone."""
    if turn.services.second_person and await turn.desk.imports.gives_back_posts(turn.subject):
        raise Refused("roster.undo_gives_posts")
    async with turn.desk.all_or_nothing():
        undone = await turn.desk.imports.undo(turn.person.id, turn.subject)
    turn.show("roster.bot_undone", file=undone.source)


async def granted(turn: Turn, request: Request) -> None:
    """The second person said yes: import it, for whoever asked."""
    done = await turn.desk.imports.apply(request.subject, request.asker_id)
    asker = await turn.desk.people.get(request.asker_id)
    if asker is not None:
        turn.notify(asker, "roster.bot_applied", file=done.source)


async def asked_for(_turn: Turn, request: Request, say: Speaker) -> str:
    """How many posts the import of a request gives or changes."""
    return say("second.about_roles", n=request.facts["posts"])


@needs(Power.EXPORT_ROSTER)
async def export(turn: Turn) -> None:
    """Everybody as a file, with phone numbers covered; another admin has to say yes first."""
    if not turn.services.second_person:
        await _send_export(turn, turn.person)
        return
    standing_now = (await turn.desk.imports.standing()).records
    counts = {name: len(rows) for name, rows in standing_now.items()}
    shown = {"n": counts["cardholders"], "staff": counts["staff"]}
    told = await turn.desk.approvals.ask(turn.person, Kind.EXPORT, 0, counts, lambda _reader: shown)
    turn.show("second.asked", n=told)


async def export_granted(turn: Turn, request: Request) -> None:
    """The second person said yes: whoever asked gets the file."""
    asker = await turn.desk.people.get(request.asker_id)
    if asker is not None and standing.may(asker, Power.EXPORT_ROSTER):
        await _send_export(turn, asker)


async def _send_export(turn: Turn, to: Person) -> None:
    """The record of it now, the file once this turn is over, because a long roster takes a while."""
    records = await turn.desk.imports.exported(to.id, "chat")
    turn.after.append(partial(_write, turn.workshop, to, covered(records)))


async def _write(workshop: Workshop, person: Person, records: Records) -> None:
    say = labels.speaker_of(person, workshop.services)
    catalogue = workshop.services.house.catalogue
    from desk.imports import writing

    content = await asyncio.to_thread(writing.workbook, records, catalogue, say)
    whole = {"base64": base64.b64encode(content).decode(), "name": say.plain("roster.export_name")}
    params = {"chat_id": person.chat_id, "document": whole, "caption": say("roster.export_sent"), "parse_mode": "HTML"}
    async with workshop.desk() as desk:
        if person.chat_id is not None:
            await desk.post.owe([Letter(person.chat_id, "sendDocument", params, person_id=person.id)])


def _posts(turn: Turn, posts: Sequence[Change], reader: Person) -> dict[str, object]:
    """The posts that an import gives or changes, a line each, in the reader's language."""
    say = labels.speaker_of(reader, turn.services)
    lines = [_post(turn, say, post) for post in posts[:MOST_LINES]]
    if len(posts) > MOST_LINES:
        lines.append(say("roster.and_more", n=len(posts) - MOST_LINES))
    return {"n": len(posts), "lines": Raw("\n".join(lines))}


def _post(turn: Turn, say: Speaker, change: Change) -> str:
    """Who gets which post, and what it was before; of a phone number as much as tells it from another."""
    row, before = change.after or {}, change.before
    office = labels.office_name(turn.services, say, row["office"])
    values = {"name": row["name"], "role": say.plain(f"role.{row['role']}"), "office": office}
    if before is None:
        return say("second.post", **values)
    changed = [
        say("second.post_field", field=FORM["staff"].column(field).name.of(say.language),
            before=_shown(turn, say, field, before[field]), after=_shown(turn, say, field, row[field]))
        for field in change.fields if field in POWERFUL
    ]  # fmt: skip
    return say("second.post_changed", **values, changed=Raw(say.plain("second.post_and").join(changed)))


def _shown(turn: Turn, say: Speaker, field: str, value: str) -> str:
    if field == "role":
        return say.plain(f"role.{value}")
    if field == "office":
        return labels.office_name(turn.services, say, value)
    if not value:
        return say.plain("second.post_nothing")
    return masked(value) if field == "phone" else value


async def _read(workshop: Workshop, person: Person, say: Speaker, file: Upload, purpose: str) -> None:
    """Fetch and read outside any transaction; keep the plan and owe the preview in one."""
    try:
        data = await workshop.fetch(file.file_id)
        async with Progress(workshop, person, purpose).shown() as progress:
            reading = await _read_on(workshop, say, file.name, data, progress)
    except FileRefused as refusal:
        await _tell(workshop, person, _refused(say, file.name, [slip.say(say) for slip in refusal.slips]))
    except TelegramError:
        await _tell(workshop, person, say("roster.fetch_failed"))
    else:
        await _preview(workshop, person, say, file.name, reading)


async def _read_on(workshop: Workshop, say: Speaker, name: str, data: bytes, progress: Progress) -> Reading:
    def told(sheet: str, n: int) -> None:
        progress.tell(say("roster.bot_progress", file=name, sheet=sheet, n=n))

    reading = await asyncio.to_thread(sources.read_any, name, data, workshop.services.house.catalogue, told)
    progress.tell(say("roster.bot_comparing", file=name, n=sum(map(len, reading.lines.values()))))
    return reading


async def _preview(workshop: Workshop, person: Person, say: Speaker, name: str, reading: Reading) -> None:
    try:
        async with workshop.desk() as desk:
            plan = await desk.imports.plan(reading)
            kept = await desk.imports.keep(plan, name, person.id) if plan.changes and not reading.slips else None
    except VaultError:
        await _tell(workshop, person, say("roster.wrong_key"))
        return
    await _tell(workshop, person, _text(say, name, plan, reading), kept, silent=bool(plan.silent) and not reading.slips)


def _text(say: Speaker, name: str, plan: Plan, reading: Reading) -> str:
    if reading.slips:
        return _refused(say, name, preview(plan, reading, say))
    if not plan.changes:
        return "\n\n".join(filter(None, (say("roster.bot_nothing", file=name), _lines(say, [*warnings(plan, say)]))))
    return say("roster.bot_preview", file=name, lines=_lines(say, preview(plan, reading, say)))


def _refused(say: Speaker, name: str, lines: list[str]) -> str:
    return say("roster.bot_refused", file=name, lines=_lines(say, lines))


def _lines(say: Speaker, lines: list[str]) -> Raw:
    shown = [labels.escaped(line[:200]) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(say("roster.and_more", n=len(lines) - MOST_LINES))
    return Raw("\n".join(shown))


async def _tell(
    workshop: Workshop, person: Person, text: str, kept: int | None = None, *, silent: bool = False
) -> None:
    async with workshop.desk() as desk:
        now = await desk.people.get(person.id)
        if now is None or now.chat_id is None or now.user_id is None or not standing.may(now, Power.IMPORT_ROSTER):
            return
        say = labels.speaker_of(now, workshop.services)
        like = {"chat_id": now.chat_id, "parse_mode": "HTML"}
        parts: list[dict[str, object]] = [{**like, "text": part} for part in frames.fitting(text)]
        row = [Button(say.plain(f"roster.{each}"), f"roster.{each}", kept) for each in ("apply", "discard") if kept]
        rows = [row, [Button(say.plain("roster.who_silent"), "invite.silent")] if silent else []]
        if any(rows):
            parts[-1]["reply_markup"] = inline([*filter(None, rows)], workshop.services.tokens, now.user_id)
        await desk.post.owe([Letter(now.chat_id, "sendMessage", part) for part in parts])


feature = Feature(
    commands=(Command("roster", how, audience="staff"),),
    presses={
        "roster.template": template,
        "roster.export": export,
        "roster.apply": apply,
        "roster.discard": discard,
        "roster.undo": undo,
    },
    takes=(is_one, take),
)
