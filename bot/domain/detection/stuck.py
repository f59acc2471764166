"""stuck_run: a run without a heartbeat, or past its own limit. A long run that is alive is none."""

from datetime import datetime, timedelta

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.arrivals import LATE
from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.findings.finding import FindingKind, RootCause

ALIVE_AT_LEAST = timedelta(seconds=60)
"""A run whose last heartbeat is nearer to its start than this has most likely ended at once, its row being late. Where
no table is looked at, or has its rows already, that may be so of every run."""
PAST_LIMIT = timedelta(minutes=5)
"""A run is given so long to die after its limit."""


def detect(day: ProcessorDate, now: datetime, slowest: float | None, row_within: timedelta) -> Trouble | None:
    """`slowest`: seconds that its own history allows, (None: not known), `row_within`: so late a row may come."""
    for run in sorted(day.under_way.values(), key=lambda run: run.started_at):
        silent_since = _hangs(day, run, now, slowest, row_within)
        if silent_since is not None and not _superseded(day, run):
            return Trouble(
                kind=FindingKind.STUCK_RUN,
                processors=(day.processor.name,),
                root_cause=RootCause.STUCK_RUN,
                since=run.started_at,
                evident_at=min(now, silent_since),
                explanation=_sentence(day, run, now, limit_of(day, slowest)),
                data_date=day.data_date,
                error_class="stuck",
                blocks=not day.filled,
                lost_since=None if day.filled else day.settled_at,
            )
    return None


def _hangs(
    day: ProcessorDate, run: RunSeen, now: datetime, slowest: float | None, row_within: timedelta
) -> datetime | None:
    """Since when it counts as hung; None when it does not."""
    if run.trigger in OFF_SCHEDULE:
        return None
    limit, silent = limit_of(day, slowest), day.judgement.heartbeat
    if run.heartbeat_at is None:
        over = run.started_at + limit + PAST_LIMIT if limit is not None else None
        return over if over is not None and over <= now else None
    beat = min(run.heartbeat_at, now)
    if ran_into_limit(day, run, now):
        row_due = beat + silent + row_within
        return row_due if row_due <= now else None
    silent_since = beat + silent
    if silent_since <= now:
        missed = max(silent_since, run.started_at + _row_within(day, beat - run.started_at, row_within))
        return missed if missed <= now else None
    over = run.started_at + limit + PAST_LIMIT if limit is not None else now + silent
    return over if over <= now else None


def _row_within(day: ProcessorDate, alive: timedelta, row_within: timedelta) -> timedelta:
    """How long after its start the row of a run that has ended may still come."""
    if day.filled or (day.table is None and not day.is_scraper):
        return row_within
    return min(LATE, row_within) if alive < ALIVE_AT_LEAST else timedelta()


def ran_into_limit(day: ProcessorDate, run: RunSeen, now: datetime) -> bool:
    """Did its heartbeat stop at its time limit? Then it was ended there, and its row is late, or it hangs."""
    if day.processor.timeout_seconds is None or run.heartbeat_at is None:
        return False
    limit = timedelta(seconds=day.processor.timeout_seconds)
    return limit <= min(run.heartbeat_at, now) - run.started_at <= limit + PAST_LIMIT


def limit_of(day: ProcessorDate, slowest: float | None) -> timedelta | None:
    """The larger of its time limit and what its own history allows."""
    known = [seconds for seconds in (day.processor.timeout_seconds, slowest) if seconds is not None]
    return timedelta(seconds=max(known)) if known else None


def _superseded(day: ProcessorDate, run: RunSeen) -> bool:
    """Rows that came since it started, or a later run, say that it ended and that only its row is late."""
    loaded = day.table is not None and day.table.any_after(run.started_at)
    scraped = day.is_scraper and day.file is not None and day.file.any_after(run.started_at)
    return (
        loaded
        or scraped
        or any(later.started_at > run.started_at and later.trigger not in OFF_SCHEDULE for later in day.runs)
    )


def _sentence(day: ProcessorDate, run: RunSeen, now: datetime, limit: timedelta | None) -> str:
    lasted = int((now - run.started_at).total_seconds() // 60)
    beat = "it has no heartbeat"
    if run.heartbeat_at is not None:
        beat = f"its last heartbeat was at {min(run.heartbeat_at, now):%H:%M} UTC"
    allowed = f", its limit is {limit.total_seconds() / 60:.0f}" if limit is not None else ""
    return f"{day.processor.name} has been running for {lasted} minutes for {day.data_date}{allowed}; {beat}"
