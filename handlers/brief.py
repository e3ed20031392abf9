"""What the chat says of a matter where Telegram carries no content: which number, which act, how far, and by when.

No category, no office or handler that would tell it, no name and no word of anybody: whoever wants those opens the
page. What somebody is to do about it stands in plain words, with its button, or with the way to its form on the page.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk.matter import Matter
from desk.news import News, Notice
from desk.rules.life import Act
from handlers import labels
from handlers.buttons import Button, Link
from handlers.cards import PER_ROW, chain, do_name, when
from handlers.services import Services
from words import Raw, Speaker

OPEN_PAGE = "page.open"
WORDLESS = (
    *(Act.ACCEPT, Act.STEP_TAKE, Act.GRANT, Act.CONFIRM, Act.RATE),
    *(Act.URGE, Act.WITHDRAW, Act.ESCALATE),
)
"""Acts that need no words: their buttons stay in the chat."""
WANTED = (Act.FILE, Act.SUPPLY, Act.DISPUTE, Act.REOPEN)
"""Acts with words that a cardholder is asked for, or may not know of: the card leads to their forms."""
TOLD = frozenset({"number", "due", "accept", "next", "until", "rating", "by", "lapse", "reopen"})
"""The only values that a sentence in the chat may have."""


def address(services: Services, target: str = "") -> str:
    """The page's address; it lets in whoever is signed in, and tells anybody else how to."""
    return f"{services.pages}/desk/{target}"


def form_of(number: str, act: str) -> str:
    """The page of a matter, with the form of this act open and in sight."""
    return f"{number}?act={act}#act-{act}"


def card(matter: Matter, say: Speaker, *, mine: bool) -> str:
    """The card: its number, how far it is, and by when; `mine`: the cardholder reads it."""
    head = say("page.card", number=matter.number, chain=Raw(chain(matter, say, mine=mine)))
    return "\n\n".join(part for part in (head, when(matter, say, mine=mine)) if part)


def rows(matter: Matter, offered: Sequence[Act], services: Services, say: Speaker) -> list[list[Button | Link]]:
    """The buttons under it: what can be done here, the forms that are wanted, the page, and the way to sign in."""
    acts = [act for act in offered if act in (*WORDLESS, *WANTED)]
    return [*ways(matter, acts, services, say), doors(services, say, matter)]


def ways(matter: Matter, acts: Sequence[Act], services: Services, say: Speaker) -> list[list[Button | Link]]:
    """A button for each act that needs no words, and for any other a link to its form."""
    found = [_way(matter, act, services, say) for act in acts]
    return [found[n : n + PER_ROW] for n in range(0, len(found), PER_ROW)]


def _way(matter: Matter, act: Act, services: Services, say: Speaker) -> Button | Link:
    name = do_name(act, matter.status, say)
    if act in WORDLESS:
        return Button(name, f"act.{act.value}", matter.id)
    return Link(name, address(services, form_of(matter.number, act.value)))


def doors(services: Services, say: Speaker, matter: Matter) -> list[Button | Link]:
    """To the page, and the way to sign in."""
    page = Link(say.plain("page.go"), address(services, matter.number))
    return [page, Button(say.plain("page.sign_in"), OPEN_PAGE, matter.id)]


def news(told: News, services: Services, say: Speaker, *, theirs: bool) -> str:
    """What has happened, and what is wanted; the full sentence where it carries no content.

    `theirs`: the reader still has something to do with the matter. Whoever held it before hears that they have not.
    """
    house, matter = services.house, told.matter
    values = {name: value for name, value in told.values.items() if name in TOLD}
    values |= {"by": labels.next_due(matter), "lapse": house.lapse_at(matter), "reopen": house.reopen_until(matter)}
    text = say(f"brief.{told.key}" if say.has(f"brief.{told.key}") else told.key, **values)
    if theirs or not told.key.endswith("_owner"):
        return text
    return f"{text}\n{say('brief.in_other_hands')}"


def notice(told: Notice, services: Services, say: Speaker) -> tuple[str, list[Button | Link]] | None:
    """What the chat may say in place of a notice that shows what somebody wrote, or whose card it is.

    None where it may stay as it is. A cardholder is named by the number they have in the roster's file.
    """
    if services.pages and say.has(f"brief.{told.key}"):
        return say(f"brief.{told.key}", id=told.values["id"] or "—"), []
    if not services.pages or told.key not in ("binding.request", "binding.request_unknown"):
        return None
    action, subject = told.buttons[0]
    page = Link(say.plain("page.go"), address(services, f"request/{subject}"))
    return say("page.binding_request"), [page, Button(say.plain("page.sign_in"), action, subject)]
