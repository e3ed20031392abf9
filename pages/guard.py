"""What protects every page: strict headers, requests from our own pages alone, a session for all but the door."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from desk.people import Person
from desk.refusals import NoSuchMatter, NoSuchThing, Refused
from desk.rules.life import Act
from handlers.admission import is_foreign
from pages.admit import TRIED
from pages.site import SITE, Site
from pages.sorry import sorry

log = structlog.get_logger(__name__)

_NOWHERE = (404, 405)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PERSON = web.RequestKey("person", Person)

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def cookie_name(site: Site) -> str:
    """With https the browser itself sees to it that nobody but this host has set it."""
    return "__Host-desk" if site.secure else "desk"


def token_of(request: web.Request) -> str:
    """The session's token, or nothing."""
    return request.cookies.get(cookie_name(request.app[SITE]), "")


def form_token(request: web.Request) -> str:
    """What a form of this session carries, so that no other site can send one in its name."""
    return hashlib.sha256(f"form:{token_of(request)}".encode()).hexdigest()


def check_form(request: web.Request, given: str) -> None:
    """Raises `web.HTTPForbidden` for a form that is not of this session."""
    if not hmac.compare_digest(given.encode(), form_token(request).encode()):
        raise web.HTTPForbidden


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the protecting headers on everything, answers that refuse included."""
    site = request.app[SITE]
    try:
        response = await handler(request)
    except web.HTTPException as error:
        protect(site, error)
        raise
    protect(site, response)
    return response


@web.middleware
async def own_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What changes something must come from one of our own pages."""
    if request.method not in ("GET", "HEAD"):
        origin = request.headers.get("Origin")
        sent_by = request.headers.get("Sec-Fetch-Site", "same-origin")
        if sent_by not in ("same-origin", "none") or (origin is not None and origin != request.app[SITE].origin):
            raise web.HTTPForbidden
    return await handler(request)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A refusal that a page did not show itself becomes a page of its own; so does an address that leads nowhere.

    Anything else that broke says so.
    """
    site = request.app[SITE]
    try:
        return await handler(request)
    except web.HTTPForbidden:
        say = site.speaker(request.get(PERSON), request)
        return site.render("sorry.html", say, status=403, problem=say.plain("page.foreign"))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        say = site.speaker(request.get(PERSON), request)
        problem = say.plain("page.nowhere" if error.status in _NOWHERE else "page.broken")
        return site.render("sorry.html", say, status=error.status, problem=problem)
    except Refused as refusal:
        person = request.get(PERSON)
        if person is not None and is_foreign(refusal):
            async with site.desk() as desk:
                await desk.ledger.refused(person.id, *request.get(TRIED, ("page", 0)), press=False)
        status = 404 if isinstance(refusal, NoSuchMatter | NoSuchThing) else 409
        say = site.speaker(person, request)
        return site.render("sorry.html", say, status=status, problem=sorry(say, refusal, person))
    except Exception:
        log.exception("page.failed", page=str(request.match_info.route.name))
        say = site.speaker(request.get(PERSON), request)
        return site.render("sorry.html", say, status=500, problem=say.plain("page.broken"))


@web.middleware
async def signed_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who is signed in; whoever is not is told how to get in, except at the door itself."""
    if request.match_info.route.name in ("enter", "style"):
        return await handler(request)
    site, token = request.app[SITE], token_of(request)
    person = None
    if token:
        async with site.reading() as desk:
            person = await desk.passes.person(token)
    if person is None:
        say, target = site.speaker(None, request), _payload(request)
        return site.render("door.html", say, status=401, bot=site.bot(), target=target, problem="")
    request[PERSON] = person
    return await handler(request)


def person_of(request: web.Request) -> Person:
    """Who is signed in."""
    return request[PERSON]


def _payload(request: web.Request) -> str:
    """A page's name as a link into the bot may carry it, with the act whose form is wanted; else the first page."""
    target, act = request.path.removeprefix("/desk/"), request.query.get("act", "")
    if not (target.replace("-", "").isalnum() and target.isascii() and len(target) < 40):
        return ""
    return f"{target}_{act}" if act in set(Act) else target


def protect(site: Site, response: web.StreamResponse) -> None:
    """Put the protecting headers on it."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if site.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
