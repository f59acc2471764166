"""Failure after failure of one data date: repeated_failure, timeout, validation_failed, and what these become."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.detection.stuck import ran_into_limit
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.attempts import scheduled
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import Category, ClassReason, Status
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.platform.registry import Criticality

IN_A_ROW = 3
"""Two failures often heal by the next retry; three in a row have not been seen to."""
TIMEOUTS_IN_A_ROW = 2
"""Each has cost its whole limit already."""
AT_LIMIT = 0.9
"""A run that took this share of its time limit ran into it."""
FIRST_BLOCKING_PHASE = 3
"""From this phase on what waits for a CRITICAL processor is what people look at: it is not waited for to fail, too."""

CAUSES = {
    Category.TIMEOUT: RootCause.TIMEOUT,
    Category.VALIDATION_FAILED: RootCause.VALIDATION_FAILED,
    Category.PROCESSING_ERROR: RootCause.PROCESSING_ERROR,
    Category.UNKNOWN: RootCause.PROCESSING_ERROR,
}
INFERRED = frozenset({ClassReason.FAILED_ON_INPUT, ClassReason.INPUT_LEFT_UNUSED})
"""Nothing that a run says makes it a failure of its own, only what its input and its table show."""


class Dependents(Enum):
    """Has it any, and have they failed for want of its data?"""

    NONE = 0
    WAIT = 1
    FAIL = 2


Ignored = Callable[[RunSeen], bool]


def detect(
    day: ProcessorDate, now: datetime, ignored: Ignored, dependents_of: Callable[[ProcessorDate], Dependents]
) -> Trouble | None:
    """`ignored` tells runs that another trouble explains: planned windows, backfills, storms. `dependents_of` may look
    at thousands: it is asked for a streak alone.
    """
    streak = _streak(day, now, ignored)
    if not streak:
        return None
    limit = day.processor.timeout_seconds
    timeouts = [run for run, category in streak if category is Category.TIMEOUT and _at_limit(run, limit)]
    needed = TIMEOUTS_IN_A_ROW if len(timeouts) == len(streak) else IN_A_ROW
    if len(streak) < needed or _left_to_the_verdict(day, streak, now):
        return None
    category = Counter(category for _, category in streak).most_common(1)[0][0]
    dependents = dependents_of(day)
    kind = _kind(day, category, dependents)
    first, deciding = streak[0][0], streak[needed - 1][0]
    return Trouble(
        kind=kind,
        processors=(day.processor.name,),
        root_cause=CAUSES[category],
        since=first.started_at,
        evident_at=deciding.known_at,
        explanation=_sentence(day, streak, category),
        data_date=day.data_date,
        error_class=category.value,
        blocks=dependents is not Dependents.NONE,
        lost_since=None if day.filled else day.settled_at,
        failed=tuple(run for run, _ in streak),
    )


def _streak(day: ProcessorDate, now: datetime, ignored: Ignored) -> list[tuple[RunSeen, Category]]:
    """The real failures since the last run that did something, oldest first."""
    found: list[tuple[RunSeen, Category]] = []
    repaired_at = day.repaired_at
    limit = timedelta(seconds=day.processor.timeout_seconds or 0)
    cut_off = [run for run in day.under_way.values() if ran_into_limit(day, run, now)]
    cut_off = [run._replace(ended_at=run.started_at + limit) for run in cut_off]
    for run in reversed(scheduled([*day.runs, *cut_off])):
        if ignored(run):
            continue
        if repaired_at is not None and _ended(day, run) <= repaired_at:
            break
        if run.status is Status.SUCCESS or (run.status is Status.SKIPPED and day.filled):
            break
        classified = day.classified(run, now) if run.status is Status.FAILED else None
        if classified is not None and classified.category is Category.NO_DATA_AVAILABLE:
            break  # a run that rightly says "no data" has worked
        if run.run_id in day.under_way:
            found.append((run, Category.TIMEOUT))
            continue
        category = None if classified is None else day.real_category(run, classified)
        if category is None:
            continue
        found.append((run, category))
    return found[::-1]


def _left_to_the_verdict(day: ProcessorDate, streak: Sequence[tuple[RunSeen, Category]], now: datetime) -> bool:
    """Are they failures only because nothing came of their input, in words that nobody knows, and none was tried again?
    A crash is retried; a run that found nothing is not, and what its date lacks is reported when it can be judged.
    """
    reasons = {day.classified(run, now).reason for run, _ in streak}
    judged_at_the_end = day.table is not None and bool(day.slots)
    return judged_at_the_end and reasons <= INFERRED and all(run.attempt <= 1 for run, _ in streak)


def _ended(day: ProcessorDate, run: RunSeen) -> datetime:
    """Of a run whose row is not written yet only its start is known."""
    return run.started_at if run.run_id in day.under_way else run.ended_at or run.known_at


def _at_limit(run: RunSeen, limit: float | None) -> bool:
    if limit is None:
        return False
    return run.seconds is None or run.seconds >= AT_LIMIT * limit


def _kind(day: ProcessorDate, category: Category, dependents: Dependents) -> FindingKind:
    critical = day.processor.criticality is Criticality.CRITICAL
    grave = critical and (day.processor.phase or 0) >= FIRST_BLOCKING_PHASE
    cascades = dependents is not Dependents.NONE and not day.filled
    if cascades and (grave or dependents is Dependents.FAIL):
        return FindingKind.UPSTREAM_CASCADE
    if category is Category.TIMEOUT:
        return FindingKind.TIMEOUT
    if category is Category.VALIDATION_FAILED:
        return FindingKind.VALIDATION_FAILED
    return FindingKind.UPSTREAM_CASCADE if cascades else FindingKind.REPEATED_FAILURE


def _sentence(day: ProcessorDate, streak: Sequence[tuple[RunSeen, Category]], category: Category) -> str:
    since = f"{streak[0][0].started_at:%H:%M} UTC"
    return (
        f"{day.processor.name} failed {len(streak)} times in a row for {day.data_date} since {since},"
        f" mostly with {category.value}"
    )
