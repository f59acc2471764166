"""One processor's data date, slot by slot: what a healthy pipeline does, and where faults bend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.worlds.clock import slots
from tests.worlds.conditions import Conditions
from tests.worlds.model import Fault, Load, Options, Processor, Run
from tests.worlds.recorder import Recorder
from tests.worlds.season import Season
from tests.worlds.sick import SICK

RETRY = timedelta(seconds=300)
SHAPES = ("tracking_bug", "partial_coverage", "thin_coverage", "early_partial")
SLOW = ("perf_degradation", "slow_drift", "mild_slowdown")
HICCUPS = ("self_healed_transient", "tiny_sample_fluke", "two_failures_then_success", "small_storm")


@dataclass
class Date:
    """Progress of one processor's date: `whole` is the row count once all is there."""

    processor: Processor
    day: date
    whole: int
    done: bool = False
    loaded: int = 0
    final: Load | None = None
    started: datetime | None = None


class Pipeline:
    """Runs every processor of a date; `ready` tells dependents when a table got its rows."""

    def __init__(self, options: Options, season: Season, conditions: Conditions, recorder: Recorder) -> None:
        self.season = season
        self.conditions = conditions
        self.out = recorder
        self.random = recorder.random
        self.noise = 0.02 if options.hard else 0.009
        self.ready: dict[tuple[str, date], datetime] = {}

    def run_date(self, processor: Processor, day: date) -> None:
        """All scheduled runs of the processor for the data date."""
        state = Date(processor, day, self._whole(processor, day))
        moments = slots(processor, day)
        late = self.conditions.dated(processor.name, day, "sla_miss")
        if late:
            moments = [moment + late.shift for moment in moments]
            before = len(self.out.pieces.runs)
        fault = self.conditions.dated(processor.name, day, *SICK)
        if fault:
            SICK[fault.kind](self, state, moments, fault)
        else:
            for moment in moments:
                self.slot(state, moment)
        if late:
            late.rows += self.out.pieces.runs[before:]
        if state.final is not None and state.started is not None and state.processor.frequency == "post":
            state.final.at = state.started

    def _whole(self, processor: Processor, day: date) -> int:
        spread = 0.022 if processor.phase < 3 else 0.03
        if not processor.per_game:
            return round(processor.typical * self.random.gauss(1, 0.012))
        games = self.season.count(day)
        share = min(1.09, max(0.91, self.random.gauss(1, spread)))
        whole = round(processor.typical * games * share)
        return max(1, whole) if games and processor.typical else whole

    def start(self, moment: datetime) -> datetime:
        return moment + timedelta(seconds=self.random.randint(0, 239))

    def slot(self, state: Date, moment: datetime) -> None:
        """One scheduled run, with whatever follows from it."""
        processor, day, started = state.processor, state.day, self.start(moment)
        outage = self.conditions.clocked(processor.name, started, "alert_storm", "maintenance")
        spike = self.conditions.clocked(processor.name, started, "failure_spike")
        if outage:
            outage.rows += self.thrice(state, started, "processing_error", key="outage")
        elif spike and spike.window and (started - spike.window[0]) // timedelta(hours=1) in spike.hours:
            self._spike(state, started, spike)
        elif processor.per_game and not self.season.count(day):
            self._off(state, started)
        elif processor.depends and (parent := self._missing(state, started)):
            self.out.fail(processor, day, started, self.out.brief(2, 8), "upstream_failure", parent=parent)
        elif state.done:
            self.out.skip(processor, day, started, "complete")
        elif not self._hiccup(state, started):
            self.work(state, started)

    def _missing(self, state: Date, started: datetime) -> str | None:
        for parent in state.processor.depends:
            ready = self.ready.get((parent, state.day))
            if ready is None or ready > started:
                return parent
        return None

    def _off(self, state: Date, started: datetime) -> None:
        if state.processor.phase >= 3:
            self.out.skip(state.processor, state.day, started, "no_games")
        else:
            self.empty(state, started)

    def empty(self, state: Date, started: datetime) -> Run:
        """A short run that finds nothing: most say so, the others claim success."""
        processor = state.processor
        seconds = self.out.seconds(processor) if processor.scraper else self.out.brief()
        if self.random.random() < 0.58:
            return self.out.fail(processor, state.day, started, seconds, "no_data_available")
        return self.out.run(processor, state.day, started, seconds, "success")

    def thrice(self, state: Date, started: datetime, category: str, key: str | None = None) -> list[Run]:
        """A scheduled failure and its two retries, each 300 s after the last."""
        rows = []
        for attempt in (1, 2, 3):
            trigger = "schedule" if attempt == 1 else "retry"
            seconds = self.out.seconds(state.processor)
            rows.append(
                self.out.fail(
                    state.processor, state.day, started, seconds, category, key=key, attempt=attempt, trigger=trigger
                )
            )
            started = rows[-1].completed + RETRY
        return rows

    def _spike(self, state: Date, started: datetime, spike: Fault) -> None:
        draw = self.random.random()
        if draw < 0.35:
            spike.rows += self.thrice(state, started, "processing_error")
            return
        row = self.out.fail(state.processor, state.day, started, self.out.seconds(state.processor), "processing_error")
        spike.rows.append(row)
        if draw < 0.8 and self.season.count(state.day):
            self.work(state, row.completed + RETRY)

    def _hiccup(self, state: Date, started: datetime) -> bool:
        """A failure that heals by its retry, now and then or because a silent fault asks for it."""
        processor, day = state.processor, state.day
        if processor.sporadic or not self._due(state, started):
            return False
        asked = self.conditions.dated(processor.name, day, *HICCUPS)
        if asked and not asked.rows:
            twice = asked.kind in ("two_failures_then_success", "small_storm") or self.random.random() < 0.25
        elif self.random.random() < self.noise:
            twice = self.random.random() < 0.25
        else:
            return False
        key = "outage" if asked and asked.kind == "small_storm" else None
        rows = [self.out.fail(processor, day, started, self.out.seconds(processor), "processing_error", key=key)]
        if twice:
            again = rows[0].completed + RETRY
            seconds = self.out.seconds(processor)
            rows.append(
                self.out.fail(processor, day, again, seconds, "processing_error", key=key, attempt=2, trigger="retry")
            )
        if asked:
            asked.rows += rows
        self.work(state, rows[-1].completed + RETRY * len(rows), attempt=2, trigger="retry")
        return True

    def _due(self, state: Date, started: datetime) -> bool:
        """Whether this run would find data: the early slot of a post-game processor does not."""
        return state.processor.frequency != "post" or self.available(state, started) > 0

    def available(self, state: Date, started: datetime) -> int:
        """Rows the source can give now: by final games for post-game processors, else all of them."""
        if state.processor.frequency != "post":
            return state.whole
        games = self.season.games[state.day]
        final = sum(game.final <= started for game in games)
        return round(state.whole * final / len(games)) if games else 0

    def work(self, state: Date, started: datetime, attempt: int = 1, trigger: str = "schedule") -> None:
        """A run that loads what there is."""
        processor, day = state.processor, state.day
        rows = self.available(state, started)
        if processor.scraper:
            records = sum(game.final <= started for game in self.season.games[day])
            if processor.frequency == "scrape_pre":
                records = self.season.count(day)
            self.out.run(processor, day, started, self._pace(state, started), "success", records=records)
            return
        if rows == 0 or (processor.sporadic and self.random.random() < 0.97):
            self.out.run(processor, day, started, self.out.brief(1, 4), "success")
            return
        complete = rows == state.whole
        shape = self.conditions.dated(processor.name, day, *SHAPES)
        rows = self._shaped(state, rows, shape)
        run = self.out.run(
            processor, day, started, self._pace(state, started), "success",
            records=0 if shape and shape.kind == "tracking_bug" else rows, attempt=attempt, trigger=trigger,
        )  # fmt: skip
        if shape:
            shape.rows.append(run)
        self._after(state, run, rows, complete)

    def _shaped(self, state: Date, rows: int, shape: Fault | None) -> int:
        if state.processor.frequency == "hourly":
            rows = max(1, state.processor.typical * self.season.count(state.day) // 4)
        if shape and shape.kind in ("partial_coverage", "thin_coverage"):
            expected = state.processor.typical * self.season.count(state.day)
            return max(1, round(expected * shape.factor * rows / state.whole))
        if shape and shape.kind == "early_partial" and rows < state.whole:
            return max(1, round(rows * shape.factor))
        return rows

    def _pace(self, state: Date, started: datetime) -> float:
        """Duration of a full run, slowed by whatever is in force."""
        processor, day = state.processor, state.day
        alive = self.conditions.dated(processor.name, day, "long_but_alive")
        if alive and not alive.rows:
            return alive.factor * self.random.uniform(0.97, 1.0)
        seconds = self.out.seconds(processor)
        slow = self.conditions.clocked(processor.name, started, *SLOW)
        if slow:
            spread = 0.0 if slow.kind != "perf_degradation" else 0.1
            seconds *= slow.factor * self.random.lognormvariate(0, spread)
        once = self.conditions.dated(processor.name, day, "one_off_slow_run")
        if once and not once.rows:
            seconds *= once.factor
        return seconds

    def _after(self, state: Date, run: Run, rows: int, complete: bool) -> None:
        """Loads, readiness and the faults that follow a run which had data."""
        processor, day = state.processor, state.day
        for fault in (
            self.conditions.clocked(processor.name, run.started, *SLOW),
            self.conditions.dated(processor.name, day, "long_but_alive"),
            self.conditions.dated(processor.name, day, "one_off_slow_run"),
            self.conditions.dated(processor.name, day, "late_arriving_row"),
        ):
            if fault:
                if fault.kind == "late_arriving_row" and not fault.rows:
                    run.inserted = run.completed + fault.shift
                fault.rows.append(run)
        state.loaded = state.loaded + rows if processor.frequency == "hourly" else rows
        loaded_at = run.started + timedelta(seconds=60) if processor.frequency == "post" else run.completed
        state.final, state.started = self.out.load(processor, day, state.loaded, loaded_at), run.completed
        state.done = complete and processor.frequency not in ("hourly", "pre", "daily")
        self.ready.setdefault((processor.name, day), run.completed)
