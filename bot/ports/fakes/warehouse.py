"""A warehouse in memory: every answer is worked out from the rows when it is asked for."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.evidence.expectation import Evidence
from bot.domain.evidence.freshness import DateFreshness
from bot.domain.evidence.observation import DateSpan, Observed
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.evidence.runs import Category, DateState, Input, Status
from bot.domain.health.early_warnings import SilentRun
from bot.domain.health.model import DueDates, Durations, RunCount, Window
from bot.domain.health.trends import DayDurations, FailedHour
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.statistics import nearest_rank
from bot.ports.fakes.warehouse_draft import processor_facts
from bot.ports.fakes.warehouse_evidence import EvidenceRows
from bot.ports.fakes.warehouse_files import STEMS, ReadFile, read_file
from bot.ports.fakes.warehouse_observed import observed, of_dates, without_old_polls
from bot.ports.fakes.warehouse_runs import Run, RunVersions, runs_of, unknown_spellings
from bot.ports.warehouse import FileReport, Hints, History, LoadReport, Progress

_START_OF_TIME = datetime(1, 1, 1, tzinfo=UTC)
_END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_KNOWN_BY = {"runs": "inserted_at", "table_loads": "loaded_at", "raw_files": "created_at"}
"""The column that tells when a row of a file became known."""


@dataclass
class _Held:
    """Everything that a load changes."""

    runs: RunVersions = field(default_factory=RunVersions)
    evidence: EvidenceRows = field(default_factory=EvidenceRows)
    ledger: dict[str, datetime | None] = field(default_factory=dict)
    warnings: set[str] = field(default_factory=set)
    platform: str = ""
    rules: str = ""
    document: str | None = None


class FakeWarehouse:
    """Implements `bot.ports.warehouse.Warehouse` over CSV and JSON files."""

    def __init__(self) -> None:
        self._held = _Held()

    def history(self) -> History:
        runs = self._held.runs.latest()
        return History(
            runs=len(runs),
            first_day=min((run.started_at.date() for run in runs), default=None),
            known_until=max((moment for moment in self._held.ledger.values() if moment is not None), default=None),
            calendar_until=max((day for _, day in self._held.evidence.slots), default=None),
            warnings=tuple(sorted(self._held.warnings)),
        )

    def platform_document(self) -> str | None:
        return self._held.document

    def health_counts(self, window: Window) -> list[RunCount]:
        counts: Counter[RunCount] = Counter()
        for run in self._runs(window):
            counts[self._cell(run, window)] += 1
        return [replace(cell, runs=runs) for cell, runs in counts.items()]

    def health_durations(self, window: Window) -> list[Durations]:
        by_scope: dict[tuple[str | None, int | None], list[float]] = {}
        for run in self._runs(window):
            if run.status is Status.SUCCESS and run.duration is not None:
                phase = self._phase(run)
                by_scope.setdefault((run.processor, phase), []).append(run.duration)
                if phase is not None:
                    by_scope.setdefault((None, phase), []).append(run.duration)
        return [Durations(name, phase, *_quantiles(found)) for (name, phase), found in by_scope.items()]

    def health_due(self, window: Window) -> list[DueDates]:
        counted: dict[str, list[bool]] = {}
        for (name, day), judged_at in self._held.evidence.slots.items():
            if judged_at is not None and window.since < judged_at <= window.as_of:
                evidence = self._held.evidence.of(name, day, self._seen_from(window))
                if evidence is not None and evidence.expected:
                    counted.setdefault(name, []).append(bool(evidence.filled))
        return [DueDates(name, len(filled), sum(filled)) for name, filled in counted.items()]

    def failed_hours(self, window: Window) -> list[FailedHour]:
        failed = [run for run in self._runs(window) if run.status is Status.FAILED]
        counted = Counter((run.processor, self._phase(run), _hour(run.started_at)) for run in failed)
        return [FailedHour(*hour, runs) for hour, runs in counted.items()]

    def daily_durations(self, window: Window) -> list[DayDurations]:
        begin = window.since.date() + timedelta(days=window.since.time() != time())
        days = [begin + timedelta(days=n) for n in range((window.until.date() - begin).days)]
        return [DayDurations(day, item) for day in days for item in self.health_durations(_whole_day(day))]

    def evidence(self, processor: str, first: date, last: date, as_of: datetime) -> list[Evidence]:
        days = sorted(day for name, day in self._held.evidence.slots if name == processor and first <= day <= last)
        found = (self._held.evidence.of(processor, day, as_of) for day in days)
        return [evidence for evidence in found if evidence is not None]

    def observed(self, since: datetime, until: datetime, polls_since: datetime | None = None) -> Observed:
        everything = observed(self._held.runs, self._held.evidence, since, until)
        return without_old_polls(everything, polls_since or since)

    def observed_dates(self, dates: DateSpan, loads_from: date, as_of: datetime) -> Observed:
        return of_dates(self.observed(_START_OF_TIME, as_of), dates, loads_from)

    def zero_record_runs(self, last: date) -> list[tuple[str, date, int]]:
        found = Counter(
            (run.processor, run.data_date)
            for run in self._held.runs.latest()
            if run.status is Status.SUCCESS and run.records == 0 and run.data_date <= last
        )
        return [(name, day, runs) for (name, day), runs in found.items()]

    def silent_runs(self, since: datetime, until: datetime) -> list[SilentRun]:
        return [
            SilentRun(run.processor, run.data_date, run.heartbeat_at)
            for run in self._held.runs.latest()
            if run.status is Status.RUNNING and run.started_at >= since and run.trigger not in ("poll", "backfill")
            if run.heartbeat_at is not None and run.heartbeat_at < until
        ]

    def freshness(self, data_date: date) -> list[DateFreshness]:
        started: dict[str, date] = {}
        for run in self._held.runs.latest():
            started[run.processor] = max(run.started_at.date(), started.get(run.processor, date.min))
        found = []
        for name, processor in self._held.evidence.processors.items():
            seen = self._held.evidence.of(name, data_date, _END_OF_TIME)
            known = (seen.expected, seen.judged_at, seen.filled) if seen is not None else (None, None, None)
            newest = self._held.evidence.newest_load(processor.table)
            found.append(DateFreshness(name, *known, loaded_at=newest, last_run=started.get(name)))
        return found

    def processor_facts(self, zone: ZoneInfo) -> list[ProcessorFacts]:
        game_days = {row["game_date"] for row in self._held.evidence.rows["game_schedule"].values()}
        return processor_facts(self._held.runs.latest(), game_days, zone)

    def load(
        self,
        files: Sequence[Path],
        platform: PlatformFacts,
        hints: Hints,
        now: datetime,  # noqa: ARG002 (of the port; the fake notes no time of loading)
        progress: Progress,
    ) -> LoadReport:
        prints = {path: hashlib.sha256(path.stem.encode() + path.read_bytes()).hexdigest() for path in files}
        fresh = [path for path in files if prints[path] not in self._held.ledger]
        old = [FileReport(path.name, already_loaded=True) for path in files if path not in fresh]
        held = deepcopy(self._held)
        given = {path: read_file(path) for path in sorted(fresh, key=lambda path: STEMS.index(path.stem))}
        reports, warnings = [], []
        new_platform, new_rules = held.platform != platform.fingerprint, held.rules != hints.fingerprint
        run_dates = [run.started_at.date() for run in held.runs.latest()]
        for path, file in given.items():
            progress(f"merging {path.name}", len(file.rows))
            reports.append(_merge(held, path, file, hints))
            warnings += _warnings(path, file)
            known = (row[_KNOWN_BY[path.stem]] or row["completed_at"] or row["started_at"] for row in file.rows)
            held.ledger[prints[path]] = max(known, default=None) if path.stem in _KNOWN_BY else None
            run_dates += [row["data_date"] for row in file.rows if path.stem == "runs"]
        held.evidence.lay_calendar(platform, run_dates, anew=new_platform)
        if new_rules:
            held.runs.hint_again(hints)
        changed = bool(fresh) or new_platform or new_rules or held.document != platform.document
        held.platform, held.rules, held.document = platform.fingerprint, hints.fingerprint, platform.document
        held.warnings.update(warnings)
        self._held = held
        rejected = tuple(row for file in given.values() for row in file.rejected)
        touched_from = datetime.min.replace(tzinfo=UTC) if changed else None
        return LoadReport((*old, *reports), rejected, tuple(warnings), touched_from)

    def rebuild(self) -> int:
        return len(self._held.runs.held)

    def close(self) -> None:
        """Nothing to let go of."""

    def _seen_from(self, window: Window) -> datetime:
        """Exact answers know what was known at their moment, the others everything that is known now."""
        return window.as_of if window.exact else _END_OF_TIME

    def _runs(self, window: Window) -> Iterable[Run]:
        runs = self._held.runs.known(window.as_of) if window.exact else self._held.runs.latest()
        return (run for run in runs if window.since <= run.started_at < window.until)

    def _phase(self, run: Run) -> int | None:
        registered = self._held.evidence.processors.get(run.processor)
        return registered.phase if registered is not None else run.phase

    def _cell(self, run: Run, window: Window) -> RunCount:
        """What the run looks like to classification, once."""
        evidence = self._held.evidence.of(run.processor, run.data_date, self._seen_from(window))
        failed = run.status is Status.FAILED
        hinted, given = run.hinted, Input.UNTRACED
        state = DateState(None, None, judged=False)
        if evidence is not None:
            judged = evidence.judged_at is not None and evidence.judged_at <= window.as_of
            state = DateState(evidence.expected, evidence.filled, judged)
            limit = self._held.evidence.processors[run.processor].timeout_seconds
            over = limit is not None and run.duration is not None and run.duration >= limit
            if failed and run.recorded is None and hinted is None and over:
                hinted = Category.TIMEOUT
            if failed and run.recorded in (None, Category.NO_DATA_AVAILABLE):
                given = evidence.input_at(run.started_at)
        zero = run.status is Status.SUCCESS and run.records == 0
        return RunCount(run.processor, run.phase, run.status, run.recorded, hinted, given, zero, state, 1)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _whole_day(day: date) -> Window:
    since = datetime.combine(day, time(), tzinfo=UTC)
    return Window(since, since + timedelta(days=1), since + timedelta(days=1), 1, exact=False)


def _merge(held: _Held, path: Path, file: ReadFile, hints: Hints) -> FileReport:
    total = len(file.rows)
    if path.stem != "runs":
        added = held.evidence.merge(path.stem, file.rows)
        return FileReport(path.name, total, added=added, unchanged=total - added)
    new, corrected = held.runs.merge(runs_of(file.rows, hints))
    return FileReport(path.name, total, added=new, corrected=corrected, unchanged=total - new - corrected)


def _warnings(path: Path, file: ReadFile) -> list[str]:
    found = [f"{path.stem} has no column {name}: what it tells is not known" for name in file.missing]
    spellings = unknown_spellings(file.rows) if path.stem == "runs" else {}
    return found + [
        f"failure_category {spelling!r} is in no vocabulary: its {runs} failed runs are read as unknown"
        for spelling, runs in spellings.items()
    ]


def _quantiles(found: list[float]) -> tuple[float, float, float]:
    """The exact p50, p95 and p99 by nearest rank."""
    ordered = sorted(found)
    p50, p95, p99 = (ordered[nearest_rank(share, len(ordered))] for share in (0.50, 0.95, 0.99))
    return p50, p95, p99
