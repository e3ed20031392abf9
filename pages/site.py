"""What every page is given, and the application that serves them below `/desk/`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from desk.desk import Desk
from desk.people import Person
from handlers.workshop import Workshop
from words import Speaker

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Site(Workshop):
    """The parts that pages use, and a workshop's.

    Parameters:
        bot: the bot's username, empty until Telegram has told it.
    """

    bot: Callable[[], str]

    @cached_property
    def templates(self) -> Environment:
        """What the pages are written in."""
        return environment()

    @property
    def origin(self) -> str:
        """Scheme, host and port of the address people use."""
        return "/".join(self.services.pages.split("/")[:3])

    @property
    def secure(self) -> bool:
        """Whether people come by https."""
        return self.origin.startswith("https:")

    def speaker(self, person: Person | None, request: web.Request) -> Speaker:
        """Who speaks this person's language; of whoever is not signed in, the browser's."""
        spoken = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()
        return self.services.words.speaker(person.language if person else spoken)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Desk]:
        """A desk that only looks."""
        async with self.database.read() as tx:
            yield Desk(tx, self.services.house, self.now())

    def render(self, template: str, say: Speaker, *, status: int = 200, **values: Any) -> web.Response:
        """A page from its template."""
        text = self.templates.get_template(template).render(t=say.plain, language=say.language, **values)
        return web.Response(text=text, content_type="text/html", status=status)


def see(page: str) -> web.Response:
    """Go on to this page; loading it anew does nothing twice."""
    return web.Response(status=303, headers={"Location": f"/desk/{page}"})


SITE = web.AppKey("site", Site)


def environment() -> Environment:
    """Every value is escaped; a value that is missing is an error, not a gap."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # no page, no need for it

    return Environment(
        loader=PackageLoader("pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
