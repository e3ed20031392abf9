"""The door: a link from the bot opens a session, once; and the way out."""

from __future__ import annotations

import re

from aiohttp import web

from desk.passes import SESSION
from pages.guard import check_form, cookie_name, token_of
from pages.site import SITE, see
from pages.uploads import read_form

_PAGE = re.compile(r"[A-Za-z0-9/_-]{0,60}(\?(?:for|question)=\d{1,18}|\?act=([a-z_]{1,20})#act-\2)?")


async def look(request: web.Request) -> web.StreamResponse:
    """The page behind the link. Looking uses nothing up: whatever follows links by itself must not end one."""
    site = request.app[SITE]
    return site.render("enter.html", site.speaker(None, request), token=request.match_info["token"])


async def enter(request: web.Request) -> web.StreamResponse:
    """Use the link up and sign in."""
    site = request.app[SITE]
    async with site.desk() as desk:
        opened = await desk.passes.open(request.match_info["token"])
    if opened is None:
        return await _over(request)
    target = opened.target if _PAGE.fullmatch(opened.target) else ""
    answer = see(target)
    answer.set_cookie(
        cookie_name(site),
        opened.token,
        path="/",
        max_age=int(SESSION.total_seconds()),
        secure=site.secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


async def _over(request: web.Request) -> web.StreamResponse:
    """The link opens nothing any more; whoever is still signed in does not need another."""
    site = request.app[SITE]
    async with site.reading() as desk:
        person = await desk.passes.person(token_of(request))
    say = site.speaker(person, request)
    if person is not None:
        return site.render("sorry.html", say, status=410, problem=say.plain("page.link_over_in"))
    return site.render("door.html", say, status=410, bot=site.bot(), target="", problem=say.plain("page.link_over"))


async def leave(request: web.Request) -> web.StreamResponse:
    """Sign out."""
    site = request.app[SITE]
    check_form(request, (await read_form(request)).get("form"))
    async with site.desk() as desk:
        await desk.passes.close(token_of(request))
    say = site.speaker(None, request)
    answer = site.render("door.html", say, bot=site.bot(), target="", problem=say.plain("page.left"))
    answer.del_cookie(cookie_name(site), path="/", secure=site.secure, httponly=True, samesite="Lax")
    return answer
