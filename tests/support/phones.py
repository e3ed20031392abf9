"""People of a sandbox that runs as a process of its own: what they do and see, over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")
PATIENCE = 60.0
"""Real seconds until a wait has failed: a killed process has to start again in between."""


class Phones:
    """Everybody's phone. What people see is fetched anew whenever the sandbox says that something changed."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session
        self._changed = asyncio.Condition()

    async def get(self, path: str) -> Any:
        """What the people's side answers."""
        async with self._session.get(f"{self.url}{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and answer of an act."""
        async with self._session.post(f"{self.url}{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def messages(self, who: str) -> list[dict[str, Any]]:
        """A person's private chat, oldest first."""
        found: list[dict[str, Any]] = await self.get(f"/people/{who}/messages?limit=1000")
        return found

    async def says(self, who: str, text: str) -> None:
        """Write to the bot."""
        status, answer = await self.post(f"/people/{who}/send", {"text": text})
        assert status == 200, answer

    async def sends_photo(self, who: str, picture: bytes) -> None:
        """Send a picture."""
        form = aiohttp.FormData()
        form.add_field("kind", "photo")
        form.add_field("file", picture, filename="photo.png", content_type="image/png")
        async with self._session.post(f"{self.url}/people/{who}/upload", data=form) as answer:
            assert answer.status == 200, await answer.text()

    async def presses(self, who: str, label: str) -> None:
        """Press the newest button that reads so, once there is one and as soon as it can be pressed."""

        async def pressed() -> bool:
            for message in reversed(await self.messages(who)):
                for row in (message.get("buttons") or {}).get("inline_keyboard", []):
                    for button in row:
                        if label in button["text"]:
                            body = {"message_id": message["message_id"], "callback_data": button["callback_data"]}
                            return (await self.post(f"/people/{who}/press", body))[0] == 200
            return False

        await self.until(pressed, f"{who} can press {label}")

    async def hears(self, who: str, text: str) -> str:
        """Wait until a message of the bot that says this is in the chat."""

        async def heard() -> str:
            for message in reversed(await self.messages(who)):
                if not message["mine"] and text in words_of(message):
                    return words_of(message)
            return ""

        return await self.until(heard, f"{who} hears {text}")

    async def until(self, look: Callable[[], Any], what: str) -> Any:
        """Look again at every change until there is something to see."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    async with self._changed:
                        if found := await look():
                            return found
                        await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"it never came: {what}\n{await self.told()}") from None

    async def told(self) -> str:
        """Every chat, to be read in a failed drill."""
        people = [person["key"] for person in await self.get("/people")]
        lines: list[str] = []
        for who in people:
            told = [
                (">" if one["mine"] else "<", one["message_id"], words_of(one)[:90]) for one in await self.messages(who)
            ]
            lines += [f"{who} {side} {number} {words!r}" for side, number, words in told]
        return "\n".join(lines)

    async def listen(self) -> None:
        """Follow the stream of changes; runs beside everything else."""
        endless = aiohttp.ClientTimeout(total=None)
        async with self._session.get(f"{self.url}/events", timeout=endless) as stream:
            async for line in stream.content:
                if line.startswith(b"data:"):
                    async with self._changed:
                        self._changed.notify_all()


def words_of(message: dict[str, Any]) -> str:
    """The words of a message as a person reads them."""
    return str(message.get("text") or message.get("caption") or "")


@asynccontextmanager
async def phones(url: str) -> AsyncIterator[Phones]:
    """The phones of the sandbox at this address."""
    async with aiohttp.ClientSession() as session:
        found = Phones(url.rstrip("/"), session)
        listening = asyncio.create_task(found.listen())
        try:
            yield found
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def printed_address(line: str) -> str:
    """The address in a line of output."""
    found = re.search(r"http://\S+", line)
    assert found, line
    return found.group().rstrip("/")
