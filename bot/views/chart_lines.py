"""Durations by day over the band of what is usual."""

from collections.abc import Callable
from datetime import timedelta

from bot.domain.findings.words import short_day
from bot.domain.health.model import Durations
from bot.domain.health.trends import Trends
from bot.views import numbers, svg
from bot.views.chart_axes import Frame, Line, below, frame, legend, levels, lines, sample
from bot.views.chart_style import BAND, FAINT, LINE, TOP, card

HEIGHT = 150.0
UNITS = ((3_600.0, "h"), (60.0, "min"))


def draw_durations(trends: Trends) -> str:
    """p50 and p95 by day over the band of the baseline, from its p50 to its p95. A day without runs is a gap."""
    first, days = trends.durations[0].day, {item.day: item.durations for item in trends.durations}
    span = (trends.durations[-1].day - first).days
    known = [*days.values(), *([trends.baseline] if trends.baseline else [])]
    unit, said = _unit(max(each.p95 for each in known))
    within = frame(TOP + LINE, HEIGHT, span, [each.p95 / unit for each in known], said)
    parts = [*_band(within, trends.baseline, unit), *levels(within, said)]
    dates = [(float(at), first + timedelta(at)) for at in range(span + 1)]
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


def _band(within: Frame, usual: Durations | None, unit: float) -> list[str]:
    if usual is None:
        return []
    top, bottom = within.y(usual.p95 / unit), within.y(usual.p50 / unit)
    return [svg.rect(within.left, top, within.width, max(bottom - top, 1.0), BAND)]


def _entries(trends: Trends) -> list[tuple[Callable[[float, float], list[str]], str]]:
    last, usual = trends.durations[-1].durations, trends.baseline
    entries = [
        (sample(second=False), f"p50 {numbers.seconds(last.p50)}"),
        (sample(second=True), f"p95 {numbers.seconds(last.p95)}"),
    ]
    if usual is not None:
        entries.append((_shaded, f"usual {numbers.seconds(usual.p50)} to {numbers.seconds(usual.p95)}"))
    return entries


def _shaded(x: float, y: float) -> list[str]:
    return [svg.rect(x - 9, y - 6, 18, 12, BAND, stroke=FAINT, stroke_width=0.5)]
