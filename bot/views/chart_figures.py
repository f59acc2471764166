"""The two grids of trends: success by day, failures by hour of the week."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.health.trends import Trends
from bot.domain.health.usual import WEEKDAYS
from bot.views import numbers, svg
from bot.views.chart_fonts import fonts
from bot.views.chart_style import (
    BAD_TO_GOOD,
    FAINT,
    GRID,
    INK,
    LINE,
    MARGIN,
    NONE_TO_MANY,
    PAPER,
    SMALL,
    TOP,
    WIDTH,
    card,
    ink_on,
    shade,
    words,
)

SHORT_WEEKDAYS = [day[:3] for day in WEEKDAYS]
ROW, WIDEST_LABEL = 26.0, 100.0
MOST_ROWS = 20
"""More would not be read in a picture: the worst are drawn, the others counted."""
HOUR_ROW = 19.0
WORST_HOURS = 3
"""The hours that get a ring."""


def draw_success(days: Sequence[date], success: Mapping[str, Sequence[float | None]], subject: str = "") -> str:
    """A grid: a row a phase (or the one asked about), a column a day, in each cell the share that succeeded."""
    several = len(success) > 1
    title = "Runs that succeeded" if several else f"{subject}: runs that succeeded"
    shown, left_out = _worst(success)
    left = MARGIN + (_label_width(list(shown)) if several else 0.0)
    wide = (WIDTH - MARGIN - left) / max(1, len(days))
    top = TOP + LINE
    parts = [
        words(f"{day:%a} {day.day}", left + wide * (at + 0.5), top + 4, room=wide - 2, anchor="middle")
        for at, day in enumerate(days)
    ]
    for row, (label, rates) in enumerate(shown.items()):
        y = top + 16 + ROW * row
        if several:
            parts.append(words(label, MARGIN, y + ROW / 2, room=left - MARGIN - 8, fill=INK))
        for at, rate in enumerate(rates):
            parts += _rate(rate, left + wide * at, y, wide)
    bottom = top + 16 + ROW * max(1, len(shown))
    if left_out:
        parts.append(words(left_out, MARGIN, bottom + 10, room=WIDTH - 2 * MARGIN))
        bottom += LINE
    return card(title, bottom + MARGIN, parts, ["Share by day; expected failures are left out. “-”: no runs."])


def _worst(success: Mapping[str, Sequence[float | None]]) -> tuple[Mapping[str, Sequence[float | None]], str]:
    """The rows that are drawn, in their order, and how many are not."""
    if len(success) <= MOST_ROWS:
        return success, ""
    lowest = {label: min((rate for rate in rates if rate is not None), default=2.0) for label, rates in success.items()}
    kept = set(sorted(success, key=lambda label: lowest[label])[: MOST_ROWS - 1])
    shown = {label: rates for label, rates in success.items() if label in kept}
    return shown, f"The {len(shown)} lowest of {len(success)}."


def _label_width(labels: Sequence[str]) -> float:
    return min(WIDEST_LABEL, max(fonts().width(fonts().drawable(label), SMALL) for label in labels)) + 8


def _rate(rate: float | None, x: float, y: float, wide: float) -> list[str]:
    """One cell; a hollow one where nothing is known."""
    centre, middle = x + wide / 2, y + ROW / 2
    if rate is None:
        return [
            svg.rect(x + 1.5, y + 1.5, wide - 3, ROW - 3, PAPER, stroke=GRID, stroke_dasharray="3 2"),
            words(numbers.NOTHING, centre, middle, room=wide, anchor="middle"),
        ]
    colour = shade(BAD_TO_GOOD, rate)
    said = words(
        numbers.whole_share(rate), centre, middle, room=wide - 2, fill=ink_on(colour), anchor="middle", bold=True
    )
    return [svg.rect(x + 1, y + 1, wide - 2, ROW - 2, colour), said]


def draw_heat(trends: Trends) -> str:
    """Weekday by hour: failed runs in an average week, whatever their cause; the worst hours have a ring."""
    left = MARGIN + 34
    wide = (WIDTH - MARGIN - left) / 24
    top, bottom = TOP + LINE, TOP + LINE + 7 * HOUR_ROW
    most = max((max(row, default=0.0) for row in trends.heat), default=0.0)
    parts = [words(day, MARGIN, top + HOUR_ROW * (at + 0.5), room=30) for at, day in enumerate(SHORT_WEEKDAYS)]
    worst = set(worst_hours(trends.heat))
    for day, row in enumerate(trends.heat):
        for hour, value in enumerate(row):
            colour = shade(NONE_TO_MANY, (value / most) ** 0.5 if most else 0.0)
            x, y = left + wide * hour, top + HOUR_ROW * day
            parts.append(svg.rect(x + 0.5, y + 0.5, wide - 1, HOUR_ROW - 1, colour))
            if (day, hour) in worst:
                at = x + wide / 2, y + HOUR_ROW / 2
                parts.append(svg.circle(*at, 3.6, "none", stroke=ink_on(colour), stroke_width=1.6))
    parts += [
        words(f"{hour:02d}", left + wide * (hour + 0.5), bottom + 10, room=24, anchor="middle")
        for hour in range(0, 24, 3)
    ]
    parts += _heat_legend(most, bottom + 32)
    parts.append(words(_most_failed(trends.heat), MARGIN, bottom + 54, room=WIDTH - 2 * MARGIN, fill=INK))
    title = f"{trends.subject[:1].upper()}{trends.subject[1:]}: failed runs by hour"
    return card(title, bottom + 70, parts, [f"In an average week, {trends.zone}"])


def worst_hours(heat: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Weekday and hour of those with the most failures, the first of the week where several have as many."""
    found = [(value, day, hour) for day, row in enumerate(heat) for hour, value in enumerate(row) if value > 0]
    found.sort(key=lambda item: (-item[0], item[1:]))
    return [(day, hour) for _, day, hour in found[:WORST_HOURS]]


def _most_failed(heat: Sequence[Sequence[float]]) -> str:
    said = [f"{SHORT_WEEKDAYS[day]} {hour:02d}:00, {_few(heat[day][hour])}" for day, hour in worst_hours(heat)]
    return f"○ most: {'; '.join(said)}" if said else "None failed."


def _heat_legend(most: float, y: float) -> list[str]:
    """Five steps from none to the most, each with its number."""
    parts, x = [], MARGIN + 34
    for at in range(5):
        value = most * (at / 4) ** 2
        parts.append(svg.rect(x, y - 6, 14, 12, shade(NONE_TO_MANY, at / 4), stroke=FAINT, stroke_width=0.5))
        parts.append(words(_few(value), x + 18, y, room=46))
        x += 66
        if not most:
            break
    return parts


def _few(value: float) -> str:
    """An average count: one decimal below ten."""
    return f"{value:.1f}".removesuffix(".0") if value < 10 else numbers.compact(round(value))
