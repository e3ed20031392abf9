"""Who may do what: one question, `can`, over one table of powers and the table of a matter's life beside it.

Every command, button, reply, link, file and export asks here, with what the database says at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from desk.refusals import NotNow, NotYours
from desk.rules.life import Act, Role, decide
from desk.rules.ties import Affair, Seat, ties


class Part(StrEnum):
    """What somebody is to the service. Posts are the roster's own; one person may hold several."""

    GUEST = "guest"
    CARDHOLDER = "cardholder"
    LEADER = "leader"
    LIAISON = "liaison"
    HEAD = "head"
    HANDLER = "handler"
    RUN_TEAM = "run_team"
    DISPATCHER = "dispatcher"
    EDITOR = "editor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Power(StrEnum):
    """What can be done here besides the acts on a matter."""

    HELLO = "hello"
    ASK = "ask"
    AGREE = "agree"
    OWN_DATA = "own_data"
    BIND = "bind"
    SEE_CARD = "see_card"
    KEEP_CARD = "keep_card"
    SEE_CONTACTS = "see_contacts"
    MY_MATTERS = "my_matters"
    NEW_MATTER = "new_matter"
    FILL_IN = "fill_in"
    ACT_BY_TYPING = "act_by_typing"
    READ_MATTER = "read_matter"
    READ_NOTES = "read_notes"
    READ_FILES = "read_files"
    SUBSCRIBE = "subscribe"
    INBOX = "inbox"
    AWAY = "away"
    BEHALF = "behalf"
    VISITS = "visits"
    STATS = "stats"
    DRY_RUN = "dry_run"
    APPROVE_BINDING = "approve_binding"
    EDIT_FAQ = "edit_faq"
    INVITE = "invite"
    END_POST = "end_post"
    IMPORT_ROSTER = "import_roster"
    EXPORT_ROSTER = "export_roster"
    ANNOUNCE = "announce"
    BE_SECOND = "be_second"
    SECOND_FAQ = "second_faq"
    SECOND_ROLES = "second_roles"
    SECOND_EXPORT = "second_export"
    SECOND_ANNOUNCE = "second_announce"
    READ_AUDIT = "read_audit"


class Verdict(Enum):
    """What becomes of a wish. `UNKNOWN` is answered as if there were no such thing, `NO_CARD` kindly."""

    YES = "yes"
    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    NOT_NOW = "not_now"
    NO_CARD = "no_card"


@dataclass(frozen=True)
class Rule:
    """Who may, if they are one of `who`; one of `told` hears that it is somebody else's, all others of no such thing.

    `card`: only with a valid card. `others`: only what is somebody else's; nobody seconds their own wish.
    """

    who: frozenset[Part]
    told: frozenset[Part] = frozenset()
    card: bool = False
    others: bool = False


@dataclass(frozen=True)
class Wish:
    """Something that was asked for, and by whom."""

    by: int | None


@dataclass(frozen=True)
class Actor:
    """Who wants something. `card` says how theirs stands: `valid`, `none`, or what is the matter with it."""

    id: int
    card: str = "none"
    posts: Sequence[Seat] = ()

    @property
    def parts(self) -> frozenset[Part]:
        """All that they are; a guest is whoever is nothing else."""
        found = {Part(post.role) for post in self.posts}
        if self.card != "none":
            found.add(Part.CARDHOLDER)
        return frozenset(found) or frozenset({Part.GUEST})


EVERYBODY = frozenset(Part)
STAFF = EVERYBODY - {Part.GUEST, Part.CARDHOLDER}
SERVING = STAFF - {Part.EDITOR, Part.AUDITOR}
"""Those who work for cardholders, and may look one up."""
RELATED = frozenset(Role) - {Role.CLOCK}


def _by(*who: Part) -> frozenset[Part]:
    return frozenset(who)


