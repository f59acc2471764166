"""Lines over days or hours: the frame with its ticks, lines with their gaps, and the legend below."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.views import svg
from bot.views.chart_fonts import fonts
from bot.views.chart_style import FAINT, GRID, INK, MARGIN, PAPER, SECOND, SMALL, WIDTH, words

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
GAP = 10.0
"""The least distance between two words of an axis."""


@dataclass(frozen=True)
class Frame:
    """The rectangle that is drawn in. `x` runs from 0 to `most_x`, `y` from 0 at its lower edge to `most_y`."""

    left: float
    top: float
    width: float
    height: float
    most_x: float
    most_y: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def x(self, value: float) -> float:
        return self.left + self.width * (value / self.most_x if self.most_x else 0.5)

    def y(self, value: float) -> float:
        return self.bottom - self.height * min(value / self.most_y, 1.0)


@dataclass(frozen=True)
class Line:
    """`points` in order of x; None where nothing is known: the line has a gap there."""

    points: Sequence[tuple[float, float | None]]
    second: bool = False


def frame(top: float, height: float, most_x: float, values: Sequence[float], said: Callable[[float], str]) -> Frame:
    """As wide as the words of its left axis leave, as high a scale as the greatest value asks for."""
    ticks = _ticks(max(values, default=0.0))
    wide = max(fonts().width(said(tick), SMALL) for tick in ticks)
    left = MARGIN + wide + 8
    return Frame(left, top, WIDTH - MARGIN - 8 - left, height, most_x, ticks[-1])


def levels(within: Frame, said: Callable[[float], str]) -> list[str]:
    """A thin line for each tick of the left axis, with its word."""
    parts = []
    for tick in _ticks(within.most_y):
        y = within.y(tick)
        across = [(within.left, y), (within.left + within.width, y)]
        parts.append(svg.polyline(across, GRID, 1))
        parts.append(words(said(tick), within.left - 8, y, room=within.left, anchor="end"))
    return parts


def _ticks(most: float) -> list[float]:
    """0 and about three round numbers, the last not below `most`."""
    most = most if most > 0 else 1.0
    rough = most / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in STEPS if step * power >= rough * 0.999)
    return [step * at for at in range(math.ceil(most / step * 0.999) + 1)]


def spread(within: Frame, labels: Sequence[tuple[float, str]]) -> Sequence[tuple[float, str]]:
    """As many words at their x as have room: the same step from one to the next."""
    wide = max((fonts().width(label, SMALL) for _, label in labels), default=0.0) + GAP
    return labels[:: max(1, math.ceil(wide * max(1, len(labels) - 1) / within.width))]


def below(within: Frame, labels: Sequence[tuple[float, str]]) -> list[str]:
    """Words below the frame, each at its x."""
    parts = []
    for at, label in spread(within, labels):
        half = fonts().width(label, SMALL) / 2
        x = min(max(within.x(at), MARGIN + half), WIDTH - MARGIN - half)
        parts.append(words(label, x, within.bottom + 14, room=WIDTH, anchor="middle"))
    return parts


def lines(within: Frame, line: Line) -> list[str]:
    """The line in pieces between its gaps, a mark for each point."""
    colour, dashes = (SECOND, "5 3") if line.second else (INK, None)
    parts, piece = [], list[svg.Point]()
    for x, y in [*line.points, (0.0, None)]:
        if y is not None:
            piece.append((within.x(x), within.y(y)))
            continue
        if len(piece) > 1:
            parts.append(svg.polyline(piece, colour, 1.6, stroke_dasharray=dashes))
        parts += [_mark(point, second=line.second) for point in piece]
        piece = []
    return parts


def _mark(at: svg.Point, *, second: bool) -> str:
    x, y = at
    if second:
        return svg.rect(x - 2.5, y - 2.5, 5, 5, PAPER, stroke=SECOND, stroke_width=1.4)
    return svg.circle(x, y, 2.6, INK)


def sample(second: bool) -> Callable[[float, float], list[str]]:
    """The line as its legend shows it."""

    def drawn(x: float, y: float) -> list[str]:
        ends = [(x - 9, y), (x + 9, y)]
        dashes, colour = ("5 3", SECOND) if second else (None, INK)
        return [svg.polyline(ends, colour, 1.6, stroke_dasharray=dashes), _mark((x, y), second=second)]

    return drawn


def legend(entries: Sequence[tuple[Callable[[float, float], list[str]], str]], y: float) -> list[str]:
    """Samples with their words in one row, from the left; what has no room is shortened."""
    parts, x = list[str](), MARGIN
    for drawn, word in entries:
        room = WIDTH - MARGIN - x - 24
        if room < 30:
            break
        parts += [*drawn(x + 9, y), words(word, x + 24, y, room=room, fill=FAINT)]
        x += 24 + fonts().width(fonts().fit(word, room, SMALL), SMALL) + 14
    return parts
