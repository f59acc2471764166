"""source_blind of the whole fleet: much was due, and nothing at all has begun. One finding, not one a processor.

What a date has lost in that time is part of it for a while after the fleet is back; then it is reported by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.blindness import length
from bot.domain.counts import plural
from bot.domain.detection.silence import SILENCE, Gaps, Silence
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.expectation import Expects, expectation
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Event, RunSeen, Started
from bot.domain.evidence.runs import Trigger
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.platform.registry import Processor
from bot.domain.platform.schedule import MISSING_AFTER

FEWEST = 3
"""So many processors have let a slot pass: fewer are those, and no fleet."""
IN_SERVICE = timedelta(days=8)
"""What has not run for longer is not waited for."""
SOON = 2 * MISSING_AFTER
"""Where the fleet lets its slots pass within that, no silence is told of one by itself before."""
AHEAD = timedelta(hours=36)
CATCHES_UP = timedelta(hours=24)
"""After a stop a fleet fills by itself, or by hand, what it has missed; rows that a date lacks show at its end."""
OF_ABSENCE = frozenset(
    {
        FindingKind.MISSING_RUN,
        FindingKind.SLA_MISS,
        FindingKind.STALE_TABLE,
        FindingKind.STUCK_RUN,
        FindingKind.PARTIAL_COVERAGE,
        FindingKind.ZERO_RECORDS_PROCESSOR,
        FindingKind.ZERO_RECORDS_SCRAPER,
    }
)
_DAY = timedelta(days=1)


@dataclass
class Silent:
    """From the last start before to the first after it; `until` None: it goes on."""

    since: datetime
    evident_at: datetime
    names: tuple[str, ...]
    until: datetime | None = None


class Fleet:
    """A recorded history ends at `ends_at`."""

    def __init__(self, history: PipelineHistory, silence: Silence, ends_at: datetime | None) -> None:
        self._history, self._silence, self._ends_at = history, silence, ends_at
        self._pauses = Gaps()
        self._silent: Silent | None = None
        self._ahead: tuple[datetime, list[tuple[datetime, str]]] | None = None

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, RunSeen | Started):
                run = event.run if isinstance(event, Started) else event
                if run.trigger != Trigger.BACKFILL:
                    self._take(run)

    def _take(self, run: RunSeen) -> None:
        began, silent = run.started_at, self._silent
        self._pauses.start(began)
        if silent is not None and silent.until is None and began > silent.since:
            silent.until = began

    def sorted_out(self, troubles: list[Trouble], now: datetime) -> list[Trouble]:
        """The troubles with those that its silence explains put together into one."""
        self._look(now)
        silent = self._silent
        if silent is None or silent.until is not None:
            troubles = [trouble for trouble in troubles if not self._waits(trouble, now)]
        if silent is None:
            return troubles
        others = [trouble for trouble in troubles if not self._explains(silent, trouble)]
        explained = len(troubles) - len(others)
        if silent.until is not None and now - silent.until > CATCHES_UP:
            self._silent = None
            return troubles
        if silent.until is not None and not explained:
            return troubles
        return [_trouble(silent, explained, now), *others]

    def _waits(self, trouble: Trouble, now: datetime) -> bool:
        """Has nothing else begun since one fell silent, and will it soon be seen whether all have? Where fewer are due
        than make a fleet, each is told by itself.
        """
        newest, least = self._pauses.last, self._history.registry.judgement.silent_least
        if trouble.error_class != SILENCE or newest is None or newest >= trouble.since + least:
            return False
        missed_at: dict[str, datetime] = {}
        for slot, name in self._slots(newest):
            missed_at.setdefault(name, slot)
        passed = sorted(missed_at.values())[FEWEST - 1 : FEWEST]
        return now < max([newest + MISSING_AFTER, *(slot for slot in passed if slot <= newest + SOON)])

    def _look(self, now: datetime) -> None:
        if self._silent is not None and self._silent.until is None:
            self._silent.names = self._names(self._silent.since, now) or self._silent.names
            return
        newest = self._pauses.last
        if (
            newest is None
            or now - newest < MISSING_AFTER
            or (self._silent is not None and self._silent.until == newest)
        ):
            return
        evident_at = self._evident_at(newest, now)
        if evident_at is not None and evident_at <= now and (self._ends_at is None or evident_at <= self._ends_at):
            self._silent = Silent(newest, evident_at, self._names(newest, now))

    def _evident_at(self, newest: datetime, now: datetime) -> datetime | None:
        if not any(schedule.has_slots for schedule in self._history.registry.schedules.values()):
            many, judgement = len(self._names(newest, now)) >= FEWEST, self._history.registry.judgement
            usual = self._pauses.usual(newest.hour, judgement) if many else None
            return None if usual is None else newest + max(MISSING_AFTER, timedelta(seconds=usual[1]))
        missed = [slot for slot in self._slots(newest) if slot[0] <= now]
        if len({name for _, name in missed}) < FEWEST:
            return None
        return missed[0][0] + MISSING_AFTER

    def _names(self, newest: datetime, now: datetime) -> tuple[str, ...]:
        """Those that have let a slot pass; without slots, all that were at work."""
        missed = dict.fromkeys(name for slot, name in self._slots(newest) if slot <= now)
        return tuple(missed) or tuple(name for name, last in self._silence.last_starts() if newest - last < _DAY)

    def _slots(self, newest: datetime) -> list[tuple[datetime, str]]:
        """The slots after that moment, in order."""
        if self._ahead is None or self._ahead[0] != newest:
            processors = self._history.registry.processors
            at_work = (one for one in processors if self._is_at_work(one.name, newest))
            self._ahead = newest, sorted((slot, one.name) for one in at_work for slot in self._due(one, newest))
        return self._ahead[1]

    def _is_at_work(self, name: str, newest: datetime) -> bool:
        last = self._silence.last_start(name)
        return last is not None and newest - last < IN_SERVICE

    def _due(self, processor: Processor, newest: datetime) -> Iterator[datetime]:
        """When a run is missed, a grace before. Of what has no slots, or runs between them: by its own rhythm."""
        schedule, name = self._history.registry.schedules[processor.name], processor.name
        if processor.sporadic:
            return
        if processor.polling or not schedule.has_slots:
            counts = self._silence.counts(name, newest)
            yield from () if counts is None else (counts[1] - MISSING_AFTER,)
            return
        by_games = expectation(processor) is Expects.PER_GAME
        for offset in range(-3, 3):
            day = newest.date() + offset * _DAY
            if not by_games or self._history.day(name, day).runs_due:
                slots = (slot for slot in schedule.slots(day) if newest < slot <= newest + AHEAD)
                yield from (slot + schedule.missing_after - MISSING_AFTER for slot in slots)

    def _explains(self, silent: Silent, trouble: Trouble) -> bool:
        """Does it rest on what did not come in that time?"""
        if trouble.kind not in OF_ABSENCE:
            return False
        until = silent.until or datetime.max.replace(tzinfo=silent.since.tzinfo)
        lasts = trouble.kind is FindingKind.STUCK_RUN or trouble.error_class == SILENCE  # whatever date it is for
        if trouble.data_date is None or lasts:
            return silent.since - AHEAD <= trouble.since <= until
        if trouble.kind is FindingKind.MISSING_RUN and trouble.since >= until:
            return False
        day = self._history.day(trouble.processors[0], trouble.data_date)
        return any(silent.since < slot < until for slot in day.slots)


def _trouble(silent: Silent, explained: int, now: datetime) -> Trouble:
    many = plural(len(silent.names), "processor")
    said = (
        f"nothing has started since {silent.since:%d %b %H:%M} UTC, for {length(now - silent.since)}: {many} had slots"
    )
    if silent.until is not None:
        stopped = f"nothing started from {silent.since:%d %b %H:%M} to {silent.until:%d %b %H:%M} UTC"
        said = f"{stopped}; of that time {plural(explained, 'finding')} of lost data are left"
    return Trouble(
        kind=FindingKind.SOURCE_BLIND,
        processors=silent.names,
        root_cause=RootCause.INFRASTRUCTURE,
        since=silent.since,
        evident_at=silent.evident_at,
        explanation=said,
        error_class="nothing has started",
    )
