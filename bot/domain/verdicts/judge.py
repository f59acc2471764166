"""What really happened to one processor's one data date: the sources are compared, none is trusted alone."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import floor

from bot.domain.blindness import Blind
from bot.domain.counts import plural
from bot.domain.evidence.coverage import ExpectedRows, is_short
from bot.domain.evidence.expectation import Expects, expectation, input_kind
from bot.domain.evidence.missed_slots import missed_slot
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.processor_date import LOAD_LAG, ProcessorDate
from bot.domain.evidence.runs import InputKind, Status
from bot.domain.platform.calendar import games_given_up_at


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
    RESCRAPE = "rescrape_then_reprocess"
    WAIT = "wait"
    USE_FALLBACK = "use_fallback"
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


REPAIRED = frozenset({Action.REPROCESS, Action.RESCRAPE})
"""A run of its own processors repairs it."""
SOUND = frozenset(
    {Verdict.OK, Verdict.TRACKING_BUG, Verdict.LEGITIMATE_ZERO, Verdict.OFF_DAY, Verdict.NOT_YET, Verdict.DATA_GONE}
)
"""Nothing is to be repaired. The others are findings."""
MADE_FROM = {
    InputKind.FILE: "the raw file is there, ",
    InputKind.UPSTREAM: "what it is made from is there, ",
    InputKind.NONE: "",
}
RESTS_ON_ABSENCE = frozenset(ACTIONS) - {Verdict.UNKNOWN, Verdict.NOT_YET}
SOURCE_LACKS = frozenset({Verdict.SCRAPER_FAILED, Verdict.PARTIAL})
"""The source itself lacks data: another that has them may stand in."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A verdict with the sentence that explains it. `until`: for `wait`, when to look again (None: after a repair).

    `instead` is an action better than the verdict's usual one. `lost`: of an unknown one, that data is lost is known.
    `uncounted`: there are rows, and nobody can tell whether they are all. `of_slot`: a slot passed without a run, and
    later ones of the date are still to come.
    """

    verdict: Verdict
    because: str
    until: datetime | None = None
    instead: Action | None = None
    lost: bool = False
    uncounted: bool = False
    of_slot: bool = False

    @property
    def action(self) -> Action:
        return self.instead or ACTIONS.get(self.verdict, Action.NONE)


@dataclass(frozen=True, kw_only=True)
class DateContext:
    """What is known besides the day itself; the defaults are those of a day looked at alone.

    `upstream_due`: data was due on that date for a table that it is made from and that is empty; `upstream_partial`:
    one of them is only partly filled; `stopped`: says that the history has ended before the date was judged;
    `accepted`: why its loss is accepted; `fallback`: who has the date's data instead; `blind`: the source without which
    nobody knows what came.
    """

    upstream_due: bool = True
    upstream_partial: bool = False
    blind: Blind | None = None
    stopped: str | None = None
    accepted: str | None = None
    fallback: str | None = None


ALONE = DateContext()


def judge(day: ProcessorDate, now: datetime, expected: ExpectedRows | None, context: DateContext = ALONE) -> Judged:
    """The verdict on (processor, date) as of `now`. `expected`: rows to be expected for it, None when unknown."""
    judged = _filled(day, now, expected) if day.filled else _unfilled(day, now, context)
    slot = missed_slot(day, now) if judged.verdict is Verdict.NOT_YET else None
    if slot is not None:
        because = f"no run has started for its slot of {slot:%H:%M} UTC, nor since"
        judged = Judged(verdict=Verdict.MISSING_RUN, because=because, of_slot=True)
    if context.blind is not None and judged.verdict in RESTS_ON_ABSENCE and not _was_absent(day, context.blind):
        return Judged(verdict=Verdict.UNKNOWN, because=f"unknown: source {context.blind.text}")
    if judged.verdict is Verdict.NOT_YET and context.stopped is not None:
        judged = Judged(verdict=Verdict.UNKNOWN, because=f"cannot be judged: {context.stopped}")
    if judged.verdict in SOUND:
        return judged
    if context.accepted is not None:
        return Judged(verdict=Verdict.DATA_GONE, because=f"its loss is accepted: {context.accepted}")
    if context.fallback is not None and judged.verdict in SOURCE_LACKS:
        because = f"{judged.because}; {context.fallback} has the date"
        return replace(judged, because=because, instead=Action.USE_FALLBACK)
    return judged


def _unfilled(day: ProcessorDate, now: datetime, context: DateContext) -> Judged:
    if day.data_date > now.date() and not day.begun(now):
        return Judged(verdict=Verdict.NOT_YET, because="the date lies ahead", until=day.settled_at)
    if day.expected is False:
        return _nothing_due(day)
    if day.unrecorded is not None:
        return Judged(verdict=Verdict.UNKNOWN, because=f"cannot be judged: {day.unrecorded}")
    if _absent(day, now):
        return Judged(verdict=Verdict.MISSING_RUN, because="no run has started for it since its first slot")
    lacking = _lacking(day)
    if lacking and day.no_run:
        return Judged(
            verdict=Verdict.NOT_YET, because="its run may still begin", until=day.slots[0] + day.missing_after
        )
    if lacking and None in (day.expected, day.filled):
        return Judged(verdict=Verdict.UNKNOWN, because=f"cannot be judged without {lacking}")
    return _empty(day, now, context)


def _lacking(day: ProcessorDate) -> str:
    """The evidence without which an empty date cannot be judged."""
    if day.expected is None:
        stated = expectation(day.processor) is not Expects.UNKNOWN
        return (
            "the games of that date"
            if stated
            else "expected_records.per_game, which says when data is due (false: on every slot)"
        )
    if day.is_scraper:
        if day.processor.source is None:
            return "its source: where its files lie"
        return "raw files" if day.file is None else ""
    if day.table is None:
        return "table loads" if day.processor.bigquery_table else "a table to look at"
    return ""


def _filled(day: ProcessorDate, now: datetime, expected: ExpectedRows | None) -> Judged:
    rows = day.rows
    if rows is None:
        return Judged(verdict=Verdict.OK, because="its data is there")
    if expected is not None and day.expected and is_short(rows, day.loads, expected):
        share = f"the table has {rows:,} rows of {expected} ({floor(100 * rows / expected.rows)}%)"
        if day.settled(now):
            return Judged(verdict=Verdict.PARTIAL, because=share)
        return Judged(verdict=Verdict.NOT_YET, because=f"{share} so far", until=_look_again(day, now))
    uncounted = _is_uncounted(day, rows, expected)
    untracked = untracked_run(day)
    if untracked is not None or _says_zero(day):
        said = "the history says 0 records,"
        if untracked is not None and day.claimed:
            said = f"its run of {untracked.started_at:%H:%M} UTC says 0 records, another {day.claimed:,};"
        because = f"{said} the table has {plural(rows, 'row')}"
        return Judged(verdict=Verdict.TRACKING_BUG, because=because, uncounted=uncounted)
    return Judged(verdict=Verdict.OK, because=plural(rows, "row"), uncounted=uncounted)


def _is_uncounted(day: ProcessorDate, rows: int, expected: ExpectedRows | None) -> bool:
    """Is it not known how many there should be? Where no data was due there are none to lack."""
    return day.expected is not False and (expected is None or is_short(rows, day.loads, expected))


def _look_again(day: ProcessorDate, now: datetime) -> datetime:
    """After its last slot; and with a game that has not ended, when that is given up at the latest."""
    settled = day.settled_at
    return settled if day.games_over(now) else max(settled, games_given_up_at(day.data_date))


def untracked_run(day: ProcessorDate) -> RunSeen | None:
    """A successful run that reported no records although the table was loaded while it ran. None where another run says
    that it brought as many as the table has.
    """
    if (day.claimed or 0) >= (day.rows or 0):
        return None
    for run in day.runs:
        if run.status is not Status.SUCCESS or run.records != 0 or day.table is None:
            continue
        end = (run.ended_at or run.known_at) + LOAD_LAG
        if any(run.started_at <= at <= end and size > 0 for at, size in day.table.seen):
            return run
    return None


def _says_zero(day: ProcessorDate) -> bool:
    """Do all runs that succeeded before the rows came say 0 records, and none that it brought any?"""
    reported = sorted((run for run in day.attempts if run.status is Status.SUCCESS), key=lambda run: run.known_at)
    if not reported or any(run.records != 0 for run in reported) or day.table is None:
        return False
    came = day.table.first_above(1)
    return came is not None and came <= (reported[-1].ended_at or reported[-1].known_at) + LOAD_LAG


def _nothing_due(day: ProcessorDate) -> Judged:
    if day.processor.sporadic:
        return Judged(verdict=Verdict.LEGITIMATE_ZERO, because="it has data only now and then")
    if not day.in_service:
        return Judged(verdict=Verdict.OFF_DAY, because="by the registry it is not in service on that date")
    if day.file_at is not None or day.input_ready_at is not None:
        return Judged(verdict=Verdict.LEGITIMATE_ZERO, because="there was something to work on, but no data was due")
    return Judged(verdict=Verdict.OFF_DAY, because="no data is due on that date")


def _empty(day: ProcessorDate, now: datetime, context: DateContext) -> Judged:
    """Data was due and is not there."""
    block = blocking_skip(day)
    if block is not None and (block.status is Status.SKIPPED or day.settled_at <= now):
        skipped = block.status is Status.SKIPPED
        said = "skipped itself as done" if skipped else "succeeded with 0 records before its input came, none followed"
        because = f"the run of {block.started_at:%H:%M} UTC {said}, and the table has no rows"
        return Judged(verdict=Verdict.IDEMPOTENCY_BLOCK, because=because)
    if not day.settled(now):
        because = "a later slot can still fill it" if day.games_over(now) else "not all games of that date have ended"
        return Judged(verdict=Verdict.NOT_YET, because=because, until=_look_again(day, now))
    if day.at_work(now):
        return Judged(verdict=Verdict.NOT_YET, because="a run for it is under way")
    if day.input_kind is InputKind.UPSTREAM and day.input_ready_at is None:
        if not context.upstream_due:
            because = "data was due, but none for the tables that it is made from"
            return Judged(verdict=Verdict.CONFLICT, because=because)
        return Judged(verdict=Verdict.UPSTREAM, because="a table that it is made from is empty")
    if context.upstream_partial:
        return Judged(verdict=Verdict.UPSTREAM, because="a table that it is made from is only partly filled")
    if day.claimed and day.table is not None and day.emptied_at is None:
        return Judged(verdict=Verdict.CONFLICT, because=f"the history says {day.claimed:,} records, the table has none")
    if day.runs_due and day.lacks_last_slot and not day.under_way and day.newest_failure is None:
        return _last_absent(day, now)
    if day.input_untold and day.table is not None:
        of_file = input_kind(day.processor) is InputKind.FILE
        lacking = (
            "without raw files nobody can tell whether its file came"
            if of_file
            else "nobody can tell whether what it is made from was there"
        )
        return Judged(verdict=Verdict.UNKNOWN, because=f"the table is empty, and {lacking}", lost=True)
    return _lost(day)


def _lost(day: ProcessorDate) -> Judged:
    if day.is_scraper or (day.input_kind is InputKind.FILE and day.file_at is None):
        return Judged(verdict=Verdict.SCRAPER_FAILED, because="the raw file did not come, or is empty")
    failed = day.newest_failure
    if failed is not None and day.table is None:
        because = f"its last run failed at {failed.started_at:%H:%M} UTC, none has worked, and no table tells more"
        return Judged(verdict=Verdict.PROCESSOR_FAILED, because=because)
    if day.masked and day.newest_failed_attempt is None:
        return Judged(
            verdict=Verdict.MASKED_FAILURE,
            because='runs say "no data", but the raw file is there and the table is empty',
        )
    return Judged(verdict=Verdict.PROCESSOR_FAILED, because=f"{MADE_FROM[day.input_kind]}{_emptiness(day)}")


def _emptiness(day: ProcessorDate) -> str:
    """That it had rows explains a history that says so."""
    if day.table is None or day.emptied_at is None:
        return "the table is empty"
    had = next(rows for _, rows in reversed(day.table.seen) if rows)
    return f"the table had {plural(had, 'row')} and was emptied on {day.emptied_at:%-d %b at %H:%M} UTC"


def blocking_skip(day: ProcessorDate) -> RunSeen | None:
    """The run that stands in front of data that is due: the first that skipped itself although its input was there, or
    the last one when it succeeded with 0 records before its input came. None when the table has rows.
    """
    if not day.expected or day.table is None or day.filled or day.input_kind is InputKind.NONE:
        return None
    ready = day.input_ready_at
    if ready is None:
        return None
    skipped = (run for run in day.runs if run.status is Status.SKIPPED and ready <= run.started_at)
    wrongly = (run for run in skipped if day.table.at(run.started_at) == 0 and not day.parallel_run(run))
    return next(wrongly, None) or _marker(day, ready)


def _marker(day: ProcessorDate, ready: datetime) -> RunSeen | None:
    """A zero-record success marks the date as done, up to its last slot: with it, no later run has tried."""
    tried = (run for run in day.attempts if run.status is not Status.SKIPPED)
    last = max(tried, key=lambda run: run.started_at, default=None)
    if last is None or last.status is not Status.SUCCESS or last.records != 0 or day.under_way:
        return None
    if day.lacks_last_slot or (day.quiet is not None and day.quiet.newest > last.started_at):
        return None
    return last if last.started_at < ready else None


def _last_absent(day: ProcessorDate, now: datetime) -> Judged:
    """Those before it worked, without finding anything, and it has not begun."""
    missed = day.slots[-1] + day.missing_after
    if now < missed:
        return Judged(verdict=Verdict.NOT_YET, because="the run of its last slot may still begin", until=missed)
    return Judged(verdict=Verdict.MISSING_RUN, because="no run has started for its last slot")


def _was_absent(day: ProcessorDate, blind: Blind) -> bool:
    """Was its run missing before the source showed nothing?"""
    return _absent(day, blind.since)


def _absent(day: ProcessorDate, now: datetime) -> bool:
    first = day.slots[0] if day.slots else None
    return day.runs_due and first is not None and first + day.missing_after <= now and not day.has_run()
