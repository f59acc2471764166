"""Durations by day over the band of what is usual."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bot.domain.findings.words import short_day
from bot.domain.health.trends import Trends
from bot.views import numbers, svg
from bot.views.chart_axes import Frame, Line, below, frame, legend, levels, lines, sample
from bot.views.chart_style import BAND, FAINT, LINE, TOP, card

HEIGHT = 150.0
SEAM = 0.4
"""So much bands of days overlap: else a line is seen between them."""
UNITS = ((3_600.0, "h"), (60.0, "min"))


def draw_durations(trends: Trends) -> str:
    """p50 and p95 by day over the band of what is usual on that weekday. A day without runs is a gap."""
    first, days = trends.durations[0].day, {item.day: item.durations for item in trends.durations}
    span = (trends.durations[-1].day - first).days
    dates = [(float(at), first + timedelta(at)) for at in range(span + 1)]
    usual = _usual(trends, dates)
    highest = [*(each.p95 for each in days.values()), *(top for _, _, top in usual)]
    unit, said = _unit(max(highest))
    within = frame(TOP + LINE, HEIGHT, span, [each / unit for each in highest], said)
    parts = [*_band(within, usual, unit), *levels(within, said)]
    p50 = [(at, days[day].p50 / unit if day in days else None) for at, day in dates]
    p95 = [(at, days[day].p95 / unit if day in days else None) for at, day in dates]
    parts += [*lines(within, Line(p95, second=True)), *lines(within, Line(p50))]
    parts += below(within, [(at, short_day(day)) for at, day in dates])
    parts += legend(_entries(trends), within.bottom + 36)
    return card(f"{trends.subject}: duration of a run", within.bottom + 54, parts, ["By day (UTC), succeeded runs"])


def _unit(most: float) -> tuple[float, Callable[[float], str]]:
    """One unit for the whole axis: seconds, and what says a number of it."""
    seconds, word = next((unit for unit in UNITS if most >= 2 * unit[0]), (1.0, "s"))
    return seconds, lambda value: f"{value:,g} {word}"


Usual = Sequence[tuple[float, float, float]]
"""The x of a day, and from which to which duration (seconds) its band goes."""


def _usual(trends: Trends, dates: Sequence[tuple[float, date]]) -> Usual:
    """From p50 to p95 of each day's weekday; for a whole phase the same for all days."""
    known = {
        each.weekday: (each.p50, each.p95) for each in trends.weekdays if each.p50 is not None and each.p95 is not None
    }
    if known:
        return [(at, *known[day.weekday()]) for at, day in dates if day.weekday() in known]
    baseline = trends.baseline
    return [] if baseline is None else [(at, baseline.p50, baseline.p95) for at, _ in dates]


def _band(within: Frame, usual: Usual, unit: float) -> list[str]:
    parts = []
    for at, p50, p95 in usual:
        left, right = _column(within, at)
        top, bottom = within.y(p95 / unit), within.y(p50 / unit)
        parts.append(svg.rect(left, top, right - left + SEAM, max(bottom - top, 1.0), BAND))
    return parts


def _column(within: Frame, at: float) -> tuple[float, float]:
    """From the middle between a day and the one before to that between it and the next."""
    if not within.most_x:
        return within.left, within.left + within.width
    return within.x(max(at - 0.5, 0.0)), within.x(min(at + 0.5, within.most_x))


def _entries(trends: Trends) -> list[tuple[Callable[[float, float], list[str]], str]]:
    last = trends.durations[-1].durations
    entries = [
        (sample(second=False), f"p50 {numbers.seconds(last.p50)}"),
        (sample(second=True), f"p95 {numbers.seconds(last.p95)}"),
    ]
    said = usual_words(trends)
    return [*entries, (_shaded, said)] if said else entries


def usual_words(trends: Trends) -> str:
    """Of the newest day: `usual Tue 45.0s to 100.0s`; "" where nothing is known of it."""
    newest = trends.durations[-1].day
    for _, p50, p95 in _usual(trends, [(0.0, newest)]):
        weekday = f"{newest:%a} " if trends.weekdays else ""
        return f"usual {weekday}{numbers.seconds(p50)} to {numbers.seconds(p95)}"
    return ""


def _shaded(x: float, y: float) -> list[str]:
    return [svg.rect(x - 9, y - 6, 18, 12, BAND, stroke=FAINT, stroke_width=0.5)]
