"""A storm before and after: messages over time, one for each finding above, those that were sent below."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.gate.folded import Folded
from bot.views import svg
from bot.views.chart_axes import Frame, below, frame, levels
from bot.views.chart_style import GRID, INK, LINE, MARGIN, SECOND, TOP, WIDTH, card, words
from bot.views.storm_words import headline, others, told_before

HEAD, PANEL, GAP = 28.0, 58.0, 10.0
MOST_BARS = 48
SHORTEST = timedelta(minutes=30)
"""A storm of one moment has room around it."""
STEPS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 360, 720)]
DAY = timedelta(days=1)
NOTE = "One message for each finding, beside what was sent."


def draw_storm(storm: Folded, zone: ZoneInfo, more: Sequence[Folded] = ()) -> str:
    """Both panels have one scale. `more`: other storms, of which a line is said."""
    begin, step, bars = _axis(storm)
    before, after = (_counts(times, begin, step, bars) for times in (storm.findings, storm.sent))
    day = short_day(storm.findings[0].astimezone(zone).date())
    notes = [NOTE, *([f"{told_before(storm)}."] if storm.told_before else []), f"{day}, {zone.key}"]
    top = TOP + LINE * len(notes)
    within = frame(top + HEAD, PANEL, float(bars), [float(max(before))], _whole)
    parts = _panel(within, f"Before: {plural(len(storm.findings), 'message')}", before, SECOND)
    lower = Frame(within.left, within.bottom + GAP + HEAD, within.width, PANEL, within.most_x, within.most_y)
    parts += _panel(lower, f"After: {plural(len(storm.sent), 'message')}", after, INK)
    parts += below(lower, _moments(begin, step, bars, zone))
    lines = others(more)
    top = lower.bottom + 38
    parts += [words(line, MARGIN, top + LINE * at, room=WIDTH - 2 * MARGIN) for at, line in enumerate(lines)]
    return card(headline(storm), top + LINE * len(lines) - (0 if lines else 6), parts, notes)


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else ""


def _axis(storm: Folded) -> tuple[datetime, timedelta, int]:
    """Where the first bar begins, how long each is, and how many there are."""
    first = min(*storm.findings, *storm.sent)
    length = max(max(*storm.findings, *storm.sent) - first, SHORTEST)
    fits = (each for each in STEPS if length / each < MOST_BARS - 1)
    step = next(fits, DAY * -(-length // (DAY * (MOST_BARS - 1))))
    begin = datetime.fromtimestamp(first.timestamp() // step.total_seconds() * step.total_seconds(), first.tzinfo)
    return begin, step, int((length + first - begin) / step) + 1


def _counts(times: Sequence[datetime], begin: datetime, step: timedelta, bars: int) -> list[int]:
    counts = [0] * bars
    for at in times:
        counts[(at - begin) // step] += 1
    return counts


def _panel(within: Frame, title: str, counts: Sequence[int], colour: str) -> list[str]:
    parts = [words(title, MARGIN, within.top - 17, room=WIDTH - 2 * MARGIN, bold=True)]
    parts += levels(within, _whole)
    wide = within.x(1) - within.x(0)
    for at, count in enumerate(counts):
        if count:
            y = within.y(count)
            parts.append(svg.rect(within.x(at) + wide * 0.08, y, wide * 0.84, within.bottom - y, colour))
    edge = [(within.left, within.bottom), (within.left + within.width, within.bottom)]
    return [*parts, svg.polyline(edge, GRID, 1)]


def _moments(begin: datetime, step: timedelta, bars: int, zone: ZoneInfo) -> list[tuple[float, str]]:
    """The local time of each bar's beginning; where bars are longer than an hour, where a day begins."""
    at = [(begin + step * each).astimezone(zone) for each in range(bars)]
    if step <= timedelta(hours=1):
        return [(float(each), f"{moment:%H:%M}") for each, moment in enumerate(at)]
    new = (each for each in range(1, bars) if at[each].date() != at[each - 1].date())
    return [(float(each), short_day(at[each].date())) for each in new]
