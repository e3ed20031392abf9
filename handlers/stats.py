"""The three rates: response, resolution, satisfaction, as words, as a picture and as a workbook.

For heads, who see their offices, and for admins and auditors, who see the district.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.rates import By, Line, Period, Scope, Table, begins, scope_of
from desk.rules.authority import Power
from desk.rules.rates import Rates, Share
from handlers import labels
from handlers.buttons import Button
from handlers.chart import Bar, Block, Chart
from handlers.feature import Command, Feature, needs
from handlers.turn import Turn
from words import Raw

if TYPE_CHECKING:
    from handlers.export import Sheet

MOST_LINES = 12
MOST_BLOCKS = 8
VIEWS, PERIODS = tuple(By), tuple(Period)


@dataclass(frozen=True)
class Look:
    """What is looked at: whose matters, grouped by what, filed when."""

    scope: Scope
    by: By
    period: Period

    @property
    def arg(self) -> int:
        """As a button carries it."""
        return VIEWS.index(self.by) * len(PERIODS) + PERIODS.index(self.period)


@needs(Power.STATS)
async def stats(turn: Turn) -> None:
    """The first look: this month, the picture with it."""
    scope = scope_of(turn.person)
    look = Look(scope, By.PERSON if len(scope.offices) == 1 else By.OFFICE, Period.MONTH)
    table = await _table(turn, look)
    _show(turn, look, table)
    if table.total.matters:
        _send_picture(turn, look, table)


@needs(Power.STATS)
async def change(turn: Turn) -> None:
    """Another grouping or period, in place."""
    look = _look(turn)
    _show(turn, look, await _table(turn, look))


@needs(Power.STATS)
async def picture(turn: Turn) -> None:
    """What is shown, as a picture."""
    look = _look(turn)
    table = await _table(turn, look)
    if not table.total.matters:
        turn.toast("stats.nothing")
        return
    _send_picture(turn, look, table)


@needs(Power.STATS)
async def workbook(turn: Turn) -> None:
    """Every grouping of the period, as a workbook."""
    look = _look(turn)
    sheets = {}
    for by in VIEWS:
        table = await _table(turn, Look(look.scope, by, look.period))
        sheets[turn.say.plain(f"stats.by_{by.value}")] = _sheet(turn, by, table)
    name = turn.say.plain("stats.file", day=turn.desk.today.isoformat())
    turn.send_made("document", "workbook", sheets, f"{name}.xlsx", turn.say("stats.workbook", **_heading(turn, look)))


def _look(turn: Turn) -> Look:
    """Who may see what is read anew with every press."""
    view, period = divmod(turn.arg, len(PERIODS))
    return Look(scope_of(turn.person), VIEWS[view % len(VIEWS)], PERIODS[period])


async def _table(turn: Turn, look: Look) -> Table:
    return await turn.desk.statistics.table(look.scope, look.by, look.period)


def _show(turn: Turn, look: Look, table: Table) -> None:
    heading = _heading(turn, look)
    if not table.total.matters:
        turn.show("stats.empty", buttons=_buttons(turn, look)[:2], **heading)
        return
    shown = table.lines[-MOST_LINES:] if look.by is By.MONTH else table.lines[:MOST_LINES]
    lines = [_line(turn, look.by, line) for line in shown]
    if len(table.lines) > len(shown):
        lines.append(turn.say("stats.more", n=len(table.lines) - len(shown)))
    turn.show(
        "stats.table",
        buttons=_buttons(turn, look),
        **heading,
        **_shares(turn, table.total),
        n=table.total.matters,
        by=turn.say.plain(f"stats.by_{look.by.value}"),
        lines=Raw("\n".join(lines)),
    )


def _line(turn: Turn, by: By, line: Line) -> str:
    return turn.say(
        "stats.line", name=_label(turn, by, line.key), **_shares(turn, line.rates), count=line.rates.matters
    )


def _shares(turn: Turn, rates: Rates) -> dict[str, object]:
    return {
        f"{name}{end}": value
        for name, share in (
            ("response", rates.response),
            ("resolution", rates.resolution),
            ("satisfaction", rates.satisfaction),
        )
        for end, value in (("", _percent(turn, share)), ("_of", f"{share.good}/{share.of}"))
    }


def _percent(turn: Turn, share: Share) -> str:
    return turn.say.plain("stats.no_rate") if share.rate is None else f"{share.rate:.0%}"


def _label(turn: Turn, by: By, key: str) -> str:
    if by is By.OFFICE:
        return labels.office_name(turn.services, turn.say, key)
    found = turn.services.house.catalogue.get(key) if by is By.CATEGORY else None
    return found.name.of(turn.say.language) if found else key


def _heading(turn: Turn, look: Look) -> dict[str, object]:
    offices = [labels.office_name(turn.services, turn.say, office) for office in sorted(look.scope.offices)]
    return {
        "whose": " · ".join(offices) if offices else turn.say.plain("stats.district"),
        "period": turn.say.plain(f"stats.period_{look.period.value}"),
    }


def _buttons(turn: Turn, look: Look) -> Sequence[Sequence[Button]]:
    views = [by for by in VIEWS if by is not By.OFFICE or len(look.scope.offices) != 1]
    grouped = [_choice(turn, f"stats.by_{by.value}", Look(look.scope, by, look.period), look) for by in views]
    periods = [_choice(turn, f"stats.period_{each.value}", Look(look.scope, look.by, each), look) for each in PERIODS]
    files = [
        turn.button("stats.picture", "stats.picture", arg=look.arg),
        turn.button("stats.excel", "stats.workbook", arg=look.arg),
    ]
    return [grouped, periods, files]


def _choice(turn: Turn, key: str, choice: Look, now: Look) -> Button:
    mark = "● " if choice == now else ""
    return Button(mark + turn.say.plain(key), "stats.change", arg=choice.arg)


def _send_picture(turn: Turn, look: Look, table: Table) -> None:
    heading = _heading(turn, look)
    since = begins(look.period, turn.desk.today)
    lines = table.lines[-MOST_BLOCKS:] if look.by is By.MONTH else table.lines[:MOST_BLOCKS]
    chart = Chart(
        title=turn.say.plain("stats.title", **heading),
        subtitle=turn.say.plain("stats.subtitle", count=table.total.matters, since=since, at=turn.desk.now)
        if since
        else turn.say.plain("stats.subtitle_all", count=table.total.matters, at=turn.desk.now),
        names=tuple(turn.say.plain(f"stats.{name}") for name in ("response", "resolution", "satisfaction")),
        total=_bars(table.total),
        blocks=tuple(
            Block(
                turn.say.plain("stats.block", name=_label(turn, look.by, line.key), n=line.rates.matters),
                _bars(line.rates),
            )
            for line in lines
        ),
    )
    caption = turn.say("stats.caption", **heading, by=turn.say.plain(f"stats.by_{look.by.value}"))
    turn.send_made("photo", "chart", chart.to_plain(), "rates.png", caption)


def _bars(rates: Rates) -> tuple[Bar, ...]:
    shares = (rates.response, rates.resolution, rates.satisfaction)
    return tuple(Bar(share.rate, f"{share.good}/{share.of}" if share.of else "") for share in shares)


def _sheet(turn: Turn, by: By, table: Table) -> Sheet:
    names = ("response", "resolution", "satisfaction")
    heading = [turn.say.plain(f"stats.by_{by.value}"), turn.say.plain("stats.count")]
    for name in names:
        heading += [
            turn.say.plain(f"stats.{name}"),
            turn.say.plain("stats.counted", name=turn.say.plain(f"stats.{name}")),
        ]
    rows = [(turn.say.plain("stats.total"), table.total)]
    rows += [(_label(turn, by, line.key), line.rates) for line in table.lines]
    return [heading, *([label, str(rates.matters), *_cells(rates)] for label, rates in rows)]


def _cells(rates: Rates) -> list[str]:
    found = []
    for share in (rates.response, rates.resolution, rates.satisfaction):
        found += ["" if share.rate is None else f"{share.rate:.1%}", f"{share.good}/{share.of}" if share.of else ""]
    return found


feature = Feature(
    commands=(Command("stats", stats, audience="staff"),),
    presses={"stats.change": change, "stats.picture": picture, "stats.workbook": workbook},
)
