"""Troubles that go by time and not by data date: how one processor after the other has run of late."""

from collections.abc import Callable, Container, Iterable, Iterator, Set
from datetime import date, datetime, timedelta
from functools import partial
from itertools import takewhile

from bot.domain.detection import pace, passed_slots, polls, spikes, stale, storms
from bot.domain.detection.consecutive import ConsecutiveFailures
from bot.domain.detection.looks import Looks
from bot.domain.detection.silence import Silence
from bot.domain.detection.skipped_slots import SkippedSlots
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.expectation import Expects, expectation
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.missed_slots import has_slots_to_miss
from bot.domain.evidence.observation import Event, RunSeen, Started
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import POLLS, Category, Status, Trigger
from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.registry import Kind, Processor, UnregisteredProcessor

OFTEN = timedelta(hours=3)
"""What runs more seldom ends with a date by chance."""


class ByProcessor:
    """`real` gives the category of a real failure, `ignored` tells runs that another trouble explains; `dates` are a
    processor's dates of late for which nothing upstream is missing; a recorded history ends at `ends_at`.
    """

    def __init__(
        self,
        history: PipelineHistory,
        real: Callable[[RunSeen, datetime], Category | None],
        ignored: Callable[[RunSeen], bool],
        dates: Callable[[str, datetime], Iterator[ProcessorDate]],
        ends_at: datetime | None,
    ) -> None:
        self._history, self._real, self._ignored, self._dates = history, real, ignored, dates
        self._ends_at = ends_at
        self._consecutive, self.silence = ConsecutiveFailures(), Silence(history.registry.judgement)
        self._paces: dict[str, Trouble | None] = {}
        self._pace_seen: dict[str, tuple[datetime, date]] = {}
        self._degraded_at: dict[str, datetime] = {}
        self._drifts: dict[str, tuple[datetime, Trouble | None]] = {}
        self._spikes: dict[str, tuple[int, Trouble | None]] = {}
        processors = history.registry.processors
        self._places = {processor.name: place for place, processor in enumerate(processors)}
        self._limited = [one for one in processors if one.freshness_hours is not None and one.bigquery_table]
        self._skipped = {
            one.name: skipped
            for one in processors
            if has_slots_to_miss(one)
            if (skipped := SkippedSlots(history.registry.schedules[one.name])).apart is not None
        }
        self._looks = Looks()
        self._news: set[str] = set()
        self._failed_polls: set[str] = set()

    def take(self, events: Iterable[Event]) -> None:
        """Take in what became known."""
        events = list(events)
        self._consecutive.take(events)
        self.silence.take(events)
        for event in events:
            if isinstance(event, RunSeen | Started):
                run = event.run if isinstance(event, Started) else event
                if run.processor in self._places:
                    self._take(run)

    def _take(self, run: RunSeen) -> None:
        self._news.add(run.processor)
        if run.trigger in POLLS and run.status is Status.FAILED:
            self._failed_polls.add(run.processor)
        self._looks.set(run.processor, run.started_at + self._history.registry.judgement.silent_least)
        if run.processor in self._skipped and run.trigger != Trigger.BACKFILL:
            self._skipped[run.processor].take(
                run, lambda moment: self._history.planned(run.processor, moment, run.known_at)
            )

    def troubles(self, now: datetime, skip: Container[str]) -> Iterator[Trouble]:
        """`skip`: processors whose failures are reported otherwise; they may be slow all the same."""
        silent = self._looks.due(now)
        for name in self._to_be_asked(silent, now):
            processor = self._history.registry.by_name[name]
            found = [self._pace(name, now)]
            if name not in skip:
                found += [self._polls(processor, now), self._silent(processor, now) if name in silent else None]
                if processor.kind is not Kind.SCRAPER:
                    found += [self._failing(processor, now), self._stale(processor, now)]
                skips = self._skipped[name].detect(name, now) if name in self._skipped else None
                found += [skips]
                if (
                    skips is None
                    and self._spikes.get(name, (0, None))[1] is None
                    and name not in self._consecutive.in_a_row
                ):
                    self._news.discard(name)
            yield from (trouble for trouble in found if trouble is not None)

    def _to_be_asked(self, silent: Set[str], now: datetime) -> list[str]:
        """Of which there is news, or something goes on, or for which a moment has come; of all others nothing is wrong.
        In the order of the registry.
        """
        names = self._news | self._failed_polls | silent | {name for name, slow in self._paces.items() if slow}
        names |= self._consecutive.in_a_row & self._places.keys()
        names |= {processor.name for processor in self._limited if self._is_old(processor, now)}
        return sorted(names, key=self._places.__getitem__)

    def _is_old(self, processor: Processor, now: datetime) -> bool:
        loaded_at, limit = self._history.loaded_at.get(processor.bigquery_table or ""), processor.freshness_hours
        return loaded_at is not None and limit is not None and stale.outlived(limit, loaded_at, now)

    def _polls(self, processor: Processor, now: datetime) -> Trouble | None:
        """Polls that fail as often as they do at this hour every week are nothing new."""
        name, answered = processor.name, self._history.answered.get(processor.name, pace.LONG_AGO)
        if not processor.polling and answered == pace.LONG_AGO:
            return None
        since = takewhile(lambda run: run.known_at > answered, reversed(self._history.recent[name]))
        polled = (run for run in since if run.trigger in POLLS and run.started_at > answered and not self._ignored(run))
        real = ((run, self._real(run, now)) for run in polled)
        failed = [(run, category) for run, category in real if category is not None][::-1]
        within_the_hour = sum(run.started_at > now - storms.LAST_HOUR for run, _ in failed)
        usual = storms.usual(self._history.rhythms.get(name), within_the_hour, now)
        return None if usual else polls.detect(name, failed)

    def _failing(self, processor: Processor, now: datetime) -> Trouble | None:
        """Date after date, or more often than usual."""

        def real(run: RunSeen) -> Category | None:
            return self._real(run, now)

        return self._consecutive.detect(processor.name, real, self._ignored, now) or self._spike(processor, now)

    def _silent(self, processor: Processor, now: datetime) -> Trouble | None:
        """Slots show absent runs themselves; a poller also runs between them. Who lives by games has their rhythm."""
        name, has_slots = processor.name, self._history.registry.schedules[processor.name].has_slots
        irregular = not has_slots and expectation(processor) is not Expects.PER_GAME
        found, again = None, None
        if not processor.sporadic and (processor.polling or irregular):
            counts = self.silence.counts(name, now)
            if counts is not None and not self._taken_out(processor, counts[0]):
                date_of = partial(passed_slots.next_date, self._history.registry.schedules[name])
                found, again = self.silence.detect(name, now, counts, self._ends_at, date_of), counts[1]
        elif has_slots_to_miss(processor):
            found, again = self._between_slots(name, now), self._slot_missed_at(name, now)
        if found is None and (again is None or now < again):
            self._looks.set(name, again)
        return found

    def _taken_out(self, processor: Processor, usual: float) -> bool:
        """Is it in no registry, and did it stop with the end of a date? Then it has been taken out of service. Or did
        another begin when it stopped? Then it has that one's name now.
        """
        last_start, zone = self.silence.last_start(processor.name), self._history.registry.zone
        if not isinstance(processor, UnregisteredProcessor) or last_start is None or usual > OFTEN.total_seconds():
            return False
        if self.silence.any_new(last_start, timedelta(seconds=2 * usual)):
            return True
        return last_start + timedelta(seconds=usual) >= slot_instant(last_start.astimezone(zone).date(), 24, zone)

    def _slot_missed_at(self, name: str, now: datetime) -> datetime | None:
        last_start, schedule = self.silence.last_start(name), self._history.registry.schedules[name]
        return None if last_start is None else passed_slots.look_again(schedule, last_start, now)

    def _between_slots(self, name: str, now: datetime) -> Trouble | None:
        """A run that is under way keeps the next from starting. That all are silent at once is the fleet's."""
        last_start, schedule = self.silence.last_start(name), self._history.registry.schedules[name]
        if last_start is None:
            return None
        found = passed_slots.detect(name, schedule, last_start, now, self._ends_at)
        return None if found is None or any(day.under_way for day in self._dates(name, now)) else found

    def _spike(self, processor: Processor, now: datetime) -> Trouble | None:
        """Asked again when a run has come, or while there is one: without news a quiet processor stays quiet."""
        name = processor.name
        schedule = self._history.registry.schedules[name]
        dense = not schedule.has_slots or schedule.most_a_day >= spikes.DENSE
        counted, known = self._spikes.get(name, (0, None))
        if known is not None or counted != self._history.counted[name]:
            runs = [run for run in self._history.recent[name] if not self._ignored(run)]
            known = spikes.detect(
                name,
                runs,
                lambda run: self._real(run, now),
                now,
                dense=dense,
                apart=schedule.apart,
                polling=processor.polling,
            )
            self._spikes[name] = (self._history.counted[name], known)
        return known

    def _stale(self, processor: Processor, now: datetime) -> Trouble | None:
        """What waits for something upstream is not stale by itself."""
        loaded_at = self._history.newest_load(processor.bigquery_table or "")
        limit = processor.freshness_hours
        if limit is None or loaded_at is None or not stale.outlived(limit, loaded_at, now):
            return None
        return stale.detect(self._dates(processor.name, now), loaded_at, limit, now)

    def _pace(self, name: str, now: datetime) -> Trouble | None:
        """Asked again when a run has come; what is known of is looked at again when a day has passed, too."""
        known = self._history.paces[name].known
        seen = (known[-1][0], now.date()) if known else None
        before = self._pace_seen.get(name)
        if seen is not None and seen != before:
            self._pace_seen[name] = seen
            if before is None or before[0] != seen[0] or self._paces[name] is not None:
                self._paces[name] = self._repace(name, known, now)
        return self._paces.get(name)

    def _repace(self, name: str, known: pace.Known, now: datetime) -> Trouble | None:
        """What a degradation leaves in the days that a drift is computed from is no drift."""
        slow = pace.degraded(name, known, now)
        if slow is not None:
            self._degraded_at[name] = now
        elif now - self._degraded_at.get(name, pace.LONG_AGO) >= pace.DRIFT_MEMORY:
            slow = self._drifting(name, known, now)
        return slow

    def _drifting(self, name: str, known: pace.Known, now: datetime) -> Trouble | None:
        asked_at, found = self._drifts.get(name, (pace.LONG_AGO, None))
        if len(known) < pace.MANY_RUNS or now - asked_at >= pace.DRIFT_EVERY:
            asked_at, found = now, pace.drifting(name, known, now)
            self._drifts[name] = (asked_at, found)
        return found
