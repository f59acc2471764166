"""Burn-down: what was left of each budget after each day, one panel below the other."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.findings.words import short_day
from bot.domain.reports.objectives import Objective, least_left
from bot.views import slo_words, svg
from bot.views.chart_axes import Frame, below
from bot.views.chart_fonts import fonts
from bot.views.chart_style import (
    AT_RISK,
    BROKEN,
    FINE,
    GRID,
    INK,
    LINE,
    MARGIN,
    SECOND,
    SMALL,
    TOP,
    WIDTH,
    card,
    words,
)

HEAD, PANEL, GAP = 18.0, 34.0, 12.0
ROW = HEAD + PANEL + GAP
LABEL, NAME = 38.0, 150.0
LEFT = MARGIN + LABEL
MOST_ROWS = 10
"""More would not be read in a picture: those that burn or have the least left are drawn."""
NOTES = ("Left after each day. Dashes: spent evenly.", "A gap: nothing is known of that day.")


def draw_budgets(objectives: Sequence[Objective], as_of: datetime, title: str) -> str:
    """Of each panel the upper edge is a whole budget, the lower one none."""
    shown = drawn(objectives)
    days = max(len(each.daily) for each in shown)
    top = TOP + LINE * len(NOTES)
    parts = [
        part for at, each in enumerate(shown) for part in _panel(each, _within(top + ROW * at + HEAD, PANEL, days))
    ]
    bottom = top + ROW * len(shown) - GAP
    first = (as_of - timedelta(days=days - 1)).date()
    dates = [(float(at), short_day(first + timedelta(days=at))) for at in range(days)]
    parts += below(_within(top, bottom - top, days), dates)
    left_out = len(objectives) - len(shown)
    if left_out:
        said = f"The {len(shown)} of {len(objectives)} that burn, or have the least left."
        parts.append(words(said, MARGIN, bottom + 34, room=WIDTH - 2 * MARGIN))
    return card(title, bottom + (50 if left_out else 30), parts, NOTES)


def drawn(objectives: Sequence[Objective]) -> list[Objective]:
    """Those that burn or have the least left, in their order."""
    return least_left(objectives, MOST_ROWS)


def _within(top: float, height: float, days: int) -> Frame:
    return Frame(LEFT, top, WIDTH - MARGIN - 8 - LEFT, height, days - 1, 1.0)


def _panel(each: Objective, within: Frame) -> list[str]:
    left = within.left
    name = fonts().fit(slo_words.name(each), NAME, SMALL, bold=True)
    begin = MARGIN + fonts().width(name, SMALL, bold=True) + 10
    y = within.top - HEAD / 2 - 1
    edges = [[(left, at), (left + within.width, at)] for at in (within.top, within.bottom)]
    parts = [
        words(name, MARGIN, y, room=NAME, bold=True),
        words(slo_words.left_short(each), begin, y, room=WIDTH - MARGIN - begin),
        *(svg.polyline(edge, GRID, 1) for edge in edges),
        words("100%", left - 6, within.top + 4, room=LABEL, anchor="end"),
        words("0%", left - 6, within.bottom - 4, room=LABEL, anchor="end"),
    ]
    if each.spent is None:
        return parts
    evenly = [(within.x(within.most_x + 1 - len(each.left)), within.top), (left + within.width, within.bottom)]
    return [*parts, svg.polyline(evenly, SECOND, 1, stroke_dasharray="3 3"), *_course(each, within)]


def _course(each: Objective, within: Frame) -> list[str]:
    """The line with what is below it, in pieces between its gaps; along the lower edge where nothing was left."""
    colour = BROKEN if each.is_spent else AT_RISK if each.burns else FINE
    first = within.most_x + 1 - len(each.left)
    parts, piece, last = list[str](), list[svg.Point](), (within.left, within.bottom)
    for at, left in [*enumerate(each.left), (0, None)]:
        if left is not None:
            piece.append((within.x(first + at), within.y(max(0.0, left))))
            continue
        if piece:
            parts += _piece(piece, within, colour)
            last = piece[-1]
        piece = []
    return [*parts, svg.circle(*last, 3.0, colour, stroke=INK, stroke_width=1.2)]


def _piece(points: Sequence[svg.Point], within: Frame, colour: str) -> list[str]:
    feet = [(points[-1][0], within.bottom), (points[0][0], within.bottom)]
    return [svg.polygon([*points, *feet], colour, fill_opacity=0.22), svg.polyline(points, INK, 1.6)]
