"""The sandbox as one thing to start: a pretended Telegram with one bot, its people, and an HTTP server on loopback."""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from sandbox.api.call import LARGEST_UPLOAD
from sandbox.api.endpoint import Endpoint
from sandbox.clock import Clock, RealClock
from sandbox.faults import Faults
from sandbox.feed import Changes
from sandbox.groups import Group, found
from sandbox.guard import guard
from sandbox.journal import Journal
from sandbox.people import Person
from sandbox.seen import transcript
from sandbox.store import Store
from sandbox.telegram import Telegram
from sandbox.updates import Updates
from sandbox.waiting import until
from sandbox.web import PeopleApi
from sandbox.world import FIRST_PERSON, Account

T = TypeVar("T")


class Sandbox:
    """A local stand-in for Telegram's Bot API.

    token: the bot's token; its number is the bot's id. limits: whether flood control is on.
    store: a folder in which everything survives a restart; without it all is forgotten.
    """

    def __init__(
        self,
        token: str = "123456:TEST",  # noqa: S107 - a token of nothing
        bot_username: str = "EnyangTalentBot",
        bot_name: str = "恩阳英才卡服务台",
        clock: Clock | None = None,
        limits: bool = True,
        store: Path | None = None,
    ) -> None:
        number = token.split(":", 1)[0]
        bot = Account(int(number) if number.isdigit() else 1, "bot", bot_name, username=bot_username, is_bot=True)
        self.token = token
        self.clock = clock or RealClock()
        self.telegram = Telegram(token, bot, self.clock, limits)
        self.people: dict[str, Person] = {}
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._store = Store(store, self.telegram) if store else None
        for account in self.telegram.world.accounts.values():
            self.people[account.key] = Person(self.telegram, account)

    @property
    def journal(self) -> Journal:
        """Every call and every accepted message."""
        return self.telegram.journal

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""
        return self.telegram.faults

    @property
    def updates(self) -> Updates:
        """The queue of updates; `push(body)` adds a hand-made one."""
        return self.telegram.updates

    @property
    def changes(self) -> Changes:
        """Woken at every change."""
        return self.telegram.changes

    @property
    def api_url(self) -> str:
        """Base for methods: `f"{api_url}{token}/getMe"` (python-telegram-bot's `base_url`)."""
        return f"{self.url}/bot"

    @property
    def file_url(self) -> str:
        """Base for downloads (python-telegram-bot's `base_file_url`)."""
        return f"{self.url}/file/bot"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises ValueError for an address that is not loopback."""
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"the sandbox listens on loopback only, not on {host}")
        self.telegram.closing.clear()
        app = web.Application(middlewares=[guard], client_max_size=LARGEST_UPLOAD)
        app.add_routes(Endpoint(self.telegram).routes())
        app.add_routes(PeopleApi(self.telegram, self.add_person).routes())
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0]
        self.url = f"http://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}"
        self.telegram.webhook.start()

    async def stop(self) -> None:
        """Stop listening and delivering; open polls and streams end."""
        self.telegram.closing.set()
        self.telegram.updates.interrupt("")
        for task in self.telegram.acting:
            task.cancel()
        await self.telegram.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._store is not None:
            self._store.close()

    async def __aenter__(self) -> "Sandbox":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def add_person(
        self,
        key: str,
        first_name: str | None = None,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "zh-hans",
        phone: str | None = None,
        role: str = "",
        note: str = "",
    ) -> Person:
        """A person with a phone, known by `key`; a known key gives the same person with names and labels renewed."""
        world = self.telegram.world
        number = world.keys.get(key) or FIRST_PERSON - 1 + world.count("person")
        old = world.accounts.get(number)
        account = Account(number, key, first_name or key, last_name, username, language_code, phone, role, note)
        if old is not None:
            account.started, account.blocked = old.started, old.blocked
            old.__dict__.update(account.__dict__)
            account = old
        world.enter(account)
        self.people[key] = person = Person(self.telegram, account)
        person.changed()
        return person

    def add_group(self, title: str, members: Sequence[Person], admin: bool = True) -> Group:
        """A group of these people with the bot in it, as administrator unless said otherwise."""
        return found(self.telegram, title, list(members), admin)

    async def changed(self) -> None:
        """Return at the next change of anything."""
        await asyncio.shield(self.changes.upcoming())

    async def until(self, predicate: Callable[[], T | None], timeout: float = 10.0) -> T:  # noqa: ASYNC109
        """Wait until the predicate is true, looking again at every change; returns its value.

        timeout: real seconds, after which AssertionError shows the last calls and the end of every chat.
        """
        return await until(self.changes, predicate, timeout, self.account_of_itself)

    def account_of_itself(self) -> str:
        """What happened last, to be read in a failing test."""
        calls = [
            f"  {c.method} → {c.status} {(c.response or {}).get('description', '')}" for c in self.journal.calls[-8:]
        ]
        chats = [f"{key} ({person.id}):\n{transcript(person.messages)}" for key, person in self.people.items()]
        waiting = f"{len(self.updates.pending)} updates wait"
        return "\n".join(["it did not become true. Last calls:", *calls, waiting, *chats])
