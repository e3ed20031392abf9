"""`/faq_admin`: editors search an entry and see it, take files away and bring them back.

Nothing here changes the FAQ: a wish is kept, the bookkeeper tries it out, and its author confirms the preview.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.questions import Uses
from desk.refusals import Refused
from faq import Book
from faq.schema import Entry
from handlers import faq_admin_news as news
from handlers import labels
from handlers.buttons import Button
from handlers.faq_admin_guard import editors
from handlers.faq_admin_previews import wish
from handlers.faq_admin_wishes import file_name
from handlers.feature import Command, Feature
from handlers.markup import rich
from handlers.turn import Turn
from sheets import LIMIT
from words import Saying

SEARCH = "faq_admin.search"
FOUND, LINES, LED = 6, 8, 3
FAINT = 0.05
"""An entry less likely than this is none that the words could mean."""
A_ROW = 2
LARGEST_KB = LIMIT // 1024
ROSTER_NAMES = ("roster", "花名册")


@editors
async def home(turn: Turn) -> None:
    """What an editor can do here; with words behind the command, the search itself."""
    if turn.args:
        await _search(turn, " ".join(turn.args), {})
        return
    await turn.desk.drafts.keep(turn.person, SEARCH, {})
    counts = turn.services.knowledge.book.counts()
    rows = [
        [turn.button("faq_admin.new_button", "faq_admin.new"), turn.button("faq_admin.misses_button", "misses.ask")],
        [turn.button("faq_admin.files_button", "faq_admin.files"),
         turn.button("faq_admin.history_button", "faq_admin.history")],
        [turn.button("faq_admin.leave_button", "faq_admin.leave")],
    ]  # fmt: skip
    turn.show("faq_admin.home", buttons=rows, **counts)


@editors
async def leave(turn: Turn) -> None:
    """Words are questions again."""
    await turn.desk.drafts.drop(turn.person)
    turn.show("faq_admin.left")


@editors
async def hear(turn: Turn) -> None:
    """Words to search for, or a file sent back."""
    if turn.incoming.attachments:
        await receive(turn)
        return
    draft = await turn.desk.drafts.of(turn.person)
    await _search(turn, turn.text, draft.state if draft else {})


async def _search(turn: Turn, words: str, state: Mapping[str, Any]) -> None:
    await turn.desk.drafts.keep(turn.person, SEARCH, state)
    found = await _found(turn, words)
    miss = int(state.get("miss", 0))
    action = "faq_admin.teach" if miss else "faq_admin.entry"
    book = turn.services.knowledge.book
    rows = [[Button(_title(turn, entry), action, book.key(entry.id), miss)] for entry in found]
    if not found and not miss:
        rows = [[turn.button("faq_admin.new_button", "faq_admin.new")]]
    if miss:
        rows.append([turn.button("faq_admin.back_button", "misses.show", miss)])
    turn.reply("faq_admin.found" if found else "faq_admin.found_none", buttons=rows, words=news.short(words, 60))


async def _found(turn: Turn, words: str) -> list[Entry]:
    """By id or title first, then as the matcher would."""
    book = turn.services.knowledge.book
    low = words.lower().strip()
    named = [entry for entry in book.entries if low and low in f"{entry.id} {entry.title.zh} {entry.title.en}".lower()]
    matched = await turn.services.knowledge.match(words, turn.say.language, None, turn.desk.today)
    both = {entry.id: entry for entry in [*named, *(one.entry for one in matched.scored if one.score >= FAINT)]}
    return list(both.values())[:FOUND]


@editors
async def entry(turn: Turn) -> None:
    """One entry as it stands, with everything that can be done to it."""
    found = turn.services.knowledge.entry(turn.subject)
    await turn.desk.drafts.drop(turn.person)
    uses = await turn.desk.questions.uses(found.id, LED)
    turn.display(_entry_text(turn, found, uses), buttons=_entry_rows(turn, found))


def _entry_text(turn: Turn, found: Entry, uses: Uses) -> str:
    book = turn.services.knowledge.book
    asked = found.ask.all()
    lines = [turn.say("faq_admin.entry", title=found.title, file=book.place(found.id).file, id=found.id)]
    lines += [turn.say("faq_admin.dates", review=found.review_by.isoformat(), expires=_expiry(found))]
    lines += ["", rich(found.answer.of(turn.say.language)), "", f"<i>{_escaped(turn, labels.source(turn, found))}</i>"]
    lines += ["", *_uses(turn, uses), turn.say("faq_admin.phrasings", n=len(asked))]
    lines += [turn.say("faq_admin.phrasing", text=line) for line in asked[:LINES]]
    if len(asked) > LINES:
        lines.append(turn.say("faq_news.more", n=len(asked) - LINES))
    return news.fit(turn.say, lines)


def _uses(turn: Turn, uses: Uses) -> list[str]:
    """How often the answer was given lately, and the questions that a matter came of all the same."""
    if not uses.given:
        return []
    questions = [turn.say("faq_admin.phrasing", text=news.short(text, 120)) for text in uses.texts]
    return [turn.say("faq_admin.uses", n=uses.given, filed=uses.filed), *questions, ""]


def _entry_rows(turn: Turn, found: Entry) -> list[list[Button]]:
    key = turn.services.knowledge.book.key(found.id)
    return [
        [turn.button("faq_admin.answer_zh_button", "faq_admin.answer", key, 0),
         turn.button("faq_admin.answer_en_button", "faq_admin.answer", key, 1)],
        [turn.button("faq_admin.add_button", "faq_admin.add", key),
         turn.button("faq_admin.remove_button", "faq_admin.lines", key)],
        [turn.button("faq_reviews.reviewed_button", "faq_reviews.reviewed", key)],
        [turn.button("faq_admin.file_button", "faq_admin.file", arg=_file_key(turn, found)),
         turn.button("faq_admin.home_button", "faq_admin.home")],
    ]  # fmt: skip


# ---- files


@editors
async def files(turn: Turn) -> None:
    """The files of the FAQ, each to be downloaded; one sent back is previewed."""
    buttons = [
        Button(name, "faq_admin.file", arg=labels.key(name)) for name in sorted(turn.services.knowledge.book.files)
    ]
    rows = [buttons[at : at + A_ROW] for at in range(0, len(buttons), A_ROW)]
    rows.append([turn.button("faq_admin.home_button", "faq_admin.home")])
    turn.show("faq_admin.files", buttons=rows, limit=LARGEST_KB)


@editors
async def download(turn: Turn) -> None:
    """The file as it is live, comments and all."""
    found = turn.services.knowledge.book.files
    name = next((name for name in found if labels.key(name) == turn.arg), None)
    if name is None:
        raise Refused("ask.gone")
    turn.send_made("document", "text", found[name].decode(), name, turn.say("faq_admin.send_back", name=name))


@editors
async def receive(turn: Turn) -> None:
    """A file sent back: tried out as a whole, like one saved in the folder."""
    sent = turn.incoming.attachments[0]
    name = file_name(sent.name)
    if sent.kind != "document" or name is None:
        turn.reply("faq_admin.yaml_please")
    elif sent.size > LARGEST_KB * 1024:
        turn.reply("faq_admin.too_large", limit=LARGEST_KB)
    else:
        await wish(turn, {"kind": "file", "file_id": sent.file_id, "name": name})


def is_file_for_us(turn: Turn) -> bool:
    """Whether an editor has sent a YAML file; the roster's is told by its name and goes elsewhere."""
    sent = turn.incoming.attachments
    name = sent[0].name.lower() if sent and sent[0].kind == "document" else ""
    elsewhere = any(word in name for word in ROSTER_NAMES)
    return name.endswith((".yaml", ".yml")) and not elsewhere and news.may_edit(turn.person)


def _title(turn: Turn, found: Entry) -> str:
    return news.short(found.title.of(turn.say.language), 60)


def _file_key(turn: Turn, found: Entry) -> int:
    book: Book = turn.services.knowledge.book
    return labels.key(book.place(found.id).file)


def _expiry(found: Entry) -> Saying:
    return Saying("faq_admin.no_expiry" if found.expires is None else "faq_admin.expires", {"day": str(found.expires)})


def _escaped(turn: Turn, text: str) -> str:
    return turn.say("faq_admin.plain", text=text)


feature = Feature(
    commands=(Command("faq_admin", home, "staff"),),
    presses={
        "faq_admin.home": home,
        "faq_admin.leave": leave,
        "faq_admin.entry": entry,
        "faq_admin.files": files,
        "faq_admin.file": download,
    },
    listens={SEARCH: hear},
    takes=(is_file_for_us, receive),
)
