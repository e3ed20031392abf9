"""Who is who: the person behind a chat, their card, their posts, and whether they can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, update

from db.engine import Tx
from db.schema.people import persons, staff, talent_cards
from desk.names import plain_name


@dataclass(frozen=True)
class Card:
    """A talent card: its number, tier, first and last day, and status (`active`, `lost` or `revoked`)."""

    number: str
    tier: str
    valid_from: date | None
    valid_to: date | None
    status: str

    def valid_on(self, day: date) -> bool:
        """Whether the card entitles its holder on this day."""
        begun = self.valid_from is None or self.valid_from <= day
        over = self.valid_to is not None and self.valid_to < day
        return self.status == "active" and begun and not over

    def trouble(self, day: date) -> str | None:
        """What is the matter with it on this day: `lost`, `revoked`, `expired`, `not_begun`, or nothing."""
        if self.status != "active":
            return self.status
        if self.valid_to is not None and self.valid_to < day:
            return "expired"
        return "not_begun" if self.valid_from is not None and day < self.valid_from else None


@dataclass(frozen=True)
class Post:
    """A post somebody holds in an office. `acts_for` is the leader's post a liaison acts for."""

    id: int
    office: str
    role: str
    acts_for: int | None


@dataclass(frozen=True)
class Colleague:
    """Somebody with a post in an office; `bound` when they have an account here."""

    person_id: int
    name: str
    role: str
    bound: bool


@dataclass(frozen=True)
class Person:
    """Somebody the service knows. `language` is what we speak to them, `chosen` whether they picked it."""

    id: int
    user_id: int | None
    chat_id: int | None
    name: str
    language: str | None
    chosen: bool
    consent: str | None
    reachable: bool
    card: Card | None
    posts: tuple[Post, ...]

    @property
    def is_staff(self) -> bool:
        """Whether they hold any post today."""
        return bool(self.posts)

    def has_role(self, *roles: str) -> bool:
        """Whether one of their posts has one of these roles."""
        return any(post.role in roles for post in self.posts)


