"""What a processor feeds, hop by hop, and what is at stake there: criticality, staleness, deadlines, slots to come."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from bot.domain.evidence.freshness import DateFreshness, Held, Staleness, staleness
from bot.domain.impact.deadlines import ASSUMED_SECONDS, Basis, Deadline, Deadlines, Forecast, Pace, next_deadline
from bot.domain.impact.dependents import FRESH, STALE, UNTOLD, Affected, Dependents, Ranks
from bot.domain.impact.readiness import Readiness, readiness
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Criticality, Processor, Registry
from bot.domain.platform.schedule import Schedule
from bot.domain.platform.source_links import linked_by_source

RETIRED_AFTER = timedelta(days=30)
MOST_NAMED = 5
_LEVELS: tuple[Criticality | None, ...] = (*Criticality, None)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ImpactRequest:
    """`data_date` None: the newest data date that has a slot by now."""

    processor: str
    data_date: date | None = None


class Retired(NamedTuple):
    """Registered, but without a run for 30 days; `last_run` None: it was never seen."""

    processor: str
    last_run: date | None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """`dependents`: worst first; `waiting`: those of them with a slot for the data date still to come. `upstream`: hops
    by name, nearest first. `deadlines`, `next_deadline`: of the processor and its dependents. Times are aware UTC.
    `lacking`: those known to lack data that is due; `held`: when they had it, of spans that are over.
    `reach_known`: the registry names dependencies; without any, no dependents and no upstream mean nothing.
    """

    data_date: date
    as_of: datetime
    subject: Affected
    dependents: Dependents
    waiting: Dependents
    upstream: Mapping[str, int]
    retired: tuple[Retired, ...]
    deadlines: Deadlines
    next_deadline: Deadline | None
    lacking: Collection[str] = ()
    held: Sequence[Held] = ()
    notes: tuple[str, ...] = ()
    reach_known: bool = True

    @cached_property
    def stale(self) -> Dependents:
        return self.dependents.at(lambda place: place.state == STALE)

    @cached_property
    def at_risk(self) -> Dependents:
        """Those that lack nothing so far; their slot is to come, and the processor's own data is not there."""
        if self.subject.staleness is Staleness.FRESH:
            return Dependents((), self.dependents.row)
        return self.waiting.at(lambda place: place.state == FRESH)

    @cached_property
    def affected(self) -> Dependents:
        """Those that are stale or at risk; worst first."""
        return self.stale.joined(self.at_risk)

    @cached_property
    def untold(self) -> Dependents:
        """Those of which nobody can tell."""
        return self.dependents.at(lambda place: place.state == UNTOLD)

    @cached_property
    def listed(self) -> Dependents:
        """Those that are worth a line: affected, or unknown; worst first."""
        return self.affected.joined(self.untold)

    @cached_property
    def past_due(self) -> list[Deadline]:
        """Deadlines that have passed, of those known to lack their data now; longest ago first."""
        return [deadline for deadline in self.deadlines.breached() if deadline.processor in self.lacking]

    @cached_property
    def lost_since(self) -> Mapping[str, datetime]:
        """Since when (aware UTC) the data is gone again of those that met their deadline, by name."""
        due = {deadline.processor: deadline.due_at for deadline in self.past_due}
        spans = [span for span in self.held if span.processor in due]
        met = {span.processor for span in spans if span.since <= due[span.processor] < span.until}
        return {name: max(span.until for span in spans if span.processor == name) for name in sorted(met)}

    @cached_property
    def breached(self) -> list[Deadline]:
        """Deadlines that passed without their data, longest ago first."""
        return [deadline for deadline in self.past_due if deadline.processor not in self.lost_since]

    @cached_property
    def totals(self) -> dict[Criticality | None, int]:
        """Dependents by criticality, None for those without one."""
        return by_level(self.dependents)


def by_level(dependents: Dependents) -> dict[Criticality | None, int]:
    """How many of each criticality, the highest first; None for those without one."""
    levels = groupby(dependents.places, key=lambda item: item[0].level)
    counts = {_LEVELS[level]: sum(len(names) for _, names in places) for level, places in levels}
    return {level: count for level, count in counts.items() if count}


