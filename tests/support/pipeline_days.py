"""A small pipeline: healthy days by default, whose rows may then be replaced by what goes wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random

from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.evidence.observation import Game, Observed, RawFile, RunSeen, TableLoad
from bot.domain.evidence.runs import Category, Status
from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Kind, Processor, Registry
from tests.support.pipeline_fleet import GAMES, HEALTHY_SECONDS, SHARES, fleet

DAY = date(2026, 1, 15)
"""The date of the incident unless told otherwise: a Thursday in winter."""
BEFORE, AFTER = 14, 2
"""Healthy days before the incident's, and days after it."""
Key = tuple[str, date]
EARLY = {"post": 1}
"""A post-game processor's first slot lies before any game has ended."""


class PipelineDays:
    """Rows of every (processor, date), healthy at first. What is done to a date replaces its rows."""

    def __init__(self, day: date = DAY, *, off: Iterable[date] = (), before: int = BEFORE) -> None:
        self.day = day
        self.registry = fleet()
        self.dates = [day + timedelta(days=offset) for offset in range(-before, AFTER + 1)]
        self.off = frozenset(off)
        self.runs: dict[Key, list[RunSeen]] = {}
        self.loads: dict[Key, list[TableLoad]] = {}
        self.files: dict[Key, list[RawFile]] = {}
        self.windows: list[PlannedWindow] = []
        for when in self.dates:
            for processor in self.registry.processors:
                self._healthy(processor, when)

    def observed(self) -> Observed:
        """Everything that became known, as the warehouse would tell it."""
        games = [Game(day, slot_instant(day, 22.5, self.registry.zone)) for day in self.dates if self.games(day)]
        return Observed(
            runs=tuple(run for runs in self.runs.values() for run in runs),
            loads=tuple(load for loads in self.loads.values() for load in loads),
            files=tuple(file for files in self.files.values() for file in files),
            games=tuple(game for game in games for _ in range(GAMES)),
            windows=tuple(self.windows),
        )

    def games(self, day: date) -> int:
        return 0 if day in self.off else GAMES

    def slots(self, name: str, day: date | None = None) -> list[datetime]:
        hours = self.registry.by_name[name].schedule_hours_et
        return [slot_instant(day or self.day, hour, self.registry.zone) for hour in hours]

    def amend(self, name: str, **changed: object) -> None:
        """Other fields in the registry's entry of a processor."""
        known = self.registry.processors
        amended = tuple(each.model_copy(update=changed) if each.name == name else each for each in known)
        self.registry = Registry(processors=amended)

    def change(self, name: str, day: date, changed: Callable[[RunSeen], RunSeen | None]) -> None:
        """Replace each run of the date; None removes it."""
        self.runs[name, day] = [run for old in self.runs[name, day] if (run := changed(old)) is not None]

    def without_rows(self, name: str, day: date) -> None:
        """The date's table stays empty, and with it all that depends on it."""
        self.loads[name, day] = []
        for below in Lineage(self.registry).down(name):
            self.loads[below, day] = []
            self.runs[below, day] = [
                self.failed(below, day, slot, seconds=4, recorded=Category.UPSTREAM_FAILURE)
                for slot in self.slots(below, day)
            ]

    def run(
        self, name: str, day: date, start: datetime, *, seconds: float, records: int, status: Status = Status.SUCCESS
    ) -> RunSeen:
        """A run of the schedule, with a heartbeat to its end and its row written ten seconds later."""
        end = start + timedelta(seconds=seconds)
        return RunSeen(
            run_id=f"{name}:{day}:{start:%d%H%M%S}",
            processor=name,
            data_date=day,
            started_at=start,
            ended_at=end,
            status=status,
            recorded=None,
            hinted=None,
            records=records,
            seconds=seconds,
            attempt=1,
            trigger="schedule",
            heartbeat_at=end,
            known_at=end + timedelta(seconds=10),
        )

    def failed(
        self,
        name: str,
        day: date,
        start: datetime,
        *,
        seconds: float | None = None,
        attempt: int = 1,
        recorded: Category | None = None,
        hinted: Category | None = None,
    ) -> RunSeen:
        taken = seconds if seconds is not None else HEALTHY_SECONDS
        run = self.run(name, day, start, seconds=taken, records=0, status=Status.FAILED)
        trigger = "schedule" if attempt == 1 else "retry"
        return run._replace(recorded=recorded, hinted=hinted, attempt=attempt, trigger=trigger)

    def _healthy(self, processor: Processor, day: date) -> None:
        key, frequency = (processor.name, day), processor.expected_frequency or ""
        due = processor.expected_records.per_game is False or bool(self.games(day))
        self.runs[key], self.loads[key] = [], []
        shares = SHARES[frequency] if due else ()
        chance = Random(f"{processor.name} {day}")
        rows = round((processor.expected_records.typical or 0) * (GAMES if processor.expected_records.per_game else 1))
        for place, slot in enumerate(self.slots(processor.name, day)):
            start = slot + timedelta(seconds=chance.randrange(20, 200))
            if not due:
                self.runs[key].append(self._idle(processor, day, start))
            elif shares[place] == (shares[place - 1] if place else 0):
                idle = Status.SUCCESS if place < EARLY.get(frequency, 0) else Status.SKIPPED
                self.runs[key].append(self.run(*key, start, seconds=2, records=0, status=idle))
            else:
                total = round(shares[place] * rows)
                run = self.run(*key, start, seconds=HEALTHY_SECONDS * exp(chance.gauss(0, 0.2)), records=total)
                self.runs[key].append(run)
                if processor.bigquery_table:
                    self.loads[key].append(TableLoad(processor.bigquery_table, day, total, run.known_at))
        if due and processor.source and processor.kind is not Kind.SCRAPER:
            self._file(processor, day)
        if processor.polling:
            self._polls(processor, day)

    def _idle(self, processor: Processor, day: date, start: datetime) -> RunSeen:
        """On a date without data a processor finds nothing, and what comes after it skips itself."""
        if (processor.phase or 0) > 2:
            return self.run(processor.name, day, start, seconds=2, records=0, status=Status.SKIPPED)
        return self.failed(processor.name, day, start, seconds=2, recorded=Category.NO_DATA_AVAILABLE)

    def _file(self, processor: Processor, day: date) -> None:
        early = EARLY.get(processor.expected_frequency or "", 0)
        came = self.slots(processor.name, day)[early] - timedelta(minutes=15)
        self.files[processor.source or "", day] = [RawFile(processor.source or "", day, 5_000, came)]

    def _polls(self, processor: Processor, day: date) -> None:
        """A poll every half hour that finds nothing."""
        midnight = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        for half_hour in range(48):
            start = midnight + timedelta(minutes=30 * half_hour + 7)
            poll = self.failed(processor.name, day, start, seconds=2, recorded=Category.NO_DATA_AVAILABLE)
            self.runs[processor.name, day].append(poll._replace(trigger="poll"))

    def announced(self, names: Sequence[str], start: datetime, hours: float, kind: str = "maintenance") -> None:
        """A planned window, announced a day before."""
        end = start + timedelta(hours=hours)
        self.windows.append(
            PlannedWindow(
                kind=kind, processors=tuple(names), start=start, end=end, announced_at=start - timedelta(days=1)
            )
        )


def later(run: RunSeen, by: timedelta) -> RunSeen:
    """The same run, everything of it so much later."""
    return run._replace(
        started_at=run.started_at + by,
        ended_at=run.ended_at + by if run.ended_at else None,
        heartbeat_at=run.heartbeat_at + by if run.heartbeat_at else None,
        known_at=run.known_at + by,
    )


def only(observed: Observed, *, known_by: datetime) -> Observed:
    """The same world at a moment: rows written later do not exist, those of runs under way tell their start only."""
    kept = [run for run in observed.runs if run.known_at <= known_by or run.started_at <= known_by]
    return replace(
        observed,
        runs=tuple(kept),
        loads=tuple(load for load in observed.loads if load.known_at <= known_by),
        files=tuple(file for file in observed.files if file.known_at <= known_by),
    )
