"""The pages' addresses."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from pages import asking, door, filing, home, matter
from pages.guard import headers, own_pages, refusals, signed_in
from pages.site import SITE, Site

STYLE = Path(__file__).parent / "static" / "style.css"
NUMBER = r"{number:EY-\d{4}-\d{6}}"


async def style(_request: web.Request) -> web.StreamResponse:
    """How it looks: one small file, from here."""
    return web.Response(
        text=STYLE.read_text("utf-8"), content_type="text/css", headers={"Cache-Control": "max-age=3600"}
    )


def application(site: Site) -> web.Application:
    """The application to be mounted at `/desk/`."""
    app = web.Application(middlewares=[headers, own_pages, refusals, signed_in])
    app[SITE] = site
    app.add_routes(
        [
            web.get("/", home.home, name="home"),
            web.get("/style.css", style, name="style"),
            web.get("/in/{token:[A-Za-z0-9_-]{20,64}}", door.look, name="enter"),
            web.post("/in/{token:[A-Za-z0-9_-]{20,64}}", door.enter, name="enter"),
            web.post("/out", door.leave, name="leave"),
            web.get("/me", home.me, name="me"),
            web.get("/behalf", home.behalf, name="behalf"),
            web.get(r"/team/{id:\d{1,18}}", home.team, name="team"),
            web.post(r"/team/{id:\d{1,18}}", home.log_visit),
            web.get(r"/request/{id:\d{1,18}}", asking.show, name="request"),
            web.post(r"/request/{id:\d{1,18}}", asking.decide),
            web.get("/new", filing.choose, name="new"),
            web.get("/new/{category:[a-z0-9_-]{1,32}}", filing.fill_in, name="form"),
            web.post("/new/{category:[a-z0-9_-]{1,32}}", filing.send),
            web.get(f"/{NUMBER}", matter.show, name="matter"),
            web.post(f"/{NUMBER}", matter.act),
            web.get(rf"/{NUMBER}/{{n:\d{{1,9}}}}", matter.file, name="file"),
        ]
    )
    return app
