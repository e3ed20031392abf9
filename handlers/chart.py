"""The three rates as a picture for a phone: portrait, large type, one block per group; nothing here knows Telegram.

The font goes with the code, so that no machine shows boxes; a rare character it lacks is written in pinyin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a second of importing that only the first picture needs
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

FONT = Path(__file__).parent / "fonts" / "DeskSansSC-Regular.otf"
INK, SOFT, TRACK = "#1c2733", "#5d6b7a", "#e9edf2"
COLOURS = ("#2a6fbb", "#17906f", "#d9822b")
"""Response, resolution, satisfaction; told apart by people who do not see colours alike, too."""
WIDTH, DOTS = 7.2, 150
"""Inches and dots per inch: 1080 dots across, as wide as a phone."""
HEAD, BLOCK, FOOT = 2.75, 1.36, 0.25
"""Inches: title and totals, one group, what is below."""
LONGEST_LABEL = 60
"""Columns; a Chinese character takes two."""


@dataclass(frozen=True)
class Bar:
    """A rate between 0 and 1, or none where there was nothing to count; `label` is what is written beside it."""

    rate: float | None
    label: str


@dataclass(frozen=True)
class Block:
    """One group and its three bars."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """A whole picture. `names` are those of the three rates, `total` their bars over all groups."""

    title: str
    subtitle: str
    names: tuple[str, ...]
    total: tuple[Bar, ...]
    blocks: tuple[Block, ...]

    def to_plain(self) -> dict[str, Any]:
        """Values for a row of the outbox."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "names": list(self.names),
            "total": _plain(self.total),
            "blocks": [[block.label, _plain(block.bars)] for block in self.blocks],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Chart:
        """The picture that `to_plain` wrote down."""
        blocks = tuple(Block(label, _bars(bars)) for label, bars in plain["blocks"])
        return cls(plain["title"], plain["subtitle"], tuple(plain["names"]), _bars(plain["total"]), blocks)


def draw(chart: Chart) -> bytes:
    """The picture as PNG. Takes a good tenth of a second: not for the event loop."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = HEAD + BLOCK * len(chart.blocks) + FOOT
    figure = Figure(figsize=(WIDTH, height), dpi=DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.axis("off")
    _heading(axes, chart)
    for n, block in enumerate(chart.blocks):
        _block(axes, block, HEAD + n * BLOCK)
    return _png(figure)


def drawable(text: str) -> str:
    """The text with every character the font lacks spelt out, or left away where it has no sound."""
    known = _glyphs()
    if all(ord(letter) in known for letter in text):
        return text
    from pypinyin import lazy_pinyin  # its dictionary costs 0.3 s and 50 MB, and hardly any name needs it

    found = []
    for letter in text:
        if ord(letter) in known:
            found.append(letter)
        elif (spelt := lazy_pinyin(letter)[0]) != letter:
            found.append(spelt.capitalize())
    return "".join(found)


def _heading(axes: Axes, chart: Chart) -> None:
    _write(axes, 0.4, 0.5, chart.title, 21)
    _write(axes, 0.4, 0.93, chart.subtitle, 13, SOFT)
    step = (WIDTH - 0.8) / 3
    for n, (name, bar) in enumerate(zip(chart.names, chart.total, strict=True)):
        left = 0.4 + n * step
        share = "—" if bar.rate is None else f"{bar.rate:.0%}"
        _write(axes, left, 1.52, share, 27, COLOURS[n])
        _fill(axes, left, 1.92, 0.13, 0.13, COLOURS[n])
        _write(axes, left + 0.22, 1.985, f"{name}  {bar.label}", 11.5, SOFT)
    axes.plot([0.4, WIDTH - 0.4], [2.4, 2.4], color=TRACK, linewidth=1.5)


def _block(axes: Axes, block: Block, top: float) -> None:
    _write(axes, 0.4, top + 0.12, _short(block.label), 15)
    left, room = 0.4, WIDTH - 0.4 - 2.25
    for n, bar in enumerate(block.bars):
        y = top + 0.36 + n * 0.265
        _fill(axes, left, y, room, 0.19, TRACK)
        if bar.rate:
            _fill(axes, left, y, room * bar.rate, 0.19, COLOURS[n])
        share = "—" if bar.rate is None else f"{bar.rate:.0%}"
        _write(axes, left + room + 0.82, y + 0.1, share, 14, INK if bar.rate is not None else SOFT, "right")
        _write(axes, left + room + 0.95, y + 0.1, bar.label, 13, SOFT)


def _write(axes: Axes, x: float, y: float, text: str, size: float, colour: str = INK, side: str = "left") -> None:
    axes.text(
        x,
        y,
        drawable(text),
        fontproperties=_font(),
        size=size,
        color=colour,
        ha=side,
        va="center_baseline",
        parse_math=False,
    )


def _fill(axes: Axes, x: float, y: float, width: float, height: float, colour: str) -> None:
    axes.fill([x, x + width, x + width, x], [y, y, y + height, y + height], color=colour, linewidth=0)


def _short(label: str) -> str:
    room, kept = LONGEST_LABEL, 0
    for letter in label:
        room -= 2 if ord(letter) > 0x2E7F else 1
        kept += room > 0
    return label if room >= 0 else label[:kept] + "…"


def _png(figure: Figure) -> bytes:
    written = BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


@cache
def _font() -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(FONT))


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(FONT)).get_charmap())


def _plain(bars: Sequence[Bar]) -> list[list[float | str | None]]:
    return [[bar.rate, bar.label] for bar in bars]


def _bars(plain: Sequence[Sequence[Any]]) -> tuple[Bar, ...]:
    return tuple(Bar(rate, label) for rate, label in plain)