@dataclass(frozen=True)
class FreshnessFacts:
    """What the warehouse says: by processor name, its state for the data date; how long each step takes.
    `history_from`: the first day with runs, None without any. `asked`: when the answer is asked for, where the history
    is known up to an earlier moment only.
    """

    by_name: Mapping[str, DateFreshness]
    pace: Callable[[str], Pace]
    history_from: date | None
    asked: datetime | None = None

    @cached_property
    def filled(self) -> frozenset[str]:
        """Those that have their data for the date."""
        return frozenset(name for name, item in self.by_name.items() if item.filled and not item.partial)

    @cached_property
    def lacking(self) -> frozenset[str]:
        """Those known to lack data that is due for the date, or a part of it."""
        rows = self.by_name.items()
        return frozenset(name for name, item in rows if item.expected and (item.filled is False or item.partial))

    @cached_property
    def newest_run(self) -> date | None:
        """The day of the newest run of all."""
        return max((item.last_run for item in self.by_name.values() if item.last_run is not None), default=None)


class ImpactMap:
    """Everything about impact that depends on the registry alone, worked out once."""

    def __init__(self, registry: Registry) -> None:
        self._as_written = registry
        self.registry = linked_by_source(registry)
        self.lineage = Lineage(self.registry)
        self._forecast = Forecast(self.registry)
        self._without_slots = frozenset(
            processor.name
            for processor in registry.processors
            if processor.sla_completion_time is not None and not registry.schedules[processor.name].has_slots
        )
        self._levels = {item.name: _LEVELS.index(item.criticality) for item in registry.processors}
        limits = {item.name: item.freshness_hours for item in registry.processors}
        self._limits = {name: limit for name, limit in limits.items() if limit is not None}
        first: dict[Schedule, str] = {}
        self._same_slots = {name: first.setdefault(schedule, name) for name, schedule in registry.schedules.items()}

    def impact_of(self, processor: Processor, data_date: date, now: datetime, known: FreshnessFacts) -> Impact:
        """What depends on a processor, as of `now`. Retired dependents are left out and named."""
        hops = self.lineage.down(processor.name)
        retired = self._retired(hops, known, now)
        gone = {item.processor for item in retired}
        done = known.filled | gone
        deadlines = self._forecast.of(processor.name, hops, data_date, now, pace=known.pace, done=done)
        same_slots = self._same_slots
        schedules = {same_slots[name] for name in (processor.name, *hops)}
        to_come = {name: self._next_slot(name, data_date, now) for name in schedules}

        def row(name: str) -> Affected:
            state = self._staleness(name, known, now)
            by_name, slot = self.registry.by_name, to_come[same_slots[name]]
            return Affected(by_name[name], hops.get(name, 0), state, deadlines.get(name), slot)

        dependents = Dependents.ranked(self._places(hops, gone, deadlines.due, known, now), row)
        following = next_deadline(deadlines.longest(), now)
        return Impact(
            data_date=data_date,
            as_of=now,
            subject=row(processor.name),
            dependents=dependents,
            waiting=dependents.named(lambda name: to_come[same_slots[name]] is not None),
            upstream=self.lineage.up(processor.name),
            retired=retired,
            deadlines=deadlines,
            lacking=known.lacking,
            next_deadline=following,
            notes=(
                *self._by_source(processor),
                *self._unplaced(name for name in (processor.name, *hops) if name not in gone),
                *_assumptions(following),
            ),
            reach_known=self.lineage.is_told,
        )

    def readiness(
        self, data_date: date, due: Mapping[str, datetime], now: datetime, known: FreshnessFacts
    ) -> Readiness | None:
        """What the deadlines `due` of a data date still need; None: no data is due of any."""
        retired = {each.processor for each in self._retired(self.registry.by_name, known, now)}
        return readiness(self.registry, self._forecast.needs, data_date, due, known, now, retired)

    def _places(
        self,
        hops: Mapping[str, int],
        gone: Collection[str],
        due: Mapping[str, datetime],
        known: FreshnessFacts,
        now: datetime,
    ) -> Mapping[Ranks, list[str]]:
        """Those that run still, by criticality, staleness, deadline, hops: few places serve many names."""
        found = defaultdict[Ranks, list[str]](list)
        for name, distance in hops.items():
            if name in gone:
                continue
            state = self._staleness(name, known, now)
            rank = FRESH if state is Staleness.FRESH else UNTOLD if state is Staleness.UNKNOWN else STALE
            found[self._levels[name], rank, due.get(name, _NEVER), distance].append(name)
        return found

    def _staleness(self, name: str, known: FreshnessFacts, now: datetime) -> Staleness:
        freshness = known.by_name.get(name) or DateFreshness(name)
        return staleness(self._limits.get(name), freshness, now, known.asked)

    def _next_slot(self, name: str, data_date: date, now: datetime) -> datetime | None:
        return next((slot for slot in self.registry.schedules[name].slots(data_date) if slot > now), None)

    def _retired(self, names: Iterable[str], known: FreshnessFacts, now: datetime) -> tuple[Retired, ...]:
        """Those without a run or load for 30 days and without a reason. None, when the history is shorter than that or
        nothing at all ran: then the absence of runs says nothing. Slots are no plan when nothing has followed them for
        30 days; a sporadic processor, and one that runs on game days only, may have had nothing to do.
        """
        since = (now - RETIRED_AFTER).date()
        if known.history_from is None or known.history_from > since:
            return ()
        if known.newest_run is None or known.newest_run < since:
            return ()
        return tuple(self._quiet(names, known.by_name, since))

    def _quiet(self, names: Iterable[str], by_name: Mapping[str, DateFreshness], since: date) -> Iterator[Retired]:
        for name in names:
            freshness = by_name.get(name)
            if freshness is None or freshness.filled or _alive(freshness, since):
                continue
            processor = self.registry.by_name[name]
            if processor.runs_on_no_game_days and not processor.sporadic:
                yield Retired(name, freshness.last_run)

    def _unplaced(self, names: Iterable[str]) -> Iterator[str]:
        lacking = sorted(self._without_slots.intersection(names))
        if lacking:
            yield f"The registry has no slots for {some_of(lacking, MOST_NAMED)}: the time of the deadline is unknown."

    def _by_source(self, processor: Processor) -> Iterator[str]:
        """The dependents that the registry does not list, but that read the raw files of a scraper."""
        listed = self._as_written.dependents[processor.name]
        readers = [name for name in self.registry.dependents[processor.name] if name not in listed]
        if readers:
            source = f"Its raw files ({processor.source})"
            yield f"{source} are read by {some_of(readers, MOST_NAMED)}: counted as if the registry said so."


def _assumptions(deadline: Deadline | None) -> Iterator[str]:
    steps = deadline.critical_path if deadline is not None else ()
    by_phase = [step.processor for step in steps if step.pace.basis is Basis.PHASE]
    assumed = [step.processor for step in steps if step.pace.basis is Basis.ASSUMED]
    if by_phase:
        yield f"No succeeded run of {some_of(by_phase, MOST_NAMED)} in 30 days: the p95 of its phase is used."
    if assumed:
        minutes = ASSUMED_SECONDS / 60
        yield f"No duration known for {some_of(assumed, MOST_NAMED)}: {minutes:g} minutes are assumed."


def newest_date(schedule: Schedule, now: datetime) -> date:
    """The newest data date that has a slot by now; today (in its zone) for a processor without slots."""
    found = schedule.newest(now) if schedule.has_slots else None
    return found or now.astimezone(schedule.zone).date()


def _alive(freshness: DateFreshness, since: date) -> bool:
    """It ran, or its table was loaded: a history may not hold the runs of what fills a table."""
    loaded = None if freshness.loaded_at is None else freshness.loaded_at.date()
    return any(day is not None and day >= since for day in (freshness.last_run, loaded))
