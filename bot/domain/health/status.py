"""The colour of one phase or processor, with its named reasons. Statistics speak only over enough runs."""

from collections.abc import Iterator

from bot.domain.counts import plural
from bot.domain.health.model import Because, Colour, DueDates, Durations, HealthReason, Tally
from bot.domain.statistics import TWO_SIDED_95, wilson_lower

MINIMUM_RUNS = 20
"""Durations of fewer runs than this are not compared with the baseline."""
SLOWER = 1.2
"""A p95 above this many times its 30-day baseline is an early warning."""
WORSE = 1.5
"""A failure rate above this many times its 30-day baseline, and above WORTH_SAYING, is an early warning."""
WORTH_SAYING = 0.05
RED_BELOW = 0.5
LAST_DAY = " in the last day"
RATE = frozenset(
    {Because.MOSTLY_FAILING, Because.NOTHING_SUCCEEDED, Because.BELOW_TARGET, Because.FAILING_MORE_THAN_BASELINE}
)
SPEED = frozenset({Because.SLOWER_THAN_BASELINE})
"""Names of reasons: what a phase and its processors may say of the same runs."""


def status_of(
    subject: str,
    tally: Tally,
    baseline: Tally,
    durations: tuple[Durations | None, Durations | None],
    due: DueDates,
    target: float | None,
    *,
    named: bool = False,
) -> tuple[Colour, tuple[HealthReason, ...]]:
    """RED, YELLOW, GREEN or GREY. `durations` are the window's and the baseline's. `named`: another reason tells the
    dates without data.
    """
    if not tally.runs and not due.due:
        return Colour.GREY, ()
    red = tuple(failing(subject, tally, due, named=named))
    if red:
        return Colour.RED, red
    yellow = (*_unrecorded(subject, tally, due), *_yellow(subject, tally, baseline, durations, target))
    return (Colour.YELLOW, yellow) if yellow else (Colour.GREEN, ())


def failing(
    subject: str, tally: Tally, due: DueDates, when: str = "", *, named: bool = False
) -> Iterator[HealthReason]:
    """Why it is RED; `when` says over which time, where that is not the window."""
    rate = tally.success_rate
    if not tally.succeeded and due.filled < due.due:
        dates = "" if named else f", and data was due on {plural(due.due, 'date')}"
        yield HealthReason(Because.NOTHING_SUCCEEDED, subject, f"{subject}: nothing succeeded{when}{dates}.")
    elif rate is not None and rate < RED_BELOW:
        unexplained = f", {tally.unknown:,} of them unexplained" if tally.unknown else ""
        failed = f"{plural(tally.real + tally.unknown, 'real failure')}{unexplained}"
        yield HealthReason(Because.MOSTLY_FAILING, subject, f"{subject}: {rate:.1%} succeed{when} ({failed}).")


def _unrecorded(subject: str, tally: Tally, due: DueDates) -> Iterator[HealthReason]:
    if not tally.succeeded and due.due:
        text = f"{subject}: no run succeeded, yet the data of {plural(due.due, 'date')} due is there."
        yield HealthReason(Because.NOTHING_SUCCEEDED, subject, text)


def _yellow(
    subject: str,
    tally: Tally,
    baseline: Tally,
    durations: tuple[Durations | None, Durations | None],
    target: float | None,
) -> Iterator[HealthReason]:
    rate = tally.success_rate
    if rate is not None and target is not None and rate < target:
        yield HealthReason(Because.BELOW_TARGET, subject, f"{subject}: {rate:.1%} succeed, target {target:.1%}.")
    yield from _early_warnings(subject, tally, baseline, durations)


def _early_warnings(
    subject: str, tally: Tally, baseline: Tally, durations: tuple[Durations | None, Durations | None]
) -> Iterator[HealthReason]:
    now, before = durations
    enough = min(tally.succeeded, baseline.succeeded) >= MINIMUM_RUNS
    if now is not None and before is not None and enough and now.p95 > SLOWER * before.p95 > 0:
        times = now.p95 / before.p95
        text = f"{subject}: p95 {now.p95:,.0f} s, {times:.1f} times its 30-day baseline."
        yield HealthReason(Because.SLOWER_THAN_BASELINE, subject, text)
    bad, usual = tally.real + tally.unknown, baseline.success_rate
    if usual is not None and fails_more(bad, tally.tried, 1 - usual):
        text = f"{subject}: {bad / tally.tried:.1%} of {tally.tried:,} fail, usually {1 - usual:.1%}."
        yield HealthReason(Because.FAILING_MORE_THAN_BASELINE, subject, text)


def fails_more(bad: int, tried: int, usual: float) -> bool:
    """Whether so many failures of so many runs are surely more than the usual share of them."""
    return wilson_lower(bad, tried, TWO_SIDED_95) > max(WORTH_SAYING, WORSE * usual)
