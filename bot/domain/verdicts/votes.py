"""The evidence that a verdict cites, and how many independent sources bear it out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.evidence.coverage import ExpectedRows
from bot.domain.evidence.expectation import Expects, PlannedWindow, expectation
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import InputKind, Status
from bot.domain.verdicts.judge import Verdict


class Source(StrEnum):
    """The independent sources. `input` is the raw file, or the tables that it is made from."""

    HISTORY = "run history"
    TABLE = "table"
    INPUT = "input"
    CALENDAR = "calendar"


class Vote(StrEnum):
    AGREES = "agrees"
    DISAGREES = "disagrees"
    SILENT = "cannot tell"


@dataclass(frozen=True)
class Claim:
    """What a verdict says of the date; None where it says nothing."""

    data: bool | None = None
    input: bool | None = None
    due: bool | None = None


LOST = Claim(data=False, input=True, due=True)
CLAIMS: Mapping[Verdict, Claim] = {
    Verdict.OK: Claim(data=True, input=True, due=True),
    Verdict.TRACKING_BUG: Claim(data=True, input=True, due=True),
    Verdict.PARTIAL: Claim(data=False, input=True, due=True),
    Verdict.PROCESSOR_FAILED: LOST,
    Verdict.MASKED_FAILURE: LOST,
    Verdict.IDEMPOTENCY_BLOCK: LOST,
    Verdict.CONFLICT: LOST,
    Verdict.SCRAPER_FAILED: Claim(data=False, input=False, due=True),
    Verdict.UPSTREAM: Claim(data=False, input=False, due=True),
    Verdict.MISSING_RUN: Claim(data=False, due=True),
    Verdict.NOT_YET: Claim(data=False),
    Verdict.LEGITIMATE_ZERO: Claim(data=False, due=False),
    Verdict.OFF_DAY: Claim(data=False, input=False, due=False),
    Verdict.DATA_GONE: Claim(data=False, due=True),
}
"""`unknown` claims nothing."""
REFUTED = frozenset({Verdict.MASKED_FAILURE, Verdict.IDEMPOTENCY_BLOCK})
"""What the runs say of the date is what these deny: that there was nothing to bring, that it is done."""


@dataclass(frozen=True)
class RunTally:
    """`records`: of successes, the most that one run says to have brought; None: none says how many. `own`: how many
    failed of their own fault; the others for want of data.
    """

    status: Status
    runs: int
    records: int | None = None
    own: int = 0


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The evidence for (processor, date), each None where it is unknown. Moments are aware UTC, sizes bytes.

    `file_at` is when the first raw file that is not empty came, `file_empty` that only empty ones did; `upstream_empty`
    are tables that it is made from; `words` is what each source says of the verdict: of those that this processor
    should have, and that the verdict is about.
    """

    rows: int | None
    expected_rows: ExpectedRows | None
    file_at: datetime | None
    file_bytes: int | None
    file_empty: bool
    games: int | None
    games_final: int
    runs: tuple[RunTally, ...]
    slots_left: tuple[datetime, ...]
    upstream_empty: tuple[str, ...]
    windows: tuple[PlannedWindow, ...]
    words: Mapping[Source, Vote]

    @property
    def coverage(self) -> float | None:
        if self.rows is None or self.expected_rows is None:
            return None
        return self.rows / self.expected_rows.rows

    @property
    def agreeing(self) -> int:
        return sum(word is Vote.AGREES for word in self.words.values())

    @property
    def telling(self) -> int:
        """How many sources can tell."""
        return sum(word is not Vote.SILENT for word in self.words.values())

    @property
    def confidence(self) -> float:
        """The share of the sources this processor should have that agree with the verdict: 0 to 1.

        A source that is missing counts against it as much as one that disagrees.
        """
        return self.agreeing / len(self.words) if self.words else 0.0


def tallies(day: ProcessorDate, now: datetime) -> tuple[RunTally, ...]:
    """Runs by status, those under way as `running`; as known `now`."""
    found = Counter(run.status for run in day.attempts)
    found[Status.FAILED] += day.quiet.polls if day.quiet is not None else 0
    found[Status.RUNNING] += len(day.under_way)
    own = sum(day.real_failure(run, now) is not None for run in day.attempts)
    made = (
        RunTally(
            status,
            runs,
            records=day.claimed if status is Status.SUCCESS else None,
            own=own if status is Status.FAILED else 0,
        )
        for status, runs in sorted(found.items())
    )
    return tuple(tally for tally in made if tally.runs)


def words(day: ProcessorDate, verdict: Verdict, expected: ExpectedRows | None) -> dict[Source, Vote]:
    """What each source says of the verdict: of those that the processor should have, and that the verdict is about."""
    claim = CLAIMS.get(verdict, Claim())
    about_all = verdict in (Verdict.PARTIAL, Verdict.MISSING_RUN)
    wanted = max(1, expected.full * expected.rows) if about_all and expected is not None else 1
    history = verdict in REFUTED or _history(day, wanted)
    claims: dict[Source, tuple[bool | None, bool | None]] = {Source.HISTORY: (claim.data, history)}
    if day.processor.bigquery_table is not None:
        claims[Source.TABLE] = (claim.data, _table(day, wanted))
    if day.is_scraper:
        claims[Source.INPUT] = (claim.data, day.file_at is not None if day.file is not None else None)
    elif day.input_kind is not InputKind.NONE or day.processor.source is not None:
        claims[Source.INPUT] = (claim.input, _input(day, verdict))
    if expectation(day.processor) is not Expects.NEVER:
        claims[Source.CALENDAR] = (claim.due, day.expected)
    return {source: _word(claimed, said) for source, (claimed, said) in claims.items() if claimed is not None}


def _word(claimed: bool | None, said: bool | None) -> Vote:
    if said is None:
        return Vote.SILENT
    return Vote.AGREES if claimed is said else Vote.DISAGREES


def _history(day: ProcessorDate, wanted: float) -> bool | None:
    """Does the history say that so many rows were brought?"""
    if day.claimed is None and any(run.status is Status.SUCCESS for run in day.attempts):
        return None
    return (day.claimed or 0) >= wanted


def _table(day: ProcessorDate, wanted: float) -> bool | None:
    return None if day.rows is None else day.rows >= wanted


def _input(day: ProcessorDate, verdict: Verdict) -> bool | None:
    """Is what it is made from there? Where the verdict waits for it, what has come is only a part."""
    if day.input_kind is InputKind.NONE:
        return None
    return day.input_ready_at is not None and verdict is not Verdict.UPSTREAM
