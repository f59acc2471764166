"""Draw the lines of an impact picture. Units are inches: 6 of them are a phone's width, so 12 points stay readable."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.domain.platform.registry import Criticality
from bot.views.chart_style import AT_RISK, BROKEN, FINE, Style, new_figure, png
from bot.views.graph import State

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bot.views.graph import Node

WIDTH, LINE, INDENT = 6.0, 0.31, 0.34
TOP, BOTTOM, LEFT, RIGHT = 1.05, 0.95, 0.28, 0.14
NAME_PT, NOTE_PT, TITLE_PT = 12.0, 11.0, 14.0
MOST_INDENTS = 8
MOST_CURVES = 60
"""Further dependencies besides those that lines hang on; more of them would be a tangle."""
SHAPES: dict[Criticality | None, tuple[str, float]] = {
    Criticality.CRITICAL: ("s", 12.0),
    Criticality.HIGH: ("D", 10.0),
    Criticality.MEDIUM: ("o", 11.0),
    Criticality.LOW: ("o", 7.0),
    None: ("X", 10.0),
}
"""Shape and size in points: criticality."""
FILLS = {State.STALE: BROKEN, State.AT_RISK: AT_RISK, State.FINE: FINE}
"""Colour: its state. A hollow mark is not known. The ink of a note says the same in words."""


def draw_graph(lines: "Sequence[Node]", title: str, subtitle: str, style: Style) -> bytes:
    """A PNG as tall as it has to be."""
    height = TOP + LINE * len(lines) + BOTTOM
    figure, axes = new_figure(style, height=height, width=WIDTH)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    indent = INDENT * min(1.0, MOST_INDENTS / max(1, *(line.hops for line in lines)))
    places = [(LEFT + indent * line.hops, TOP + LINE * (at + 0.5)) for at, line in enumerate(lines)]
    _write(axes, LEFT - 0.1, 0.27, _fit(title, WIDTH - 2 * LEFT, TITLE_PT, "bold"), TITLE_PT, style.ink, weight="bold")
    for at, text in enumerate(subtitle.split("\n")):
        _write(axes, LEFT - 0.1, 0.56 + 0.24 * at, text, NOTE_PT, style.faint)
    _edges(axes, lines, places, style)
    for line, place in zip(lines, places, strict=True):
        _line(axes, line, place, style)
    _legend(axes, height - BOTTOM + 0.3, style)
    return png(figure)


def _edges(axes: "Axes", lines: "Sequence[Node]", places: Sequence[tuple[float, float]], style: Style) -> None:
    curves = 0
    for line, (x, y) in zip(lines, places, strict=True):
        for nth, parent in enumerate(line.parents):
            from_x, from_y = places[parent]
            marked = line.on_path and lines[parent].on_path
            colour, thick = (style.first, 3.2) if marked else (style.faint, 1.3)
            if nth == 0:
                axes.plot([from_x, from_x, x], [from_y, y, y], color=colour, lw=thick, zorder=1 + marked)
            elif curves < MOST_CURVES or marked:
                curves += 1
                _curve(axes, (from_x, from_y), (x, y), style.first if marked else style.grid, thick)


def _curve(axes: "Axes", start: tuple[float, float], end: tuple[float, float], colour: str, thick: float) -> None:
    from matplotlib.patches import FancyArrowPatch

    bend = 0.25 if start[1] < end[1] else -0.25
    look = f"arc3,rad={bend}"
    axes.add_patch(FancyArrowPatch(start, end, connectionstyle=look, arrowstyle="-", color=colour, lw=thick, zorder=0))


def _line(axes: "Axes", line: "Node", place: tuple[float, float], style: Style) -> None:
    x, y = place
    _mark(axes, x, y, line.criticality, line.state, style)
    room = WIDTH - RIGHT - _width(line.note, NOTE_PT) - 0.12 - (x + 0.19)
    weight = "bold" if line.on_path or line.hops == 0 else "normal"
    _write(axes, x + 0.19, y, _fit(line.label, room, NAME_PT, weight), NAME_PT, style.ink, weight=weight)
    noted = BROKEN if line.state is State.STALE else style.faint
    _write(axes, WIDTH - RIGHT, y, line.note, NOTE_PT, noted, align="right")


def _mark(
    axes: "Axes", x: float, y: float, level: Criticality | None, state: State | None, style: Style, label: str = ""
) -> None:
    """`state` None: the shape alone, for the legend."""
    shape, size = SHAPES[level]
    fill = style.faint if state is None else FILLS.get(state, style.background)
    axes.plot([x], [y], marker=shape, markersize=size + 3, color=style.background, zorder=3)
    axes.plot([x], [y], marker=shape, markersize=size, markerfacecolor=fill, color=style.ink, mew=1.2, zorder=5)
    if label:
        _write(axes, x + 0.19, y, label, NOTE_PT, style.faint)


def _legend(axes: "Axes", y: float, style: Style) -> None:
    for at, (level, word) in enumerate(zip(SHAPES, ("critical", "high", "medium", "low", "?"), strict=True)):
        _mark(axes, LEFT + 1.22 * at, y, level, None, style, word)
    for at, state in enumerate(State):
        _mark(axes, LEFT + (0, 0.85, 1.85, 3.1)[at], y + 0.36, Criticality.MEDIUM, state, style, state)
    axes.plot([LEFT + 4.45, LEFT + 4.7], [y + 0.36] * 2, color=style.first, lw=3.2)
    _write(axes, LEFT + 4.77, y + 0.36, "deadline", NOTE_PT, style.faint)


def _write(
    axes: "Axes",
    x: float,
    y: float,
    text: str,
    size: float,
    colour: str,
    *,
    weight: str = "normal",
    align: str = "left",
) -> None:
    axes.text(
        x, y, text, fontsize=size, color=colour, fontweight=weight, ha=align, va="center", parse_math=False, zorder=6
    )


def _fit(name: str, width: float, size: float, weight: str) -> str:
    """The name, as much of its middle left out as has to be: names differ at their ends."""
    if _width(name, size, weight) <= width:
        return name
    kept = len(name) - 2
    while kept > 4 and _width(_middle_out(name, kept), size, weight) > width:
        kept -= 1
    return _middle_out(name, kept)


def _middle_out(name: str, kept: int) -> str:
    head = (kept + 1) // 2
    return f"{name[:head]}…{name[len(name) - (kept - head) :]}"


def _width(text: str, size: float, weight: str = "normal") -> float:
    """In inches."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    points, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size, weight=weight), False)
    return points / 72
