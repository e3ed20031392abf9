"""Somebody asks to be let in: what they wrote and the roster's entry beside it, for whoever of the office decides."""

from __future__ import annotations

from aiohttp import web

from desk.refusals import Refused
from desk.rules.authority import Power
from pages.admit import admit
from pages.guard import check_form, form_token, person_of
from pages.site import SITE
from pages.sorry import sorry
from pages.uploads import read_form
from words import tidy


async def show(request: web.Request) -> web.StreamResponse:
    """The request, and yes or no."""
    return await _page(request)


async def decide(request: web.Request) -> web.StreamResponse:
    """Yes or no, once; the answer stands above the request."""
    site, person = request.app[SITE], person_of(request)
    form = await read_form(request)
    check_form(request, form.get("form"))
    say, grant = site.speaker(person, request), form.get("answer") == "yes"
    try:
        async with site.desk() as desk:
            admit(request, desk, person, Power.APPROVE_BINDING)
            decided = await desk.vouching.decide(person, _id(request), grant=grant)
    except Refused as refusal:
        return await _page(request, sorry(say, refusal, person), status=409)
    done = say.plain("binding.grant_done", name=decided.roster) if grant else say.plain("binding.refuse_done")
    return await _page(request, done, decided=True)


async def _page(
    request: web.Request, word: str = "", *, decided: bool = False, status: int = 200
) -> web.StreamResponse:
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    async with site.desk() as desk:
        admit(request, desk, person, Power.APPROVE_BINDING)
        asked = await desk.vouching.request(_id(request))
    return site.render(
        "asking.html",
        say,
        status=status,
        said=tidy(asked.said),
        entry={"name": asked.roster, "phone": asked.phone, "card": asked.card} if asked.person_id else {},
        word=word,
        decided=decided,
        form=form_token(request),
    )


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])
