"""Writes runs and loads of the imagined pipeline: durations, heartbeats, arrival lags and recorded categories."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.worlds.fleet import fleet
from tests.worlds.model import Load, Options, Pieces, Processor, Run
from tests.worlds.season import FIRST_DAY
from tests.worlds.texts import Phrasebook

MIGRATION = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 5, tzinfo=UTC) + timedelta(days=9)
HEARTBEAT = 300
LATE_SHARE = 0.004
UNKNOWN_SHARE = 0.02


def second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


class Recorder:
    """Turns what happened into rows, with the recorded worlds' lags and gaps."""

    def __init__(self, options: Options) -> None:
        self.random = Random(f"{options.seed}:rows")
        self.texts = Phrasebook(options.texts, Random(f"{options.seed}:texts"))
        self.pieces = Pieces()
        names = list(fleet())
        self.unmarked = set(self.random.sample(names, round(len(names) * (0.3 if options.hard else 0.13))))
        self.median = {one.name: one.seconds * self.random.uniform(0.85, 1.15) for one in fleet().values()}

    def seconds(self, processor: Processor, factor: float = 1.0) -> float:
        """A full duration of this processor, times `factor`."""
        spread = 0.43 if processor.frequency == "p5" else 0.24
        return self.median[processor.name] * self.random.lognormvariate(0, spread) * factor

    def brief(self, low: float = 1.0, high: float = 5.0) -> float:
        return self.random.uniform(low, high)

    def lag(self) -> timedelta:
        """Time from completion to the row's arrival in the history."""
        if self.random.random() < LATE_SHARE:
            return timedelta(seconds=self.random.randint(1217, 5400))
        return timedelta(seconds=self.random.randint(1, 20))

    def shown(self, name: str, category: str | None, started: datetime) -> str | None:
        if category is None or started < MIGRATION or name in self.unmarked:
            return None
        return "unknown" if self.random.random() < UNKNOWN_SHARE else category

    def run(
        self,
        processor: Processor,
        day: date,
        started: datetime,
        seconds: float,
        status: str,
        *,
        records: int = 0,
        category: str | None = None,
        text: str | None = None,
        attempt: int = 1,
        trigger: str = "schedule",
    ) -> Run:
        """Record one run and return it; the caller may still change its heartbeat or arrival."""
        started = second(started)
        completed = second(started + timedelta(seconds=seconds))
        beats = int((completed - started).total_seconds()) // HEARTBEAT
        heartbeat = started + timedelta(seconds=beats * HEARTBEAT) if beats else completed
        row = Run(
            processor.name, processor.phase, day, started, completed, status, records, round(seconds, 1), category,
            self.shown(processor.name, category, started), text, attempt, trigger, heartbeat, completed + self.lag(),
        )  # fmt: skip
        self.pieces.runs.append(row)
        return row

    def fail(
        self,
        processor: Processor,
        day: date,
        started: datetime,
        seconds: float,
        category: str,
        *,
        key: str | None = None,
        attempt: int = 1,
        trigger: str = "schedule",
        parent: str = "",
    ) -> Run:
        """Record a failed run of this true category; `key` picks the text, by default the category's own."""
        text = self.texts.say(
            key or category, day=day, source=processor.source or "internal", attempt=attempt, parent=parent
        )
        return self.run(
            processor, day, started, seconds, "failed", category=category, text=text, attempt=attempt, trigger=trigger
        )

    def skip(self, processor: Processor, day: date, started: datetime, key: str) -> Run:
        return self.run(processor, day, started, self.brief(0.5, 2.0), "skipped", text=self.texts.say(key, day=day))

    def load(self, processor: Processor, day: date, rows: int, when: datetime) -> Load | None:
        """Record the table's state after a load; scrapers have no table."""
        if processor.table is None:
            return None
        entry = Load(processor.table, day, rows, second(when))
        self.pieces.loads.append(entry)
        return entry
