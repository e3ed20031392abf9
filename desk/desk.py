"""The desk as a journey sees it: every use case of one transaction behind one name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import cached_property

from db.engine import Tx
from desk.absences import Absences
from desk.accounts import Accounts
from desk.alarms import Alarms
from desk.announcing import Announcing
from desk.approvals import ENDS, Approvals
from desk.behalf import Behalf
from desk.binding import Binding
from desk.book import Bookshelf
from desk.clockwork import Clockwork, Occasion
from desk.conversation import Conversation
from desk.digest import KIND as DIGEST
from desk.digest import Digests
from desk.drafts import Drafts
from desk.handover import Handover
from desk.house import House
from desk.imports.imports import Imports
from desk.ledger import Ledger
from desk.links import Links
from desk.matters import Matters
from desk.misses import Misses
from desk.news import Newsroom
from desk.passes import Passes
from desk.people import People
from desk.post import Post
from desk.privacy import Privacy
from desk.questions import Questions
from desk.rates import Statistics
from desk.report import Report
from desk.retention import RENEWALS, TIDY, Keeping
from desk.roster import Roster
from desk.rounds import DAILY, WEEKLY, Rounds
from desk.rules.zone import day_of
from desk.staffing import Staffing
from desk.steps import Steps
from desk.stored import Files
from desk.succession import Succession
from desk.timers import Timers
from desk.tries import TRIED, Tries
from desk.views import Views
from desk.views_seen import Sightings
from desk.visits import Visits
from desk.vouching import Vouching


class Desk:
    """All that can be asked of the desk at one moment, inside one transaction.

    Parameters:
        now: the moment everything here happens at, aware and in UTC.
    """

    def __init__(self, tx: Tx, house: House, now: datetime) -> None:
        self._tx = tx
        self.house = house
        self.now = now
        self.people = People(tx, now)
        self.drafts = Drafts(tx, now, house.vault)

    @property
    def today(self) -> date:
        """The district's calendar day."""
        return day_of(self.now)

    def once_kept(self, hook: Callable[[], object]) -> None:
        """Have this called when all of it is committed, and never when it is not."""
        self._tx.after_commit(hook)

    @cached_property
    def ledger(self) -> Ledger:
        """What was done besides the acts on matters, and what was refused."""
        return Ledger(self._tx, self.now, self.today)

    @cached_property
    def report(self) -> Report:
        """Who saw and who did what."""
        return Report(self._tx)

    @cached_property
    def approvals(self) -> Approvals:
        """What waits for a second person."""
        return Approvals(self._tx, self.now, self.people, self.newsroom, self.ledger)

    @cached_property
    def announcing(self) -> Announcing:
        """Words to many."""
        return Announcing(self._tx, self.now, self.ledger)

    @asynccontextmanager
    async def all_or_nothing(self) -> AsyncIterator[None]:
        """A part of the transaction that is undone as a whole when it is refused midway, and nothing told of it."""
        told = self.newsroom.copy()
        try:
            async with self._tx.savepoint():
                yield
        except BaseException:
            self.newsroom.back_to(told)
            raise

    @cached_property
    def questions(self) -> Questions:
        """The log of questions asked."""
        return Questions(self._tx, self.now)

    @cached_property
    def bookshelf(self) -> Bookshelf:
        """The FAQ's versions and edits."""
        return Bookshelf(self._tx, self.now)

    @cached_property
    def misses(self) -> Misses:
        """Questions that got no good answer."""
        return Misses(self._tx, self.now)

    @cached_property
    def rounds(self) -> Rounds:
        """What comes round by itself for the FAQ."""
        return Rounds(self._tx, self.now, self.bookshelf)

    @cached_property
    def post(self) -> Post:
        """The messages owed."""
        return Post(self._tx, self.now, self.house.vault)

    @cached_property
    def alarms(self) -> Alarms:
        """What is wrong, and who was told."""
        return Alarms(self._tx, self.now)

    @cached_property
    def roster(self) -> Roster:
        """The three ones, and who stands in for whom."""
        return Roster(self._tx, self.house, self.today)

    @cached_property
    def handover(self) -> Handover:
        """Whose hands a matter may pass into."""
        return Handover(self.roster)

    @cached_property
    def imports(self) -> Imports:
        """The roster as a file."""
        return Imports(
            self._tx,
            self.house,
            self.now,
            self.today,
            self.succession,
            self.links,
            self.absences,
            self.ledger,
            self.newsroom,
        )

    @cached_property
    def newsroom(self) -> Newsroom:
        """What this transaction has to tell people."""
        return Newsroom(self.people, self.roster)

    @cached_property
    def accounts(self) -> Accounts:
        """Whose accounts and cards are."""
        return Accounts(self._tx, self.now, self.people, self.newsroom, self.ledger)

    @cached_property
    def binding(self) -> Binding:
        """How accounts become persons'."""
        return Binding(self._tx, self.house.vault, self.now, self.accounts, self.tries, self.ledger)

    @cached_property
    def vouching(self) -> Vouching:
        """Who asks a person to be let in."""
        return Vouching(self._tx, self.house.vault, self.now, self.people, self.newsroom, self.ledger, self.accounts)

    @cached_property
    def tries(self) -> Tries:
        """Wrong tries to bind."""
        return Tries(self._tx, self.now, self.people, self.newsroom)

    @cached_property
    def privacy(self) -> Privacy:
        """What is kept about somebody, and forgetting it."""
        return Privacy(self._tx, self.house, self.now)

    @cached_property
    def keeping(self) -> Keeping:
        """Retention times, and cards that end."""
        return Keeping(self._tx, self.house, self.now, self.people, self.newsroom)

    @cached_property
    def views(self) -> Views:
        """Matters to look at."""
        return Views(self._tx, self.house.vault)

    @cached_property
    def passes(self) -> Passes:
        """Who is let in to the office's own pages."""
        return Passes(self._tx, self.now, self.people)

    @cached_property
    def files(self) -> Files:
        """Files that we keep ourselves."""
        return Files(self._tx, self.now, self.house.vault)

    @cached_property
    def sightings(self) -> Sightings:
        """Who looks at sensitive matters."""
        return Sightings(self._tx, self.house, self.now)

    @cached_property
    def timers(self) -> Timers:
        """What is planned for later."""
        return Timers(self._tx, self.house, self.now)

    @cached_property
    def matters(self) -> Matters:
        """Filing, and every act on a matter."""
        return Matters(self._tx, self.house, self.now, self.roster, self.newsroom, self.timers)

    @cached_property
    def conversation(self) -> Conversation:
        """Words and files between the two sides."""
        return Conversation(self._tx, self.house, self.now, self.views, self.newsroom)

    @cached_property
    def succession(self) -> Succession:
        """Matters that change hands because somebody is not there."""
        return Succession(self._tx, self.matters, self.views, self.roster, self.newsroom, Steps(self._tx, self.now))

    @cached_property
    def absences(self) -> Absences:
        """Who is away, and who stands in."""
        return Absences(self._tx, self.now, self.succession)

    @cached_property
    def links(self) -> Links:
        """The three ones as they change."""
        return Links(self._tx, self.house, self.now, self.roster, self.views, self.succession)

    @cached_property
    def staffing(self) -> Staffing:
        """Who leaves the office."""
        return Staffing(self._tx, self.now, self.succession, self.drafts, self.newsroom)

    @cached_property
    def behalf(self) -> Behalf:
        """Matters that staff prepare for a cardholder."""
        return Behalf(self._tx, self.house, self.now, self.matters, self.views, self.newsroom, self.timers)

    @cached_property
    def clockwork(self) -> Clockwork:
        """What happens when nobody acted."""
        return Clockwork(self.matters, self.views, self.roster, self.newsroom, self.timers, self._occasions, self.now)

    @cached_property
    def visits(self) -> Visits:
        """The run-team's log."""
        return Visits(self._tx, self.house, self.now, self.today)

    @cached_property
    def digests(self) -> Digests:
        """What staff read in the morning."""
        return Digests(self._tx, self.house, self.now, self.people, self.views, self.visits)

    @property
    def _occasions(self) -> Mapping[str, Occasion]:
        """What follows the timers that belong to no matter, by their kind."""
        return {
            "absence": self.absences.begins,
            "link": self.links.begins,
            DIGEST: self.digests.fire,
            WEEKLY: self.rounds.weekly,
            DAILY: self.rounds.forget,
            ENDS: self.approvals.over,
            TRIED: self.tries.tell,
            TIDY: self.keeping.tidy,
            RENEWALS: self.keeping.renewals,
        }

    @cached_property
    def statistics(self) -> Statistics:
        """The three rates."""
        return Statistics(self._tx, self.now)
