"""Baselines by day of the week, in words: the same for Slack, the terminal and reports. Every figure has its n."""

from bot.domain.counts import plural
from bot.domain.evidence.weekdays import Alike
from bot.domain.health.usual import WEEKDAYS, Baseline, Cluster, Moved, WeekdayUsual


def moves(found: Baseline) -> list[str]:
    """What has moved away from what is usual; nothing where all is as usual, or too little is known."""
    said = [slower(found.slower)] if found.slower is not None else []
    said += [failing(found.failing)] if found.failing is not None else []
    return said + ([clustered(found.cluster)] if found.cluster is not None else [])


def slower(found: Moved) -> str:
    """`20 % slower than its Tuesdays (p50 312 s, usual 260 s, n=4)`; n: the days that are usual."""
    figures = f"p50 {_seconds(found.now)}, usual {_seconds(found.usual)}, n={found.days}"
    return f"{found.times - 1:.0%} slower than {_those(found)} ({figures})"


def failing(found: Moved) -> str:
    """`failure rate 5.0% on its Tuesdays (n=160) -> 12.0% (n=50)`."""
    before = f"{found.usual:.1%} on {_those(found)} (n={found.usual_runs:,})"
    return f"failure rate {before} -> {found.now:.1%} (n={found.runs:,})"


def clustered(found: Cluster) -> str:
    """`failures cluster on Mondays 03:00, 9 of 14 in 4 weeks`."""
    since = f"{WEEKDAYS[found.weekday]}s {found.hour:02}:00"
    until = f" to {(found.hour + found.hours) % 24:02}:00" if found.hours > 1 else ""
    return f"failures cluster on {since}{until}, {found.failures:,} of {found.of:,} in {plural(found.weeks, 'week')}"


def lines(found: Baseline) -> list[str]:
    """What is usual of the newest day's weekday, then what has moved."""
    newest = found.newest
    usual = [each for each in found.weekdays if newest is not None and each.weekday == newest.day.weekday()]
    return [*map(weekday, usual), *moves(found)]


def table(found: Baseline) -> list[str]:
    """Every weekday that it runs on, then what has moved."""
    return [*map(weekday, found.weekdays), *moves(found)]


def weekday(usual: WeekdayUsual) -> str:
    """`Usual Tuesday (UTC): p50 260 s, p95 300 s; 2.1% of 190 fail (95 %: 0.8% to 5.3%); 48 runs a day; n=4`."""
    low, high = usual.failure_bounds
    took = "" if usual.p50 is None or usual.p95 is None else f"p50 {_seconds(usual.p50)}, p95 {_seconds(usual.p95)}; "
    fail = f"{usual.failure_rate or 0:.1%} of {usual.runs:,} fail (95 %: {low:.1%} to {high:.1%})"
    records = "" if usual.records is None else f", {usual.records:,.0f} records a run"
    runs = f"{plural(round(usual.volume), 'run')} a day{records}"
    return f"Usual {WEEKDAYS[usual.weekday]} (UTC): {took}{fail}; {runs}; n={usual.days}"


def _those(found: Moved) -> str:
    weekdays = found.alike is Alike.WEEKDAY
    return f"its {WEEKDAYS[found.day.weekday()]}s" if weekdays else f"its {found.alike}"


def _seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 10 else f"{value:.1f} s"
