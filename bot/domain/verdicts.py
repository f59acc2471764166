"""What really happened to one processor's one data date: the sources are compared, none is trusted alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.detection.day import MISSING_AFTER, Day
from bot.domain.observation import RunSeen
from bot.domain.runs import Category, InputKind, Status

FULL = 0.9
"""Coverage below this share of what is usual is partial, and blocks what comes after."""
LOAD_LAG = timedelta(minutes=2)
"""A table's load may become visible so long after the run that made it says it has ended."""
HEALS_WITHIN = timedelta(hours=48)
"""A later scrape may still fill a fresh loss for so long."""


class Verdict(StrEnum):
    OK = "ok"
    TRACKING_BUG = "tracking_bug"
    PROCESSOR_FAILED = "processor_failed"
    SCRAPER_FAILED = "scraper_failed"
    IDEMPOTENCY_BLOCK = "idempotency_block"
    PARTIAL = "partial"
    MASKED_FAILURE = "masked_failure"
    LEGITIMATE_ZERO = "legitimate_zero"
    OFF_DAY = "off_day"
    NOT_YET = "not_yet"
    UPSTREAM = "upstream"
    MISSING_RUN = "missing_run"
    DATA_GONE = "data_gone"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Action(StrEnum):
    NONE = "none"
    REPROCESS = "reprocess"
    RESCRAPE = "rescrape, then reprocess"
    WAIT = "wait"
    USE_FALLBACK = "use the fallback"
    INVESTIGATE = "investigate"


ACTIONS = {
    Verdict.PROCESSOR_FAILED: Action.REPROCESS,
    Verdict.MASKED_FAILURE: Action.REPROCESS,
    Verdict.IDEMPOTENCY_BLOCK: Action.REPROCESS,
    Verdict.PARTIAL: Action.REPROCESS,
    Verdict.MISSING_RUN: Action.REPROCESS,
    Verdict.SCRAPER_FAILED: Action.RESCRAPE,
    Verdict.NOT_YET: Action.WAIT,
    Verdict.UPSTREAM: Action.WAIT,
    Verdict.CONFLICT: Action.INVESTIGATE,
    Verdict.UNKNOWN: Action.INVESTIGATE,
}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A verdict with the sentence that explains it. `until`: for `wait`, when to look again (None: after a repair)."""

    verdict: Verdict
    because: str
    until: datetime | None = None

    @property
    def action(self) -> Action:
        return ACTIONS.get(self.verdict, Action.NONE)


def judge(day: Day, now: datetime, usual: float | None) -> Judged:
    """The verdict on (processor, date) as of `now`. `usual`: rows to be expected for the date, None when not known."""
    if day.filled:
        return _filled(day, now, usual)
    if day.expected is False:
        return _nothing_due(day)
    lacking = _lacking(day)
    if lacking:
        return Judged(verdict=Verdict.UNKNOWN, because=f"cannot be told without {lacking}")
    return _empty(day, now)


def _lacking(day: Day) -> str:
    """The evidence without which an empty date cannot be judged."""
    if day.expected is None:
        return "a calendar that says whether data was due"
    if day.is_scraper:
        return "raw files" if day.file is None else ""
    if day.table is None:
        return "table loads" if day.processor.bigquery_table else "a table to look at"
    return ""


def _filled(day: Day, now: datetime, usual: float | None) -> Judged:
    rows = day.rows
    if rows is not None and usual and day.expected and day.judged(now) and _partial(day, rows, usual):
        share = f"{rows:,} rows of about {usual:,.0f} ({rows / usual:.0%})"
        return Judged(verdict=Verdict.PARTIAL, because=f"the table has {share}")
    if rows is not None and untracked_run(day) is not None:
        return Judged(verdict=Verdict.TRACKING_BUG, because=f"the history says 0 records, the table has {rows:,} rows")
    return Judged(verdict=Verdict.OK, because=f"{rows:,} rows" if rows is not None else "its data is there")


def _partial(day: Day, rows: int, usual: float) -> bool:
    """Each load may be off by a row from rounding: small tables filled by many loads are not judged finer than that."""
    return rows < FULL * usual and usual - rows > day.loads


def untracked_run(day: Day) -> RunSeen | None:
    """A successful run that reported no records although the table was loaded while it ran."""
    for run in day.runs:
        if run.status is not Status.SUCCESS or run.records or day.table is None:
            continue
        end = (run.ended_at or run.known_at) + LOAD_LAG
        if any(run.started_at <= at <= end and size > 0 for at, size in day.table.seen):
            return run
    return None


def _nothing_due(day: Day) -> Judged:
    if day.processor.sporadic:
        return Judged(verdict=Verdict.LEGITIMATE_ZERO, because="it has data only now and then")
    if day.file_at is not None:
        return Judged(verdict=Verdict.LEGITIMATE_ZERO, because="a raw file is there, but no game was played")
    return Judged(verdict=Verdict.OFF_DAY, because="no data is due on that date")


def _empty(day: Day, now: datetime) -> Judged:
    """Data was due and is not there."""
    block = blocking_skip(day)
    if block is not None:
        return Judged(
            verdict=Verdict.IDEMPOTENCY_BLOCK,
            because=f"the run of {block.started_at:%H:%M} UTC skipped itself as done, but the table has no rows",
        )
    if _absent(day, now):
        return Judged(verdict=Verdict.MISSING_RUN, because="no run has started for it since its first slot")
    if not day.judged(now):
        until = day.judged_at
        return Judged(verdict=Verdict.NOT_YET, because="a later slot can still fill it", until=until)
    if day.input_kind is InputKind.UPSTREAM and day.input_ready_at is None:
        return Judged(verdict=Verdict.UPSTREAM, because="a table that it is made from is empty")
    claimed = max((run.records or 0 for run in day.runs if run.status is Status.SUCCESS), default=0)
    if claimed and day.table is not None:
        return Judged(verdict=Verdict.CONFLICT, because=f"the history says {claimed:,} records, the table has none")
    return _lost(day, now)


def _lost(day: Day, now: datetime) -> Judged:
    if day.is_scraper or (day.input_kind is InputKind.FILE and day.file_at is None):
        return Judged(verdict=Verdict.SCRAPER_FAILED, because="the raw file did not come, or is empty")
    if any(day.classified(run, now).masked for run in day.runs if run.status is Status.FAILED):
        return Judged(
            verdict=Verdict.MASKED_FAILURE,
            because='runs say "no data", but the raw file is there and the table is empty',
        )
    made_from = "the raw file" if day.input_kind is InputKind.FILE else "what it is made from"
    return Judged(verdict=Verdict.PROCESSOR_FAILED, because=f"{made_from} is there, the table is empty")


def blocking_skip(day: Day) -> RunSeen | None:
    """The first run that skipped itself although its input was there, data is due and the table has no rows."""
    if not day.expected or day.table is None or day.filled:
        return None
    for run in day.runs:
        if run.status is Status.SKIPPED and day.input_kind is not InputKind.NONE:
            ready = day.input_ready_at
            if ready is not None and ready <= run.started_at:
                return run
    return None


def _absent(day: Day, now: datetime) -> bool:
    first = day.slots[0] if day.slots else None
    return day.runs_due and first is not None and first + MISSING_AFTER <= now and not day.all_runs()


def latest_category(day: Day, now: datetime) -> Category | None:
    """The category of the last failed run, None when the last run did not fail."""
    last = day.runs[-1] if day.runs else None
    return day.classified(last, now).category if last is not None and last.status is Status.FAILED else None
