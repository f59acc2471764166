"""Draw the lines of an impact picture."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from bot.domain.platform.registry import Criticality
from bot.views import svg
from bot.views.chart_fonts import fonts
from bot.views.chart_style import AT_RISK, BROKEN, FAINT, FINE, GRID, INK, PAPER, SMALL, TOP, WIDTH, WORDS, card, words
from bot.views.graph import State

if TYPE_CHECKING:
    from bot.views.graph import Node

HEAD, FOOT, ROW, INDENT = TOP + 26.0, 66.0, 21.0, 22.0
LEFT, RIGHT, AFTER_MARK = 22.0, 14.0, 13.0
MOST_INDENTS = 8
MOST_CURVES = 60
"""Further dependencies besides those that lines hang on; more of them would be a tangle."""
SIZES: dict[Criticality | None, float] = {
    Criticality.CRITICAL: 5.6,
    Criticality.HIGH: 6.4,
    Criticality.MEDIUM: 5.2,
    Criticality.LOW: 3.4,
    None: 5.6,
}
"""Half the size of a mark: criticality, as its shape is."""
FILLS = {State.STALE: BROKEN, State.AT_RISK: AT_RISK, State.FINE: FINE}
"""Colour: its state. A hollow mark is not known. The ink of a note says the same in words."""


def draw_graph(lines: "Sequence[Node]", title: str, notes: Sequence[str]) -> str:
    """A picture as tall as it has to be."""
    indent = INDENT * min(1.0, MOST_INDENTS / max(1, *(line.hops for line in lines)))
    places = [(LEFT + indent * line.hops, HEAD + ROW * (at + 0.5)) for at, line in enumerate(lines)]
    foot = HEAD + ROW * len(lines)
    edges = sorted(_edges(lines, places), key=lambda edge: edge[0])
    parts = [drawn for _, drawn in edges]
    for line, place in zip(lines, places, strict=True):
        parts += _line(line, place)
    return card(title, foot + FOOT, [*parts, *_legend(foot + 20)], notes)


def _edges(lines: "Sequence[Node]", places: Sequence[svg.Point]) -> Iterator[tuple[int, str]]:
    """Each with its layer: curves are below, the deadline's path is above."""
    curves = 0
    for line, (x, y) in zip(lines, places, strict=True):
        for nth, parent in enumerate(line.parents):
            from_x, from_y = places[parent]
            marked = line.on_path and lines[parent].on_path
            thick = 3.0 if marked else 1.2
            if nth == 0:
                bent = [(from_x, from_y), (from_x, y), (x, y)]
                yield 1 + marked, svg.polyline(bent, INK if marked else FAINT, thick)
            elif curves < MOST_CURVES or marked:
                curves += 1
                yield 0, _curve((from_x, from_y), (x, y), INK if marked else GRID, thick)


def _curve(start: svg.Point, end: svg.Point, colour: str, thick: float) -> str:
    """Bent to the right of the straight way."""
    middle = (start[0] + end[0]) / 2 + abs(end[1] - start[1]) * 0.25, (start[1] + end[1]) / 2
    return svg.curve(start, (min(middle[0], WIDTH - RIGHT), middle[1]), end, colour, thick)


def _line(line: "Node", place: svg.Point) -> list[str]:
    x, y = place
    bold = line.on_path or line.hops == 0
    noted = fonts().width(fonts().drawable(line.note), SMALL)
    room = WIDTH - RIGHT - noted - 8 - (x + AFTER_MARK)
    return [
        *_mark(x, y, line.criticality, line.state),
        words(line.label, x + AFTER_MARK, y, room=room, size=WORDS, fill=INK, bold=bold),
        words(line.note, WIDTH - RIGHT, y, room=noted, fill=BROKEN if line.state is State.STALE else "", anchor="end"),
    ]


def _mark(x: float, y: float, level: Criticality | None, state: State | None) -> list[str]:
    """`state` None: the shape alone, for the legend."""
    fill = FAINT if state is None else FILLS.get(state, PAPER)
    size, shape = SIZES[level], SHAPES[level]
    return [shape(x, y, size + 1.6, PAPER, PAPER), shape(x, y, size, fill, INK)]


def _square(x: float, y: float, size: float, fill: str, edge: str) -> str:
    return svg.rect(x - size, y - size, 2 * size, 2 * size, fill, stroke=edge, stroke_width=1.2)


def _diamond(x: float, y: float, size: float, fill: str, edge: str) -> str:
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    return svg.polygon(corners, fill, stroke=edge, stroke_width=1.2)


def _circle(x: float, y: float, size: float, fill: str, edge: str) -> str:
    return svg.circle(x, y, size, fill, stroke=edge, stroke_width=1.2)


def _triangle(x: float, y: float, size: float, fill: str, edge: str) -> str:
    corners = [(x, y - size), (x + size, y + 0.8 * size), (x - size, y + 0.8 * size)]
    return svg.polygon(corners, fill, stroke=edge, stroke_width=1.2)


SHAPES: dict[Criticality | None, Callable[[float, float, float, str, str], str]] = {
    Criticality.CRITICAL: _square,
    Criticality.HIGH: _diamond,
    Criticality.MEDIUM: _circle,
    Criticality.LOW: _circle,
    None: _triangle,
}


def _legend(y: float) -> list[str]:
    """Two rows: shapes, then colours and the line of a deadline's path."""
    parts, left = list[str](), LEFT - 4
    for at, (level, word) in enumerate(zip(SHAPES, ("critical", "high", "medium", "low", "?"), strict=True)):
        x = left + (0, 76, 138, 216, 272)[at]
        parts += [*_mark(x, y, level, None), words(word, x + 11, y, room=64)]
    for at, state in enumerate(State):
        x = left + (0, 51, 112, 194)[at]
        parts += [*_mark(x, y + 24, Criticality.MEDIUM, state), words(state, x + 11, y + 24, room=80)]
    parts.append(svg.polyline([(left + 286, y + 24), (left + 302, y + 24)], INK, 3.0))
    return [*parts, words("deadline", left + 307, y + 24, room=60)]