_OPEN = Rule(EVERYBODY)
_P = Power
POWERS: dict[Power, Rule] = {
    # open to everybody, each for themselves
    **dict.fromkeys((_P.HELLO, _P.ASK, _P.AGREE, _P.OWN_DATA, _P.BIND, _P.SEE_CARD, _P.SEE_CONTACTS), _OPEN),
    **dict.fromkeys((_P.MY_MATTERS, _P.FILL_IN, _P.ACT_BY_TYPING, _P.SUBSCRIBE), _OPEN),
    # cardholders
    _P.KEEP_CARD: Rule(_by(Part.CARDHOLDER)),
    _P.NEW_MATTER: Rule(_by(Part.CARDHOLDER), card=True),
    # staff
    _P.INBOX: Rule(STAFF),
    _P.AWAY: Rule(STAFF),
    _P.BEHALF: Rule(SERVING, told=STAFF),
    _P.VISITS: Rule(STAFF),
    _P.STATS: Rule(_by(Part.HEAD, Part.ADMIN, Part.AUDITOR), told=STAFF),
    _P.DRY_RUN: Rule(_by(Part.DISPATCHER, Part.ADMIN), told=STAFF),
    # the offices' own affairs
    _P.APPROVE_BINDING: Rule(_by(Part.DISPATCHER, Part.ADMIN), others=True),
    _P.EDIT_FAQ: Rule(_by(Part.EDITOR, Part.ADMIN)),
    _P.INVITE: Rule(_by(Part.ADMIN)),
    _P.END_POST: Rule(_by(Part.ADMIN), others=True),
    _P.IMPORT_ROSTER: Rule(_by(Part.ADMIN)),
    _P.EXPORT_ROSTER: Rule(_by(Part.ADMIN)),
    _P.ANNOUNCE: Rule(_by(Part.DISPATCHER, Part.ADMIN)),
    # the second person; never whoever asked
    _P.BE_SECOND: Rule(_by(Part.DISPATCHER, Part.EDITOR, Part.ADMIN)),
    _P.SECOND_FAQ: Rule(_by(Part.EDITOR, Part.ADMIN), others=True),
    _P.SECOND_ROLES: Rule(_by(Part.ADMIN), others=True),
    _P.SECOND_EXPORT: Rule(_by(Part.ADMIN), others=True),
    _P.SECOND_ANNOUNCE: Rule(_by(Part.DISPATCHER, Part.ADMIN), others=True),
    # who looks at those who act is none of them
    _P.READ_AUDIT: Rule(_by(Part.AUDITOR)),
}
"""Who has which power: what is not named for somebody is refused to them."""

READING: dict[Power, frozenset[Role]] = {
    _P.READ_MATTER: RELATED,
    _P.READ_FILES: RELATED,
    _P.READ_NOTES: RELATED - {Role.CARDHOLDER},
}
"""What of a matter is read by whom, whatever its status; the cardholder's own role outweighs their posts."""


def can(actor: Actor, act: Act | Power, thing: Affair | Wish | None = None) -> Verdict:
    """Whether somebody may do this, to this thing, now.

    Parameters:
        act: an act on a matter, or any other power.
        thing: the matter; or, for a power over what somebody asked for, that wish.
    """
    if isinstance(act, Power) and act not in READING:
        return _power(actor, POWERS[act], thing if isinstance(thing, Wish) else None)
    if thing is None or isinstance(thing, Wish):
        return Verdict.UNKNOWN
    roles = ties(actor.id, actor.posts, thing)
    if not roles:
        return Verdict.UNKNOWN
    if isinstance(act, Act):
        return _step(act, roles, thing)
    return Verdict.YES if reads(act, roles) else Verdict.NOT_YOURS


def reads(power: Power, roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles in a matter reads this of it; a cardholder never what is not theirs to read."""
    kept_from_them = Role.CARDHOLDER in roles - READING[power]
    return not kept_from_them and not roles.isdisjoint(READING[power])


def holders(power: Power) -> frozenset[str]:
    """The posts that have this power."""
    return frozenset(part.value for part in POWERS[power].who & STAFF)


def _power(actor: Actor, rule: Rule, wish: Wish | None) -> Verdict:
    if rule.card and actor.card != "valid":
        return Verdict.NO_CARD
    if rule.who.isdisjoint(actor.parts):
        return Verdict.UNKNOWN if rule.told.isdisjoint(actor.parts) else Verdict.NOT_YOURS
    own = wish is not None and wish.by == actor.id
    return Verdict.NOT_YOURS if rule.others and own else Verdict.YES


def _step(act: Act, roles: frozenset[Role], affair: Affair) -> Verdict:
    try:
        decide(affair.status, act, roles, extension_asked=affair.extension is not None)
    except NotYours:
        return Verdict.NOT_YOURS
    except NotNow:
        return Verdict.NOT_NOW
    return Verdict.YES
