"""What the verdict on a date says is wrong: lost, partial, blocked, missing, late or untracked data.

Where a grace period has been waited out, the evidence counts from the slot: nothing more is waited for.
"""

from datetime import datetime, timedelta

from bot.domain.detection.causes import Loss, loss_of, why_differs
from bot.domain.detection.streaks import IN_A_ROW
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.processor_date import EARLY_START, ProcessorDate
from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.platform.registry import Kind, Registry
from bot.domain.verdicts.judge import Judged, Verdict, blocking_skip, untracked_run

RETRIED_WITHIN = timedelta(minutes=10)
"""A run that failed is tried again so soon, as a rule."""
SETTLING = timedelta(minutes=2)
"""A load may become visible so long after its run's row: nothing is called empty before."""


def detect(day: ProcessorDate, judged: Judged, now: datetime, registry: Registry) -> Trouble | None:
    """The trouble that the verdict names, None when it names none that concerns this processor."""
    if judged.verdict is Verdict.IDEMPOTENCY_BLOCK:
        return _blocked(day, judged, now)
    if judged.of_slot:
        return None  # the processor's own slots tell, whatever date they are of: passed_slots
    if judged.verdict is Verdict.MISSING_RUN:
        return _missing(day, judged)
    if judged.verdict is Verdict.TRACKING_BUG:
        return _untracked(day, judged, now)
    loss = loss_of(judged)
    return None if loss is None else _lost(day, judged, loss, now, registry)


def retry_pending(day: ProcessorDate, trouble: Trouble, now: datetime) -> bool:
    """Has its newest run failed just now? It is tried again soon; three in a row are reported as failures."""
    failed = day.newest_failure if trouble.kind is FindingKind.ZERO_RECORDS_PROCESSOR else None
    return failed is not None and failed.attempt < IN_A_ROW and now < failed.known_at + RETRIED_WITHIN


def late(day: ProcessorDate, judged: Judged, now: datetime) -> Trouble | None:
    """sla_miss: the deadline has passed, and the data may still come."""
    if day.deadline is None or day.deadline > now or day.filled or not day.games_over(now):
        return None
    if judged.verdict is not Verdict.NOT_YET:
        return None
    return _trouble(
        day,
        FindingKind.SLA_MISS,
        RootCause.LATE_RUN,
        since=day.slots[-1],
        evident_at=day.slots[-1],
        because=f"its deadline {day.deadline:%H:%M} UTC has passed and the data is not there",
    )


def _trouble(
    day: ProcessorDate,
    kind: FindingKind,
    cause: RootCause,
    *,
    since: datetime,
    evident_at: datetime,
    because: str,
    processors: tuple[str, ...] = (),
) -> Trouble:
    return Trouble(
        kind=kind,
        processors=processors or (day.processor.name,),
        root_cause=cause,
        since=since,
        evident_at=evident_at,
        explanation=f"{day.processor.name} for {day.data_date}: {because}",
        data_date=day.data_date,
        error_class=cause.value,
        blocks=not day.filled or kind is FindingKind.PARTIAL_COVERAGE,
        lost_since=None if kind is FindingKind.TRACKING_BUG else day.settled_at,
    )


def _lost(day: ProcessorDate, judged: Judged, loss: Loss, now: datetime, registry: Registry) -> Trouble | None:
    kind, cause = loss
    differs = why_differs(judged.verdict, cause)
    if cause is RootCause.SCRAPER_FAILED and _ran_out_of_time(day, now):
        cause = RootCause.SCRAPER_TIMEOUT
    if (day.runs and now < day.runs[-1].known_at + SETTLING) or _last_run_to_come(day, now):
        return None
    together: tuple[str, ...] = (day.processor.name,)
    if kind is FindingKind.ZERO_RECORDS_SCRAPER:
        together = _of_source(day, registry)
    return _trouble(
        day,
        kind,
        cause,
        since=day.slots[0] if day.slots else day.settled_at,
        evident_at=day.slots[-1] if day.slots else day.settled_at,
        because=judged.because if differs is None else f"{judged.because}; {differs}",
        processors=together,
    )


def _ran_out_of_time(day: ProcessorDate, now: datetime) -> bool:
    """Did a scraper's runs fail because its source did not answer in time, and for nothing else?"""
    return day.is_scraper and {day.real_failure(run, now) for run in day.attempts} - {None} == {Category.TIMEOUT}


def _last_run_to_come(day: ProcessorDate, now: datetime) -> bool:
    """The last slot's own run may start late without being missing, and still bring what lacks."""
    if not day.slots:
        return False
    last = day.slots[-1]
    started = (run.started_at for run in (*day.runs, *day.under_way.values()) if run.trigger not in OFF_SCHEDULE)
    return now < last + day.missing_after and not any(moment >= last - EARLY_START for moment in started)


def _of_source(day: ProcessorDate, registry: Registry) -> tuple[str, ...]:
    """A scraper and what is made from its source belong together; the scraper comes first."""
    source = day.processor.source
    if source is None:
        return (day.processor.name,)
    scrapers = [p.name for p in registry.processors if p.source == source and p.kind is Kind.SCRAPER]
    if day.is_scraper:
        scrapers += [p.name for p in registry.processors if p.source == source and p.name not in scrapers]
    return tuple(dict.fromkeys([*scrapers, day.processor.name]))


def _blocked(day: ProcessorDate, judged: Judged, now: datetime) -> Trouble | None:
    skip = blocking_skip(day)
    if skip is None or now < skip.known_at + SETTLING:
        return None
    return _trouble(
        day,
        FindingKind.IDEMPOTENCY_BLOCK,
        RootCause.IDEMPOTENCY_BUG,
        since=skip.started_at,
        evident_at=skip.known_at,
        because=judged.because,
    )


def _missing(day: ProcessorDate, judged: Judged) -> Trouble:
    slot = day.slots[-1] if day.has_run() else day.slots[0]
    return _trouble(
        day,
        FindingKind.MISSING_RUN,
        RootCause.MISSING_RUN,
        since=slot,
        evident_at=slot,
        because=f"{judged.because} at {slot:%H:%M} UTC",
    )


def _untracked(day: ProcessorDate, judged: Judged, now: datetime) -> Trouble | None:
    run = untracked_run(day)
    if run is None:
        return None
    return _trouble(
        day,
        FindingKind.TRACKING_BUG,
        RootCause.TRACKING_BUG,
        since=run.started_at,
        evident_at=min(now, run.known_at),
        because=judged.because,
    )
