"""The first page: my matters, what I hold, the way to file; my data; for staff, finding a cardholder and visit logs."""

from __future__ import annotations

from aiohttp import web

from desk.matter import Matter
from desk.rules.authority import Power
from handlers import labels
from handlers.own_data import as_text
from pages.admit import admit, may
from pages.guard import check_form, form_token, person_of
from pages.site import SITE, Site, see
from pages.uploads import read_form
from words import Speaker, tidy


async def home(request: web.Request) -> web.StreamResponse:
    """What concerns this person, each a line that leads to its page."""
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    posts = [number for post in person.posts for number in (post.id, post.acts_for) if number]
    async with site.desk() as desk:
        admit(request, desk, person, Power.MY_MATTERS)
        files, fills_in = may(desk, person, Power.NEW_MATTER), may(desk, person, Power.BEHALF)
        mine = [_item(site, say, each) for each in await desk.views.of_person(person.id, limit=500)]
        held = [_item(site, say, each) for each in (await desk.views.held_by(posts, limit=100) if posts else [])]
        teams = await desk.visits.followed_by(person) if posts else []
    done = say.plain("page.prepared") if request.query.get("done") == "prepared" else ""
    return site.render(
        "home.html",
        say,
        who=person.name,
        mine=mine,
        held=held,
        teams=[(team.id, team.name.of(say.language)) for team in teams],
        staff=bool(posts),
        files=files,
        fills_in=fills_in,
        done=done,
        form=form_token(request),
    )


async def me(request: web.Request) -> web.StreamResponse:
    """Everything that is kept about whoever asks, as a file."""
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    async with site.desk() as desk:
        admit(request, desk, person, Power.OWN_DATA)
        text = as_text(site.services, say, await desk.privacy.everything(person), desk.now)
        await desk.sightings.export(person.id)
    answer = web.Response(body=text.encode("utf-8-sig"), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.txt"'
    return answer


async def behalf(request: web.Request) -> web.StreamResponse:
    """Staff look for the cardholder they fill a form in for."""
    site, person = request.app[SITE], person_of(request)
    say, said = site.speaker(person, request), request.query.get("q", "")[:64]
    async with site.desk() as desk:
        admit(request, desk, person, Power.BEHALF)
        found = await desk.behalf.find(said)
    return site.render("behalf.html", say, said=said, found=[(each.id, each.name, each.number) for each in found])


async def team(request: web.Request) -> web.StreamResponse:
    """The log of visits to a team."""
    site, person = request.app[SITE], person_of(request)
    say = site.speaker(person, request)
    async with site.desk() as desk:
        admit(request, desk, person, Power.VISITS)
        followed = await desk.visits.team(person, int(request.match_info["id"]))
        visits = await desk.visits.made(followed.id, limit=20)
        made = [(say.moment(each.at), each.by, tidy(each.words)) for each in visits]
    return site.render(
        "team.html", say, id=followed.id, team=followed.name.of(say.language), made=made, form=form_token(request)
    )


async def log_visit(request: web.Request) -> web.StreamResponse:
    """A visit made just now, in words."""
    site, person = request.app[SITE], person_of(request)
    form = await read_form(request)
    check_form(request, form.get("form"))
    async with site.desk() as desk:
        admit(request, desk, person, Power.VISITS)
        followed = await desk.visits.team(person, int(request.match_info["id"]))
        if words := form.get("words"):
            await desk.visits.log(followed, words, ())
    return see(f"team/{request.match_info['id']}")


def _item(site: Site, say: Speaker, matter: Matter) -> dict[str, str]:
    return {
        "number": matter.number,
        "category": labels.category_name(site.services, say, matter.category),
        "stage": say.plain(f"status.{matter.status.value}"),
        "due": say.moment(matter.deliver_due) if matter.closed_at is None else "",
    }
