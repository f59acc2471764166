"""The pollers' endless attempts: flat over the day, a burst on Monday 00 to 03 UTC, and the retry storm in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from tests.worlds.clock import at
from tests.worlds.conditions import Conditions
from tests.worlds.fleet import POLLERS, fleet
from tests.worlds.model import Fault, Options, Processor
from tests.worlds.recorder import Recorder
from tests.worlds.season import Season

OFFSETS = (-1, 0, 1, 2)
SHARES = (5, 79, 11, 5)
BURST_POLLS = 8.0  # extra polls in a Monday hour, in ordinary hours' polls
BURST_RETRIES = 3.3
STORM_UNIT = 13.3  # rows of an ordinary Monday hour, in ordinary hours' polls


class Pollers:
    """Generates the polls of every poller for one ET day, and one Monday's burst."""

    def __init__(self, options: Options, season: Season, conditions: Conditions, recorder: Recorder) -> None:
        self.season = season
        self.conditions = conditions
        self.out = recorder
        self.random = recorder.random
        self.volume = options.volume
        self.outage_share = 0.6 if options.hard else 0.37

    def day(self, day: date) -> None:
        """The polls of one ET day."""
        begin, end = at(day, 0), at(day + timedelta(days=1), 0)
        seconds = (end - begin).total_seconds()
        for name, rate in POLLERS.items():
            for _ in range(self._count(rate * self.volume * seconds / 86400)):
                moment = begin + timedelta(seconds=self.random.random() * seconds)
                self.poll(fleet()[name], day, moment)

    def _count(self, mean: float) -> int:
        return max(0, round(self.random.gauss(mean, mean**0.5)))

    def poll(self, processor: Processor, today: date, moment: datetime) -> None:
        """One poll for a date near today: nearly always there is nothing."""
        day = today + timedelta(days=self.random.choices(OFFSETS, SHARES)[0])
        outage = self.conditions.clocked(processor.name, moment, "alert_storm")
        if outage and self.random.random() < self.outage_share:
            attempt = self.random.randint(2, 5)
            seconds = self.out.brief(0.5, 4)
            outage.rows.append(
                self.out.fail(
                    processor, day, moment, seconds, "processing_error", key="outage", attempt=attempt, trigger="poll"
                )
            )
            return
        records = self._found(processor, day)
        if records is None:
            self.out.fail(processor, day, moment, self.out.brief(0.3, 3), "no_data_available", trigger="poll")
        else:
            self.out.run(processor, day, moment, self.out.brief(1, 6), "success", records=records, trigger="poll")

    def _found(self, processor: Processor, day: date) -> int | None:
        games, draw = self.season.count(day), self.random.random()
        if not games:
            return None
        if processor.frequency == "hourly":
            return processor.typical * games // 4 if draw < 0.076 else None
        if processor.frequency == "roster":
            return self.random.randint(1, 20) if draw < 0.02 else None
        return 0 if draw < (0.002 if processor.source == "nbac_gamebook" else 0.007) else None

    def monday(self, monday: date, factor: float, storm: Fault | None) -> None:
        """The burst of one Monday, `factor` times its usual size, or as a retry storm `storm.factor` times."""
        ordinary = sum(POLLERS.values()) * self.volume / 24
        for hour in range(3):
            begin = datetime.combine(monday, time(hour), UTC)
            self._burst(begin, BURST_POLLS * ordinary * factor, retries=False, storm=None)
            self._burst(begin, BURST_RETRIES * ordinary * factor, retries=True, storm=storm)
            if storm:
                extra = STORM_UNIT * ordinary * (storm.factor - 1)
                self._burst(begin, extra, retries=True, storm=storm)

    def _burst(self, begin: datetime, mean: float, *, retries: bool, storm: Fault | None) -> None:
        names, weights = list(POLLERS), list(POLLERS.values())
        sunday = (begin - timedelta(hours=5)).date()
        for name in self.random.choices(names, weights, k=self._count(mean)):
            moment = begin + timedelta(seconds=self.random.random() * 3600)
            if not retries:
                self.poll(fleet()[name], sunday, moment)
                continue
            day = sunday + timedelta(days=self.random.choices(OFFSETS, SHARES)[0])
            attempt, real = self.random.randint(3, 13), self.random.random() < 0.41
            category, key = ("processing_error", "rate") if real else ("no_data_available", "no_data_available")
            row = self.out.fail(
                fleet()[name], day, moment, self.out.brief(0.3, 2), category, key=key, attempt=attempt, trigger="retry"
            )
            if storm and real:
                storm.rows.append(row)
