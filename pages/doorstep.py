"""Beside the pages: their address without its last stroke leads in, and whoever comes to any other is shown the way."""

from __future__ import annotations

from aiohttp import web

from pages.guard import protect
from pages.site import SITE, Site
from words import LANGUAGES


def doorstep(pages: web.Application) -> list[web.RouteDef]:
    """The routes for the application that has these pages below `/desk/`; those that know more go first."""
    site = pages[SITE]

    async def inside(request: web.Request) -> web.StreamResponse:
        raise web.HTTPMovedPermanently(request.rel_url.with_path("/desk/", keep_query=True))

    async def lost(request: web.Request) -> web.StreamResponse:
        return _lost(site, request)

    return [web.get("/desk", inside), web.get("/{lost:.*}", lost)]


def _lost(site: Site, request: web.Request) -> web.Response:
    """In both languages, for nobody knows who it is."""
    speakers = [site.services.words.speaker(language) for language in LANGUAGES]
    both = [(say.language, say.plain("page.lost"), say.plain("page.to_home")) for say in speakers]
    answer = site.render("lost.html", site.speaker(None, request), status=404, both=both)
    protect(site, answer)
    return answer
