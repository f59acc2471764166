"""The warehouse port over any engine: parameters in, domain values out."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.adapters.warehouse import daily, marks
from bot.adapters.warehouse.custom_query import day_values
from bot.adapters.warehouse.dates_of_runs import dates_started
from bot.adapters.warehouse.draft_facts import processor_facts
from bot.adapters.warehouse.engine import Engine, NeedsRoom, Parameters
from bot.adapters.warehouse.health_rows import example_of, failed_group, parameters_of, run_count
from bot.adapters.warehouse.limits import is_large
from bot.adapters.warehouse.live_health import LiveHealth
from bot.adapters.warehouse.observed import observed, observed_dates
from bot.adapters.warehouse.settled import FOREVER, Settled
from bot.adapters.warehouse.sights import FEEDS
from bot.adapters.warehouse.sql_text import query_named
from bot.adapters.warehouse.traced import TracingEngine
from bot.adapters.warehouse.unmatched import doubts
from bot.domain.errors import WarehouseUnavailable
from bot.domain.evidence.answers import END_OF_TIME
from bot.domain.evidence.expectation import SMALLEST_FILE, Evidence, PlannedWindow
from bot.domain.evidence.feeds import FeedGap
from bot.domain.evidence.freshness import DateFreshness, Held
from bot.domain.evidence.known import Gap
from bot.domain.evidence.observation import Asked, DateSpan, Observed
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.evidence.runs import InputKind
from bot.domain.evidence.unmatched import NAMES
from bot.domain.health.baselines import DayCount, DaySketch
from bot.domain.health.early_warnings import SilentRun
from bot.domain.health.missing import DueOutcome, MissingDate
from bot.domain.health.model import DueDates, Durations, RunCount, Window
from bot.domain.health.noise import FailedGroup
from bot.domain.health.trends import DayDurations, FailedHour
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.reports.cost import RunTimes, Use
from bot.domain.reports.named_objectives import DayValues
from bot.domain.slo import CustomQuery
from bot.ports.warehouse import (
    AskedQuery,
    DataFile,
    GivenTable,
    Hints,
    History,
    LoadReport,
    Progress,
    SourceMark,
    SourceRead,
    Warehouse,
)

if TYPE_CHECKING:
    from bot.adapters.warehouse.loading import Loader

OLDEST_DATE = timedelta(days=366)
"""Runs of a month are for data dates within so many days of it: BigQuery reads no more."""


class SqlWarehouse:
    """Implements `bot.ports.warehouse.Warehouse`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._settled = Settled(keeps=engine.sole_writer)
        self._live = LiveHealth(engine, self._settled)

    @cached_property
    def _loader(self) -> "Loader":
        from bot.adapters.warehouse.loading import Loader

        return Loader(self._engine)

    def only_while(self, may: Callable[[], bool]) -> None:
        self._engine.only_while(may)

    def history(self) -> History:
        return self._settled.get("history", FOREVER, self._history)

    def _history(self) -> History:
        ((runs, first, known, calendar, last_start, first_date),) = self._engine.rows("history")
        rejected = tuple(_rejected(row) for row in self._engine.rows("rejected"))
        facts = self._engine.rows("warnings")
        warnings, unmatched = tuple(text for _, text in facts), tuple(text for name, text in facts if name in NAMES)
        gaps = tuple(FeedGap(FEEDS[kind], Gap(*gap)) for kind, *gap in self._engine.rows("gaps"))
        told = (*rejected, *warnings)
        return History(runs, first, known, calendar, told, rejected, last_start, first_date, gaps, unmatched)

    def platform_document(self) -> str | None:
        return dict(self._engine.rows("facts")).get("registry")

    def health_counts(self, window: Window) -> list[RunCount]:
        if not window.exact:
            return self._live.counts(window)
        return [run_count(row) for row in self._engine.rows("health_counts_as_of", self._as_of(window))]

    def health_durations(self, window: Window) -> list[Durations]:
        if not window.exact:
            return self._live.durations(window)
        rows = self._engine.rows("health_durations_as_of", self._as_of(window))
        return [Durations(name, phase, *values) for phase, name, *values in rows]

    def _as_of(self, window: Window) -> Parameters:
        return {**parameters_of(window), **dates_started(self._engine, window.since, window.until)}

    def health_due(self, window: Window) -> list[DueDates]:
        if not window.exact:
            return self._live.due(window)
        return [DueDates(*row) for row in self._engine.rows("health_due_live", parameters_of(window))]

    def missing_dates(self, window: Window) -> list[MissingDate]:
        if not window.exact:
            return self._live.missing(window)
        return [MissingDate(*row) for row in self._engine.rows("missing_dates", parameters_of(window))]

    def outcomes(self, window: Window) -> list[DueOutcome]:
        return self._live.outcomes(window)

    def failed_hours(self, window: Window) -> list[FailedHour]:
        def ask() -> list[FailedHour]:
            return [FailedHour(*row) for row in self._engine.rows("failed_hours", parameters_of(window))]

        return self._settled.get(("failed_hours", window.since, window.until), window.until, ask)

    def failed_groups(self, window: Window) -> list[FailedGroup]:
        def ask() -> list[FailedGroup]:
            return [failed_group(row) for row in self._engine.rows("failed_groups", parameters_of(window))]

        if window.exact:
            return ask()
        key = ("failed_groups", window.since, window.until, self._live.judgement(window.as_of))
        return self._settled.get(key, window.until, ask)

    def start_hours(self, since: datetime, until: datetime) -> list[datetime]:
        return [hour for (hour,) in self._engine.rows("start_hours", {"since": since, "until": until})]

    def daily_durations(self, window: Window) -> list[DayDurations]:
        return daily.durations(self._engine, window)

    def daily_sketches(self, window: Window) -> list[DaySketch]:
        key = ("daily sketches", window.since, window.until)
        return self._settled.get(key, window.until, lambda: daily.sketches(self._engine, window))

    def daily_counts(self, window: Window) -> list[DayCount]:
        key = ("daily counts", window.since, window.until, self._live.judgement(window.as_of))
        return self._settled.get(key, window.until, lambda: daily.counts(self._engine, window))

    def active_hours(self, window: Window) -> Mapping[str, int]:
        key = ("active hours", window.since, window.until)
        return self._settled.get(key, window.until, lambda: daily.active_hours(self._engine, window))

    def run_times(self, window: Window) -> list[RunTimes]:
        first, last = window.since.date() - OLDEST_DATE, window.until.date() + OLDEST_DATE
        rows = self._engine.rows("run_times", {**parameters_of(window), "first_date": first, "last_date": last})
        return [RunTimes(name, Use(use), *figures) for name, use, *figures in rows]

    def day_values(self, query: CustomQuery, first: date, last: date) -> list[DayValues]:
        return day_values(query, self._engine.select(query, {"since": first, "until": last}))

    def explain(self, query: CustomQuery, first: date, last: date) -> None:
        self._engine.explain(query, {"since": first, "until": last})

    def evidence(self, processor: str, first: date, last: date, as_of: datetime) -> list[Evidence]:
        parameters: Parameters = {
            "processor": processor,
            "first_date": first,
            "last_date": last,
            "as_of": as_of,
            "smallest_file": SMALLEST_FILE,
        }
        windows = map(_window, self._engine.rows("windows_of", {"as_of": as_of}))
        mine = tuple(window for window in windows if processor in window.processors)
        return [_evidence(row, as_of, mine) for row in self._engine.rows("evidence_of", parameters)]

    def observed(self, since: datetime, until: datetime, polls_since: datetime | None = None) -> Observed:
        windows = tuple(map(_window, self._engine.rows("windows_of", {"as_of": until})))
        return observed(self._engine, since, until, polls_since or since, windows)

    def observed_dates(self, dates: DateSpan, loads_from: date, as_of: datetime, of: Asked | None = None) -> Observed:
        windows = tuple(map(_window, self._engine.rows("windows_of", {"as_of": as_of})))
        return observed_dates(self._engine, dates, loads_from, as_of, windows, of)

    def zero_record_runs(self, last: date) -> list[tuple[str, date, int]]:
        return [(name, day, runs) for name, day, runs in self._engine.rows("zero_record_runs", {"last_date": last})]

    def silent_runs(self, since: datetime, until: datetime) -> list[SilentRun]:
        asked: Parameters = {"since": since, "until": until, **dates_started(self._engine, since, END_OF_TIME)}
        return [SilentRun(*row) for row in self._engine.rows("silent_runs", asked)]

    def freshness(self, data_date: date, as_of: datetime) -> list[DateFreshness]:
        def ask() -> list[DateFreshness]:
            asked: Parameters = {"data_date": data_date, "as_of": as_of}
            return [DateFreshness(*row) for row in self._engine.rows("freshness", asked)]

        return self._settled.get(("freshness", data_date, self._live.judgement(as_of)), FOREVER, ask)

    def emptied(self, data_date: date, as_of: datetime) -> list[Held]:
        return [Held(*row) for row in self._engine.rows("emptied", {"data_date": data_date, "as_of": as_of})]

    def processors_seen(self) -> list[str]:
        return self._settled.get(
            ("processors",), FOREVER, lambda: [name for (name,) in self._engine.rows("processors_seen")]
        )

    def never_seen(self) -> list[str]:
        return self._settled.get(
            ("never seen",), FOREVER, lambda: [name for (name,) in self._engine.rows("never_seen")]
        )

    def traces(self) -> tuple[frozenset[str], frozenset[str]]:
        def ask() -> tuple[frozenset[str], frozenset[str]]:
            rows = self._engine.rows("sights")
            tables, sources = (frozenset(name for each, name, _ in rows if each == kind) for kind in FEEDS)
            return tables, sources

        return self._settled.get(("traces",), FOREVER, ask)

    def processor_facts(self) -> list[ProcessorFacts]:
        return processor_facts(self._engine)

    def doubts(self, platform: PlatformFacts) -> list[str]:
        return doubts(self._engine, platform)

    def load(
        self,
        files: Sequence[DataFile | GivenTable],
        platform: PlatformFacts,
        hints: Hints,
        now: datetime,
        progress: Progress,
        mark: SourceMark | None = None,
    ) -> LoadReport:
        given = files, platform, hints, now, progress, mark
        try:
            try:
                report = self._loader.load(*given, large=is_large(files))
            except NeedsRoom:
                report = self._loader.load(*given)
        except WarehouseUnavailable:
            self._settled.forget(datetime.min.replace(tzinfo=UTC))  # whether it was committed is not known
            raise
        if report.touched_from is not None:
            self._settled.forget(report.touched_from)
        return report

    def source_marks(self) -> dict[str, SourceMark]:
        return marks.source_marks(self._engine)

    def source_reads(self) -> dict[str, SourceRead]:
        return marks.source_reads(self._engine)

    def remember_read(self, read: SourceRead) -> None:
        marks.remember_read(self._engine, read)

    def traced(self) -> tuple[Warehouse, list[AskedQuery]]:
        engine = TracingEngine(self._engine)
        return SqlWarehouse(engine), engine.asked

    def query(self, name: str, as_of: datetime, processor: str) -> AskedQuery:
        known = query_named(name)
        return AskedQuery(known, self._engine.pasteable(known, example_of(as_of, processor)))

    def rebuild(self) -> int:
        self._settled.forget(datetime.min.replace(tzinfo=UTC))
        return self._loader.rebuild()

    def close(self) -> None:
        self._engine.close()