class People:
    """Persons in the database, inside one transaction."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now

    async def meet(self, user_id: int, chat_id: int, app_language: str | None) -> Person:
        """The person behind this Telegram account. Writing to us makes them reachable again.

        Of a stranger only the account and chat are kept, which an answer needs; the name waits for their consent.
        """
        person = await self.of_account(user_id)
        if person is None:
            return await self._welcome(user_id, chat_id, app_language)
        heard = {"chat_id": chat_id, "reachable": True}
        if person.chat_id != chat_id or not person.reachable or (not person.chosen and person.language != app_language):
            await self._change(person.id, app_language=app_language, **heard)
            language = person.language if person.chosen else app_language
            return replace(person, chat_id=chat_id, reachable=True, language=language)
        return person

    async def get(self, person_id: int) -> Person | None:
        """The person with this id."""
        return await self._one(_BY_ID, person_id)

    async def at_chat(self, chat_id: int) -> Person | None:
        """The person whose private chat this is."""
        return await self._one(_BY_CHAT, chat_id)

    async def of_account(self, user_id: int) -> Person | None:
        """The person behind this Telegram account, if we know one; nothing is written."""
        foreseen: Mapping[int, Person | None] = self._tx.foreseen(_FORESEEN)
        return foreseen[user_id] if user_id in foreseen else await self._one(_BY_ACCOUNT, user_id)

    async def foresee(self, accounts: Sequence[int]) -> list[Person]:
        """Read at once those whom `of_account` will be asked for one after the other."""
        found = await self._many(_BY_ACCOUNTS, keys=accounts)
        known = {person.user_id: person for person in found}
        self._tx.foresee(_FORESEEN, {account: known.get(account) for account in accounts}, _READ)
        return found

    async def of_post(self, staff_id: int) -> Person | None:
        """The person who holds this post."""
        return await self._one(_BY_POST, staff_id)

    async def with_role(self, *roles: str) -> list[Person]:
        """Everyone who holds a post with one of these roles."""
        holders = select(staff.c.person_id).where(staff.c.role.in_(roles), staff.c.active)
        return await self._many(_whole().where(persons.c.id.in_(holders)))

    async def with_card(self) -> int:
        """How many cardholders are known."""
        return int(await self._tx.scalar(select(func.count()).select_from(talent_cards)))

    async def staff_chats(self) -> dict[int, set[str]]:
        """The private chats of staff, each with the roles of its person."""
        query = (
            select(persons.c.chat_id, staff.c.role).join(staff).where(staff.c.active, persons.c.chat_id.is_not(None))
        )
        found: dict[int, set[str]] = {}
        for row in (await self._tx.execute(query)).all():
            found.setdefault(row.chat_id, set()).add(row.role)
        return found

    async def unbound_holders(self) -> list[Person]:
        """Cardholders whose card is bound to no account."""
        waiting = select(talent_cards.c.person_id).where(talent_cards.c.status == "active")
        return await self._many(_whole().where(persons.c.telegram_id.is_(None), persons.c.id.in_(waiting)))

    async def of_office(self, office: str) -> list[Colleague]:
        """Who holds a post in this office."""
        query = select(staff.c.role, persons.c.id, persons.c.name, persons.c.telegram_id).join(persons)
        rows = await self._tx.execute(query.where(staff.c.office == office, staff.c.active).order_by(staff.c.id))
        return [Colleague(row.id, row.name, row.role, row.telegram_id is not None) for row in rows]

    async def agree(self, person: Person, version: str, name: str) -> Person:
        """Record consent to this version of the privacy notice; from now on their name may be kept.

        The roster's name, where there is one, stands.
        """
        named = person.name or plain_name(name)
        await self._change(person.id, consent=version, consent_at=self._now, name=named)
        return replace(person, consent=version, name=named)

    async def choose_language(self, person: Person, language: str) -> None:
        """From now on speak this language to them, whatever their app says."""
        await self._change(person.id, language=language)

    async def reachability(self, user_id: int, *, reachable: bool) -> None:
        """They blocked us or took us back, as Telegram tells."""
        account = persons.c.telegram_id == user_id
        await self._tx.execute(update(persons).where(account).values(reachable=reachable))

    async def _welcome(self, user_id: int, chat_id: int, app_language: str | None) -> Person:
        row = {"telegram_id": user_id, "chat_id": chat_id, "app_language": app_language, "created_at": self._now}
        number: int = await self._tx.scalar(_WELCOME, row)
        return Person(number, user_id, chat_id, "", app_language, False, None, True, None, ())

    async def _change(self, person_id: int, **values: object) -> None:
        await self._tx.execute(update(persons).where(persons.c.id == person_id).values(**values))

    async def _one(self, query: Select[tuple[object, ...]], key: int) -> Person | None:
        found = await self._many(query, key=key)
        return found[0] if found else None

    async def _many(self, query: Select[tuple[object, ...]], **values: object) -> list[Person]:
        rows: dict[int, list[Row[tuple[object, ...]]]] = {}
        for row in (await self._tx.execute(query, values)).all():
            rows.setdefault(row.id, []).append(row)
        return [_person(group) for group in rows.values()]


def _whole() -> Select[tuple[object, ...]]:
    """Person, card and posts in one query: one row for each post, one row for a person without any."""
    return (
        select(
            persons,
            talent_cards.c.number,
            talent_cards.c.tier,
            talent_cards.c.valid_from,
            talent_cards.c.valid_to,
            talent_cards.c.status,
            staff.c.id.label("post_id"),
            staff.c.office,
            staff.c.role,
            staff.c.acts_for,
        )
        .outerjoin(talent_cards, talent_cards.c.person_id == persons.c.id)
        .outerjoin(staff, (staff.c.person_id == persons.c.id) & staff.c.active)
        .order_by(persons.c.id, staff.c.id)
    )


_READ = frozenset({persons.name, talent_cards.name, staff.name})
_FORESEEN = "person by account"

# Built once: building a statement costs several times what running it does.
_KEY: Any = bindparam("key")
_BY_ID = _whole().where(persons.c.id == _KEY)
_BY_ACCOUNT = _whole().where(persons.c.telegram_id == _KEY)
_BY_ACCOUNTS = _whole().where(persons.c.telegram_id.in_(bindparam("keys", expanding=True)))
_BY_CHAT = _whole().where(persons.c.chat_id == _KEY)
_BY_POST = _whole().where(persons.c.id == select(staff.c.person_id).where(staff.c.id == _KEY).scalar_subquery())
_WELCOME = insert(persons).values(name="").returning(persons.c.id)


def _person(rows: list[Row[tuple[object, ...]]]) -> Person:
    row = rows[0]
    card = Card(row.number, row.tier, row.valid_from, row.valid_to, row.status) if row.number else None
    posts = tuple(Post(r.post_id, r.office, r.role, r.acts_for) for r in rows if r.post_id is not None)
    return Person(
        id=row.id,
        user_id=row.telegram_id,
        chat_id=row.chat_id,
        name=plain_name(row.name),
        language=row.language or row.app_language,
        chosen=row.language is not None,
        consent=row.consent,
        reachable=bool(row.reachable),
        card=card,
        posts=posts,
    )
