"""Delivery of updates to a webhook: in order per chat, again with growing pauses until the bot says 2xx.

Pauses as the real server makes them: the first repetition at once, then 2, 4, 8 … seconds, at most a minute;
a `Retry-After` of the bot's answer is obeyed up to an hour.
"""

import asyncio
import ipaddress
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from sandbox.clock import Clock
from sandbox.faults import Kind
from sandbox.refusals import bad
from sandbox.updates import Update, Updates
from sandbox.world import Json

LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 3600.0
ANSWER_TIMEOUT = 60.0
SECRET = re.compile(r"^[A-Za-z0-9_-]+$")


@dataclass
class Settings:
    """What `setWebhook` set, and how the last deliveries went."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error: str = ""


def checked_url(url: str) -> str:
    """A webhook address the sandbox can reach: Telegram wants HTTPS, here plain HTTP on loopback is accepted too."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not _is_loopback(parts.hostname):
        raise bad("bad webhook: Failed to resolve host: Name or service not known")
    return url


def checked_secret(secret: str) -> str:
    """A `secret_token` of 0–256 allowed characters."""
    if len(secret) > 256:
        raise bad("secret token is too long")
    if secret and not SECRET.match(secret):
        raise bad("secret token contains unallowed characters")
    return secret


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Webhook:
    """Feeds the queue to one URL, chats side by side, each in order."""

    def __init__(self, updates: Updates, clock: Clock) -> None:
        self.updates = updates
        self.clock = clock
        self.settings = Settings()
        self.answer: Callable[[Json], Awaitable[None]] | None = None
        """Executes a method the bot puts into its answer."""
        self._feeder: asyncio.Task[None] | None = None
        self._lanes: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen = 0
        self._unordered = 0

    async def use(self, settings: Settings) -> None:
        """Point at another URL, or at none with an empty one."""
        await self.stop()
        self.settings = settings
        self.updates.webhook_url = settings.url
        self.updates.touch("settings", "webhook")
        if settings.url:
            self.updates.interrupt("terminated by setWebhook request")
            self.start()

    def start(self) -> None:
        """Begin delivering, from the oldest unacknowledged update."""
        self._seen = 0
        if self.settings.url:
            self._feeder = asyncio.create_task(self._feed())

    async def stop(self) -> None:
        """Stop delivering; what is not acknowledged stays queued."""
        running = [*self._tasks, *([self._feeder] if self._feeder else [])]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._feeder = None
        self._lanes.clear()

    async def _feed(self) -> None:
        limit = asyncio.Semaphore(self.settings.max_connections)
        connector = aiohttp.TCPConnector(limit=self.settings.max_connections)
        timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            while True:
                arrived = self.updates.arrived.upcoming()
                for update in self._fresh():
                    self._enqueue(update, session, limit)
                await asyncio.shield(arrived)

    def _fresh(self) -> list[Update]:
        """Updates not yet in a lane: those at the tail of the queue."""
        fresh: list[Update] = []
        for update in reversed(self.updates.pending.values()):
            if update.id <= self._seen:
                break
            fresh.append(update)
        if fresh:
            self._seen = fresh[0].id
        return fresh[::-1]

    def _enqueue(self, update: Update, session: aiohttp.ClientSession, limit: asyncio.Semaphore) -> None:
        lane = update.lane
        if not lane:
            self._unordered -= 1
            lane = self._unordered * (1 << 40)
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.create_task(self._run(lane, session, limit))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: int, session: aiohttp.ClientSession, limit: asyncio.Semaphore) -> None:
        queue = self._lanes[lane]
        while queue:
            update = queue[0]
            await self._deliver(update, session, limit)
            if self.updates.faults.for_update(Kind.REPEATED, update.kind, update.lane):
                await self._deliver(update, session, limit)
            self.updates.acknowledge(update)
            queue.popleft()
        del self._lanes[lane]

    async def _deliver(self, update: Update, session: aiohttp.ClientSession, limit: asyncio.Semaphore) -> None:
        pause, failures = 1.0, 0
        while update.expires > self.clock.now():
            async with limit:
                error, retry_after = await self._send(update, session)
            if not error:
                break
            self._note(error)
            if failures and not retry_after:
                pause = min(LONGEST_PAUSE, pause * 2)
            wait = min(retry_after, LONGEST_RETRY_AFTER) if retry_after else (pause if failures else 0.0)
            failures += 1
            await self.clock.sleep(wait)

    async def _send(self, update: Update, session: aiohttp.ClientSession) -> tuple[str, float]:
        """One attempt: what went wrong (empty when nothing), and the bot's `Retry-After`."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.settings.secret} if self.settings.secret else {}
        try:
            async with session.post(self.settings.url, json=update.body, headers=headers) as response:
                body = await response.read()
        except TimeoutError:
            return "Read timeout expired", 0.0
        except aiohttp.ClientConnectorError:
            return "Connection refused", 0.0
        except aiohttp.ClientError:
            return "Webhook connection closed", 0.0
        if not 200 <= response.status <= 299:
            retry_after = response.headers.get("Retry-After", "")
            return (
                f"Wrong response from the webhook: {response.status} {response.reason}",
                float(retry_after) if retry_after.isdigit() else 0.0,
            )
        await self._obey(response.content_type, body)
        return "", 0.0

    async def _obey(self, content_type: str, body: bytes) -> None:
        if content_type != "application/json" or not body or self.answer is None:
            return
        try:
            asked = json.loads(body)
        except ValueError:
            return
        if isinstance(asked, dict) and isinstance(asked.get("method"), str):
            await self.answer(asked)

    def _note(self, error: str) -> None:
        self.settings.last_error = error
        self.settings.last_error_date = int(self.clock.now())
        self.updates.touch("settings", "webhook")
        self.updates.changes.tell()
