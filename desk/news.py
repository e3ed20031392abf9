"""Who has to hear what: each act spreads as news to people and as fresh cards, owed in the act's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from desk.filing import Upload
from desk.overtaken import REACH
from desk.people import People, Person
from desk.roster import Roster
from desk.rules.hears import Urgency, hears, news_key
from desk.rules.life import Act, Role, Status
from desk.views import Matter


@dataclass(frozen=True)
class News:
    """One thing one person has to hear about one matter; `key` names the sentence, `uploads` are passed on with it.

    `entry` is the number of the first entry that its words and files are kept as, `replies` of the one they answer;
    `more` says that it is one more part of an album, `edited` that the words replace the entry's first ones;
    `actor` is whoever acted; `about` is what a reminder is about, so that it can be taken back while it is unsent.
    """

    person_id: int
    matter: Matter
    act: Act
    key: str
    values: Mapping[str, object]
    urgency: Urgency
    uploads: Sequence[Upload] = ()
    entry: int | None = None
    replies: int | None = None
    more: bool = False
    edited: bool = False
    actor: Person | None = None
    about: str = ""


@dataclass(frozen=True)
class Notice:
    """Something one chat has to hear that is about no matter. `buttons` are actions with the row they are about.

    The chat is kept as it was: a notice may have to reach an account that is nobody's by the end of the transaction.
    """

    chat_id: int
    user_id: int
    language: str | None
    key: str
    values: Mapping[str, object]
    buttons: Sequence[tuple[str, int]] = ()


@dataclass
class Newsroom:
    """Collects the news, the cards to refresh and whose menu changes; settled before the transaction ends."""

    people: People
    roster: Roster
    news: list[News] = field(default_factory=list)
    touched: dict[int, None] = field(default_factory=dict)
    cards_for: dict[tuple[int, int], None] = field(default_factory=dict)
    brought: dict[tuple[int, int], None] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    menus: dict[int, None] = field(default_factory=dict)

    def copy(self) -> Newsroom:
        """What has been collected so far, to come back to."""
        collected = {name: copy(getattr(self, name)) for name in _COLLECTED}
        return replace(self, **collected)

    def back_to(self, earlier: Newsroom) -> None:
        """Forget what was collected since."""
        for name in _COLLECTED:
            setattr(self, name, getattr(earlier, name))

    def notify(
        self, person: Person, key: str, values: Mapping[str, object], buttons: Sequence[tuple[str, int]] = ()
    ) -> None:
        """Owe somebody a sentence that is about no matter; whoever has no chat cannot hear it.

        A button's label is the sentence of its action's name.
        """
        if person.chat_id is not None and person.user_id is not None:
            self.notices.append(Notice(person.chat_id, person.user_id, person.language, key, values, tuple(buttons)))

    def refresh(self, matter_id: int, person_id: int) -> None:
        """This person gets the matter's card as it stands; so does everybody who has one."""
        self.touched[matter_id] = None
        self.cards_for[(matter_id, person_id)] = None

    def bring(self, matter_id: int, person_id: int) -> None:
        """This person gets the matter's card as a new message, even should they have an old one further up."""
        self.refresh(matter_id, person_id)
        self.brought[(matter_id, person_id)] = None

    def tell(self, person_id: int, matter: Matter, act: Act, key: str, urgency: Urgency, about: str = "") -> None:
        """Owe one person one sentence about a matter, as the clock does; for `about` see `desk.overtaken`."""
        values: dict[str, object] = {"number": matter.number, "due": matter.deliver_due, "accept": matter.accept_due}
        values |= {"wanted": matter.wanted or ""}
        self.news.append(News(person_id, matter, act, key, values, urgency, about=about))

    async def spread(
        self,
        matter: Matter,
        act: Act,
        *,
        actor: Person | None,
        before: Matter | None = None,
        words: str = "",
        uploads: Sequence[Upload] = (),
        entry: int | None = None,
        replies: int | None = None,
        more: bool = False,
        edited: bool = False,
    ) -> None:
        """Owe the news of this act. Whoever acted hears nothing; a new owner's card is their news."""
        told: set[int] = {actor.id} if actor else set()
        told.update(await self._deal(matter, before))
        values = _values(matter, actor, words)
        for role, urgency in hears(act):
            for person_id in await self._audience(role, act, matter, before):
                # An internal note is nobody's but the staff's, even should the cardholder be one of them.
                if person_id not in told and not (act is Act.NOTE and person_id == matter.person_id):
                    told.add(person_id)
                    news = News(person_id, matter, act, _key(act, role, matter, actor), values, urgency, tuple(uploads))
                    self.news.append(replace(news, entry=entry, replies=replies, more=more, edited=edited, actor=actor))
        if act in _AWAITS_THEM:
            await self._say_who_is_not_here(matter)

    async def _say_who_is_not_here(self, matter: Matter) -> None:
        """What is asked of a cardholder without an account here reaches nobody: whoever handles it has to phone."""
        holder = await self.people.get(matter.person_id)
        if holder is None or holder.user_id is None or holder.chat_id is None:
            for person_id in await self.roster.hands(matter.owner_id):
                self.tell(person_id, matter, Act.ESCALATE, "news.cardholder_unbound", Urgency.NOW, REACH)

    async def _deal(self, matter: Matter, before: Matter | None) -> Sequence[int]:
        """Everybody's card as it stands now; returns those for whom it is a new one, and so their news."""
        owners = await self.roster.hands(matter.owner_id)
        for person_id in (matter.person_id, *owners, *await self._helpers(matter)):
            self.refresh(matter.id, person_id)
        if before is not None and before.owner_id == matter.owner_id:
            return ()
        for person_id in owners if before is not None else ():
            self.bring(matter.id, person_id)
        return owners

    async def _helpers(self, matter: Matter, *, still_at_it: bool = False) -> Sequence[int]:
        """Who has a part of the matter; `still_at_it`: only those whose part is not done."""
        steps = [step for step in matter.steps if step.done_at is None or not still_at_it]
        return [person for step in steps for person in await self.roster.hands(step.staff_id)]

    async def _audience(self, role: Role, act: Act, matter: Matter, before: Matter | None) -> Sequence[int]:
        if role is Role.CARDHOLDER:
            return (matter.person_id,)
        if role is Role.OWNER:
            found = await self._reached(await self.roster.hands(before.owner_id if before else matter.owner_id))
            return found if found or act is not Act.SAY else await self._instead_of_nobody(matter)
        if role is Role.CO_HANDLER:
            return await self._helpers(matter, still_at_it=act is Act.SAY)
        if role is Role.SUPERVISOR:
            return await self.supervisors(matter)
        return [person.id for person in await self.people.with_role(role.value)]

    async def _instead_of_nobody(self, matter: Matter) -> Sequence[int]:
        """Words about a matter whose last owner has left, or cannot be written to, are the dispatcher's."""
        found = [person.id for person in await self.people.with_role(Role.DISPATCHER.value)]
        for person_id in found:
            self.refresh(matter.id, person_id)
        return found

    async def _reached(self, persons: Sequence[int]) -> Sequence[int]:
        """Without those who cannot be written to: they are why a matter changes hands, not who hears of it."""
        found = [(person, await self.people.get(person)) for person in persons]
        return [person for person, known in found if known is not None and known.reachable]

    async def supervisors(self, matter: Matter) -> Sequence[int]:
        """The heads of the office; and the dispatchers where every head holds the matter, is away or out of reach."""
        found = [person for person in await self.roster.heads(matter.office) if person != matter.owner_person_id]
        if set(found).intersection(await self.roster.heads_here(matter.office)):
            return found
        return [*found, *(person.id for person in await self.people.with_role("dispatcher"))]


_AWAITS_THEM = frozenset({Act.ASK, Act.DELIVER})
"""Acts after which the cardholder is the one to act."""
_COLLECTED = ("news", "touched", "cards_for", "brought", "notices", "menus")


def _values(matter: Matter, actor: Person | None, words: str) -> Mapping[str, object]:
    """What the sentences of an act may say."""
    return {
        "number": matter.number,
        "actor": actor.name if actor else "",
        "words": words,
        "due": matter.deliver_due,
        "next": matter.accept_due if matter.status is Status.DISPATCHED else matter.deliver_due,
        "rating": matter.rating or 0,
        "until": matter.extension.to if matter.extension else matter.deliver_due,
    }


def _key(act: Act, role: Role, matter: Matter, actor: Person | None) -> str:
    """The sentence; silence about what staff prepared means something else, and so does a person's own raising."""
    key = news_key(act, role)
    if act in (Act.LAPSE, Act.WITHDRAW) and matter.status is Status.WITHDRAWN and matter.unconfirmed:
        return f"{key}_draft"
    if act is Act.CONFIRM and matter.rating is None:
        return f"{key}_unrated"
    return f"{key}_by_hand" if act is Act.ESCALATE and actor is not None else key
