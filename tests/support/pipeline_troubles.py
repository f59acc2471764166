"""What can go wrong with one date of the small pipeline, each as one verb."""

from datetime import date, datetime, timedelta

from bot.domain.evidence.observation import RawFile, RunSeen
from bot.domain.evidence.runs import Category, Status
from tests.support.pipeline_days import PipelineDays, later
from tests.support.pipeline_fleet import HEALTHY_SECONDS

RETRY = timedelta(minutes=5)
ERROR = Category.PROCESSING_ERROR


class Incident(PipelineDays):
    """The verbs change what the healthy days have; each can be told of another date than the incident's."""

    def fails(
        self,
        name: str,
        category: Category = ERROR,
        *,
        attempts: int = 3,
        seconds: float = HEALTHY_SECONDS,
        unrecorded: bool = False,
        day: date | None = None,
    ) -> None:
        """Every slot from the first with data on fails, with its retries; the table stays empty."""
        when = day or self.day
        told = {"recorded": None if unrecorded else category, "hinted": category}
        kept = [run for run in self.runs[name, when] if run.started_at < self._first(name, when)]
        failures = [
            self.failed(name, when, start, seconds=seconds, attempt=attempt + 1, **told)
            for slot in self.slots(name, when)
            if slot >= self._first(name, when)
            for attempt in range(attempts)
            for start in [slot + timedelta(seconds=60) + attempt * (RETRY + timedelta(seconds=seconds))]
        ]
        self.without_rows(name, when)
        self.runs[name, when] = kept + failures

    def stumbles(self, name: str, failures: int, *, slot: int = 1, day: date | None = None) -> None:
        """The slot's run fails so often, then its retry succeeds."""
        when = day or self.day
        runs = self.runs[name, when]
        good = runs[slot]
        lost = failures * (RETRY + timedelta(seconds=HEALTHY_SECONDS))
        bad = [
            self.failed(
                name,
                when,
                good.started_at + n * (RETRY + timedelta(seconds=HEALTHY_SECONDS)),
                attempt=n + 1,
                recorded=ERROR,
            )
            for n in range(failures)
        ]
        runs[slot : slot + 1] = [
            *bad,
            later(good, lost)._replace(run_id=f"{good.run_id}r", trigger="retry", attempt=failures + 1),
        ]
        self.loads[name, when] = [
            load._replace(known_at=load.known_at + lost) if load.known_at == good.known_at else load
            for load in self.loads[name, when]
        ]

    def hangs(self, name: str, *, hours: float = 8) -> None:
        """The first run with data stops breathing after 150 s; a janitor closes it hours later. Nothing else runs."""
        slot = self._first(name, self.day)
        hung = self.failed(name, self.day, slot + timedelta(seconds=30), recorded=Category.TIMEOUT)
        kept = [run for run in self.runs[name, self.day] if run.started_at < slot]
        self.without_rows(name, self.day)
        closed = slot + timedelta(hours=hours)
        beat = hung.started_at + timedelta(seconds=150)
        self.runs[name, self.day] = [*kept, hung._replace(ended_at=closed, heartbeat_at=beat, known_at=closed)]

    def finds_nothing(self, name: str, *, masked: bool = False, seconds: float = HEALTHY_SECONDS) -> None:
        """Every slot ends with 0 records (masked: says "no data") and leaves no rows."""
        self.without_rows(name, self.day)

        def empty(run: RunSeen) -> RunSeen:
            taken = self.run(name, self.day, run.started_at, seconds=seconds, records=0)
            if not masked:
                return taken
            return taken._replace(status=Status.FAILED, recorded=Category.NO_DATA_AVAILABLE, records=0)

        self.change(name, self.day, empty)

    def has_no_file(self, source: str, *, size: int | None = None, category: Category = ERROR) -> None:
        """Its scraper fails, its processor finds nothing; `size`: it answers, with so many bytes."""
        came = self.files.pop((source, self.day))[0].known_at
        if size is not None:
            self.files[source, self.day] = [RawFile(source, self.day, size, came)]
        for processor in self.registry.processors:
            if processor.source == source and processor.bigquery_table:
                self.finds_nothing(processor.name, seconds=3)
            elif processor.source == source:
                self.fails(processor.name, category, attempts=2, seconds=30)

    def skips(self, name: str) -> None:
        """From the first slot with data on it skips itself as done, and the table is empty."""
        first = self._first(name, self.day)
        self.without_rows(name, self.day)
        self.change(
            name,
            self.day,
            lambda run: (
                run
                if run.started_at < first
                else self.run(name, self.day, run.started_at, seconds=1, records=0, status=Status.SKIPPED)
            ),
        )

    def does_not_run(self, name: str) -> None:
        self.without_rows(name, self.day)
        self.runs[name, self.day] = []

    def is_late(self, name: str, hours: float) -> None:
        """Every slot runs so much later, and well."""
        by = timedelta(hours=hours)
        self.change(name, self.day, lambda run: later(run, by))
        self.loads[name, self.day] = [load._replace(known_at=load.known_at + by) for load in self.loads[name, self.day]]

    def row_is_late(self, name: str, hours: float) -> None:
        """Its last row with records is written so much later; its table shows the load in time."""
        last = max((run for run in self.runs[name, self.day] if run.records), key=lambda run: run.started_at)
        written = last._replace(known_at=last.known_at + timedelta(hours=hours))
        self.change(name, self.day, lambda run: written if run is last else run)

    def brings_only(self, name: str, share: float) -> None:
        """Each load has this share of its rows."""
        self.loads[name, self.day] = [
            load._replace(rows=round(load.rows * share)) for load in self.loads[name, self.day]
        ]

    def slows(self, name: str, factor: float, *, days: int = 4, most: int | None = None) -> None:
        """Every run with records takes so many times as long, `most` runs at most."""
        left = most if most is not None else 10_000
        for when in (self.day + timedelta(days=n) for n in range(days)):
            for place, run in enumerate(self.runs.get((name, when), [])):
                if run.records and left > 0:
                    left -= 1
                    self.runs[name, when][place] = _stretched(run, factor)

    def forgets_to_count(self, name: str) -> None:
        """The history says 0 records for every run; the rows are there."""
        self.change(name, self.day, lambda run: run._replace(records=0))

    def retries(self, name: str, start: datetime, hours: int, per_hour: int) -> None:
        """So many retry rows an hour, one in three a real failure."""
        for n in range(hours * per_hour):
            begun = start + n * timedelta(hours=1) / per_hour
            category = ERROR if n % 3 == 0 else Category.NO_DATA_AVAILABLE
            run = self.failed(name, begun.date(), begun, seconds=2, attempt=3 + n % 9, recorded=category)
            self.runs.setdefault((name, begun.date()), []).append(run._replace(run_id=f"{run.run_id}.{n}"))

    def _first(self, name: str, day: date) -> datetime:
        """Its first slot with data."""
        frequency = self.registry.by_name[name].expected_frequency
        return self.slots(name, day)[1 if frequency == "post" else 0]


def _stretched(run: RunSeen, factor: float) -> RunSeen:
    seconds = (run.seconds or 0) * factor
    end = run.started_at + timedelta(seconds=seconds)
    return run._replace(seconds=seconds, ended_at=end, heartbeat_at=end, known_at=end + timedelta(seconds=10))
