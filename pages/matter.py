"""One matter: its state, its history, words and files, and what this reader may do; authority is the desk's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web
from telegram.error import TelegramError

from desk import standing
from desk.desk import Desk
from desk.matter import Matter
from desk.people import Person
from desk.refusals import NoSuchMatter, NotNow, Refused
from desk.rules.authority import Power
from desk.rules.life import Act, Role
from desk.steps import step_of
from desk.stored import is_ours
from desk.views_seen import Look
from handlers.labels import who_and_when
from handlers.services import Services
from pages import consenting
from pages.acting import deed, offered
from pages.admit import matter_at, reads
from pages.guard import check_form, form_token, person_of
from pages.shown import Showing
from pages.site import SITE, Site, see
from pages.sorry import sorry
from pages.uploads import PICTURES, Form, hand_in, keep, read_form
from words import Speaker


async def show(request: web.Request) -> web.StreamResponse:
    """The page."""
    return await _page(request)


async def act(request: web.Request) -> web.StreamResponse:
    """Do what the form asks for; a refusal is said on the page itself, with what was written kept."""
    form = Form()
    try:
        form = await read_form(request)
        check_form(request, form.get("form"))
        await _act(request, form)
    except NoSuchMatter:
        raise
    except Refused as refusal:
        return await _page(request, problem=refusal, form=form)
    return see(f"{request.match_info['number']}?done={form.get('act')}")


async def file(request: web.Request) -> web.StreamResponse:
    """One file: a picture to look at, anything else to be kept; by its first bytes, whatever its name says."""
    site, person = request.app[SITE], person_of(request)
    async with site.desk() as desk:
        matter, _roles = await matter_at(request, desk, person, Power.READ_FILES)
        inside = reads(desk, person, matter, Power.READ_NOTES)
        words = await desk.views.words(matter.id, with_internal=inside)
        entry = next((each for each in words if each.n == int(request.match_info["n"]) and each.file_id), None)
        if entry is None or entry.file_id is None:
            raise web.HTTPNotFound
        await desk.sightings.look(person.id, matter, Look.FILES)
        kept = await desk.files.find(entry.file_id) if is_ours(entry.file_id) else None
        content = await desk.files.read(kept) if kept else None
    if content is None:
        content = await _fetched(site, entry.file_id)
    media = kept.media if kept else "image/jpeg" if entry.kind == "photo" else "application/octet-stream"
    answer = web.Response(body=content, content_type=media if media in PICTURES else "application/octet-stream")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if media not in PICTURES:
        answer.headers["Content-Disposition"] = _kept_as(entry.file_name or f"{matter.number}-{entry.n}")
    return answer


async def _act(request: web.Request, form: Form) -> None:
    site, person = request.app[SITE], person_of(request)
    async with site.desk() as desk:
        wanted = next((each for each in Act if each.value == form.get("act")), None)
        matter, roles = await matter_at(request, desk, person, wanted or Power.READ_MATTER)
        if wanted is None:
            raise NotNow(matter.status)
        await desk.matters.may(matter, wanted, roles)
        if wanted is Act.FILE:
            category = site.services.house.category(matter.category)
            await consenting.record(desk, site.services, person, category, form)
            await desk.behalf.confirm(matter, person, roles)
            return
        uploads = await keep(desk, person, form)
        what = await deed(desk, site.services, matter, wanted, form, uploads)
        await desk.matters.act(matter, wanted, person, roles, what)
        await hand_in(desk, uploads, matter.id)


async def _page(request: web.Request, problem: Refused | None = None, form: Form | None = None) -> web.StreamResponse:
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    async with site.desk() as desk:
        matter, roles = await matter_at(request, desk, person)
        inside = reads(desk, person, matter, Power.READ_NOTES)
        await desk.sightings.look(person.id, matter, Look.PAGE)
        shown = await Showing(desk, site.services, say, person).matter(matter, inside=inside)
        offers = await offered(desk, site.services, say, matter, _may(desk, site, person, matter, roles))
        category = site.services.house.category(matter.category)
        asked = await consenting.asked(desk, site.services, say, person, category)
    values: Mapping[str, Any] = {
        "problem": sorry(say, problem, person) if problem else "",
        "done": "" if problem else _done(request, site.services, matter, say),
        "typed": form.get("words") if problem and form else "",
        "tried": form.get("act") if problem and form else request.query.get("act", ""),
        "had_files": problem is not None and form is not None and form.had_files,
    }
    status = 409 if problem else 200
    return site.render(
        "matter.html", say, status=status, m=shown, offers=offers, asked=asked, form=form_token(request), **values
    )


def _may(desk: Desk, site: Site, person: Person, matter: Matter, roles: frozenset[Role]) -> tuple[Act, ...]:
    return standing.offers(matter, roles, site.services.house, desk.now, step_of(person, matter))


def _done(request: web.Request, services: Services, matter: Matter, say: Speaker) -> str:
    key = f"done.{request.query.get('done', '')}"
    known = next((each for each in Act if f"done.{each.value}" == key), None)
    return say.plain(key, **who_and_when(services, say, matter)) if known and say.has(key) else ""


async def _fetched(site: Site, file_id: str) -> bytes:
    """A file that came by Telegram while content still went that way."""
    try:
        return await site.fetch(file_id)
    except TelegramError as error:
        raise Refused("page.file_gone") from error


def _kept_as(name: str) -> str:
    """The header that has a file kept under this name."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