def _rejected(row: tuple[Any, ...]) -> str:
    file, rows, last_load, number, reason = row
    were = "1 row was" if rows == 1 else f"{rows:,} rows were"
    said = f"{were} rejected, the last on {last_load:%Y-%m-%d} (row {number}: {reason})"
    return f"{file}: {said}: answers may lack them"


def _window(row: tuple[Any, ...]) -> PlannedWindow:
    kind, processors, start, end, announced_at, note = row
    names = json.loads(processors) if processors.startswith("[") else processors.split(",")
    return PlannedWindow(
        kind=kind,
        processors=tuple(str(name).strip() for name in names),
        start=start,
        end=end,
        announced_at=announced_at,
        note=note or "",
    )


def _evidence(row: tuple[Any, ...], as_of: datetime, windows: tuple[PlannedWindow, ...]) -> Evidence:
    name, day, judged, settled, games, final, expected, first_file, empty, rows, filled, partial, kind, *when = row
    return Evidence(
        processor=name,
        data_date=day,
        as_of=as_of,
        expected=expected,
        games=games,
        games_final=int(final),
        judged_at=judged,
        settled_at=settled,
        first_file_at=first_file,
        empty_file=empty,
        rows=rows,
        filled=filled,
        partial=partial,
        input_kind=InputKind(kind),
        input_ready_at=when[0],
        emptied_at=when[1],
        windows=windows,
    )
