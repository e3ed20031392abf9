"""The first hello, help, the choice of language, and putting a form away: open to everybody."""

from __future__ import annotations

from desk.rules.authority import Power
from handlers import conversation, further, other_language, rating
from handlers.buttons import Button
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn
from words import LANGUAGES, Raw

FURTHER = (
    (Power.STATS, "stats"),
    (Power.EDIT_FAQ, "faq_admin"),
    (Power.EDIT_FAQ, "try"),
    (Power.DRY_RUN, "route"),
    (Power.IMPORT_ROSTER, "roster"),
    (Power.INVITE, "invite"),
    (Power.ANNOUNCE, "announce"),
    (Power.READ_AUDIT, "audit"),
    (Power.VISITS, "visits"),
    (Power.BEHALF, "behalf"),
)
"""What /help adds for whoever has the power, and its command."""


@needs(Power.HELLO)
async def start(turn: Turn) -> None:
    """Say who we are and what can be done here, by what the person is."""
    turn.reply(_greeting(turn), buttons=home(turn), name=turn.person.name)


@needs(Power.HELLO)
async def help_(turn: Turn) -> None:
    """Say how to get something done, in a few lines."""
    key = "start.help_staff" if turn.person.is_staff else "start.help"
    turn.reply(f"{key}_pages" if turn.services.pages else key, buttons=home(turn), more=_further(turn))


@needs(Power.HELLO)
async def cancel(turn: Turn) -> None:
    """Put away the form they are in."""
    draft = await turn.desk.drafts.of(turn.person)
    unseen = (further.JOURNEY, rating.JOURNEY)
    had_one = await turn.desk.drafts.drop(turn.person) and draft is not None and draft.journey not in unseen
    without = "start.let_be" if turn.incoming.is_press else "start.nothing_to_cancel"
    turn.show("start.cancelled" if had_one else without)
    await conversation.ask_again(turn)


@needs(Power.HELLO)
async def languages(turn: Turn) -> None:
    """Offer the languages, each named in itself."""
    buttons = [
        Button(turn.services.words.speaker(code).plain("language.name"), "language.set", arg=n)
        for n, code in enumerate(LANGUAGES)
    ]
    turn.show("language.which", buttons=[buttons])


@needs(Power.HELLO)
async def set_language(turn: Turn) -> None:
    """Speak the chosen language from now on; a form that is open asks its step again in it."""
    await other_language.speak(turn, LANGUAGES[turn.arg % len(LANGUAGES)], home)


def home(turn: Turn) -> list[list[Button]]:
    """The buttons everything starts from."""
    if turn.person.is_staff:
        return [
            [turn.button("home.inbox", "inbox.open"), turn.button("home.faq", "browse.topics")],
            [turn.button("home.language", "language.choose")],
        ]
    return [
        [turn.button("home.new", "filing.new"), turn.button("home.my", "mine.list")],
        [turn.button("home.faq", "browse.topics"), turn.button("home.contacts", "contacts.show")],
        [turn.button("home.language", "language.choose")],
    ]


def _further(turn: Turn) -> Raw:
    """What somebody's posts let them do beyond what every handler does, a command to a line."""
    found = [(name, turn.say(f"menu.{name}")) for power, name in FURTHER if turn.person.is_staff and turn.may(power)]
    return Raw("".join(f"\n/{name} {what}" for name, what in found))


def _greeting(turn: Turn) -> str:
    if turn.may(Power.READ_AUDIT):
        return "start.hello_auditor"
    if turn.person.is_staff:
        return "start.hello_staff"
    return "start.hello" if turn.person.card else "start.hello_guest"


feature = Feature(
    commands=(
        Command("start", start),
        Command("help", help_),
        Command("cancel", cancel),
        Command("language", languages, also=("lang",)),
    ),
    presses={"start.cancel": cancel, "language.choose": languages, "language.set": set_language},
)
