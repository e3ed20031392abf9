"""Somebody at the office's own pages in a test: their link comes from the bot, and they fill in the forms they see."""

from __future__ import annotations

import html
import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from district import PHOTO, District

from sandbox import Person

FORM = re.compile(r"<form method=\"post\".*?</form>", re.DOTALL)


@dataclass
class Answer:
    """What the server said."""

    status: int
    text: str
    headers: Mapping[str, str]
    path: str

    @property
    def words(self) -> str:
        """What a person reads of it."""
        return html.unescape(re.sub(r"<[^>]+>", " ", self.text))


@dataclass
class Visitor:
    """A browser without scripts, with cookies of its own."""

    address: str
    session: aiohttp.ClientSession

    async def get(self, path: str) -> Answer:
        """Open a page."""
        async with self.session.get(path if "://" in path else self.address + path) as answer:
            return await _answer(answer)

    async def signs_in(self, person: Person) -> Answer:
        """Use the newest link that the bot sent to this phone."""
        return await self.enters(link_of(person))

    async def enters(self, link: str) -> Answer:
        """Open a link, and press the one button there."""
        page = await self.get(link)
        assert page.status == 200, page.words
        return await self.post(link.removeprefix(self.address), {})

    async def post(self, path: str, fields: Mapping[str, str], *files: tuple[str, bytes], **headers: str) -> Answer:
        """Send a form as a browser does."""
        data = aiohttp.FormData(fields, quote_fields=False)
        for name, content in files:
            data.add_field("files", io.BytesIO(content), filename=name)
        sent = {"Origin": "/".join(self.address.split("/")[:3]), "Sec-Fetch-Site": "same-origin", **headers}
        body = data if fields or files else None
        async with self.session.post(
            self.address + path, data=_multipart(data) if body else None, headers=sent
        ) as answer:
            return await _answer(answer)

    async def acts(self, path: str, act: str, *files: tuple[str, bytes], **fields: str) -> Answer:
        """Fill in the form of one act on a matter's page."""
        page = await self.get(path)
        assert f'value="{act}"' in page.text, page.words
        return await self.post(path, {"form": form_token(page), "act": act, **fields}, *files)


def form_token(page: Answer) -> str:
    """The token that the page's forms carry."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
    assert found, page.words
    return found[1]


def link_of(person: Person) -> str:
    """The newest sign-in link on this phone."""
    urls = [b["url"] for m in person.messages for row in m.inline for b in row if "/desk/in/" in b.get("url", "")]
    assert urls, "no sign-in link came"
    return str(urls[-1])


@asynccontextmanager
async def visitor(address: str) -> AsyncIterator[Visitor]:
    """A browser of its own."""
    jar = aiohttp.CookieJar(unsafe=True)  # the pages of a test have a number for a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(address, session)


@asynccontextmanager
async def let_in(district: District, person: Person) -> AsyncIterator[Visitor]:
    """This person's browser, signed in to the office's pages by the link that the bot sent."""
    async with visitor(district.parts.services.pages) as found:
        await person.says("/page")
        await district.settles()
        await found.signs_in(person)
        yield found


CHILD = "孩子叫小禾苗"


async def files_a_school_matter(talent: Visitor, begun_with: str = "", **more: str) -> str:
    """A school matter, filed on the page; the path of its page."""
    form = f"/desk/new/school{begun_with}"
    page = await talent.get(form)
    fields = {"form": form_token(page), "consent-notice": "yes", "words": CHILD, **more}
    fields |= {"q-stage": "小学", "q-kind": "转学", "q-when": "2027-02-20", "q-where": "登科街道"}
    done = await talent.post(form, fields, ("照片.png", PHOTO))
    assert done.status == 200, done.words
    return done.path


def _multipart(data: aiohttp.FormData) -> aiohttp.FormData:
    data._is_multipart = True
    return data


async def _answer(answer: aiohttp.ClientResponse) -> Answer:
    raw = await answer.read()
    return Answer(answer.status, raw.decode("utf-8", "replace"), answer.headers, answer.url.path)
