"""What a processor feeds, hop by hop, and what is at stake there: criticality, staleness, deadlines, slots to come."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.calendar import slot_instant
from bot.domain.deadlines import ASSUMED_SECONDS, Basis, Deadline, Forecast, Pace, next_deadline
from bot.domain.lineage import Lineage
from bot.domain.registry import Criticality, Processor, Registry
from bot.domain.source_links import linked_by_source
from bot.domain.standing import Staleness, Standing, staleness

RETIRED_AFTER = timedelta(days=30)
MOST_NAMED = 5
_WORST_FIRST: dict[Criticality | None, int] = {level: rank for rank, level in enumerate((*Criticality, None))}
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ImpactRequest:
    """`data_date` None: the newest data date that has a slot by now."""

    processor: str
    data_date: date | None = None


class Affected(NamedTuple):
    """A processor, `hops` below the one asked about (0: that one itself). `next_slot`: the next slot (aware UTC) of the
    data date that is still to come. `deadline` is None without one, and when the date's data is there already.
    """

    processor: Processor
    hops: int
    staleness: Staleness
    deadline: Deadline | None
    next_slot: datetime | None


class Retired(NamedTuple):
    """Registered, but without a run for 30 days; `last_run` None: it was never seen."""

    processor: str
    last_run: date | None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """`dependents`: worst first. `upstream`: hops by name, nearest first. `next_deadline`: among the processor and its
    dependents. `totals`: dependents by criticality, None for those without one. Times are aware UTC.
    """

    data_date: date
    as_of: datetime
    subject: Affected
    dependents: tuple[Affected, ...]
    upstream: Mapping[str, int]
    retired: tuple[Retired, ...]
    next_deadline: Deadline | None
    totals: Mapping[Criticality | None, int]
    notes: tuple[str, ...] = ()

    @cached_property
    def stale(self) -> tuple[Affected, ...]:
        return tuple(item for item in self.dependents if item.staleness.stale)

    @cached_property
    def breached(self) -> tuple[Deadline, ...]:
        """Deadlines that have passed without their data, longest ago first."""
        deadlines = (item.deadline for item in (self.subject, *self.dependents))
        passed = [deadline for deadline in deadlines if deadline is not None and deadline.due_at <= self.as_of]
        return tuple(sorted(passed, key=lambda deadline: (deadline.due_at, deadline.processor)))

    @cached_property
    def waiting(self) -> tuple[Affected, ...]:
        """Dependents with a slot for the data date still to come."""
        return tuple(item for item in self.dependents if item.next_slot is not None)


@dataclass(frozen=True)
class Known:
    """What the warehouse says: by processor name, how it stands for the data date; how long each step takes.
    `history_from`: the first day with runs, None without any.
    """

    standings: Mapping[str, Standing]
    pace: Callable[[str], Pace]
    history_from: date | None

    @cached_property
    def filled(self) -> frozenset[str]:
        """Those that have their data for the date."""
        return frozenset(name for name, standing in self.standings.items() if standing.filled)

    def idle(self, since: date) -> set[str]:
        """Those without a run since a day."""
        return {name for name, item in self.standings.items() if item.last_run is None or item.last_run < since}


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
            if processor.sla_completion_time is not None and not processor.schedule_hours_et
        )
        self._levels = {item.name: _WORST_FIRST[item.criticality] for item in registry.processors}
        limits = {item.name: item.freshness_hours for item in registry.processors}
        self._limits = {name: limit for name, limit in limits.items() if limit is not None}
        first: dict[tuple[float, ...], str] = {}
        self._same_slots = {
            processor.name: first.setdefault(processor.schedule_hours_et, processor.name)
            for processor in registry.processors
        }

    def impact_of(self, processor: Processor, data_date: date, now: datetime, known: Known) -> Impact:
        """What depends on a processor, as of `now`. Retired dependents are left out and named."""
        hops = self.lineage.down(processor.name)
        retired = self._retired(hops, known, now)
        gone = {item.processor for item in retired}
        done = known.filled | gone
        deadlines = self._forecast.of(processor.name, hops, data_date, now, pace=known.pace, done=done)
        around = deadlines, known.standings, (data_date, now)
        [subject] = self._affected({processor.name: 0}, (), *around)
        kept = self._affected(hops, gone, *around)
        following = next_deadline(deadlines.values(), now)
        return Impact(
            data_date=data_date,
            as_of=now,
            subject=subject,
            dependents=tuple(kept),
            upstream=self.lineage.up(processor.name),
            retired=retired,
            next_deadline=following,
            totals=self._totals(hops, gone),
            notes=(
                *self._by_source(processor),
                *self._unplaced({processor.name, *hops} - gone),
                *_assumptions(following),
            ),
        )

    def _affected(
        self,
        hops: Mapping[str, int],
        gone: Collection[str],
        deadlines: Mapping[str, Deadline],
        standings: Mapping[str, Standing],
        when: tuple[date, datetime],
    ) -> list[Affected]:
        """Worst first: by criticality, staleness, deadline, hops, name."""
        by_name, same_slots, levels, limits = self.registry.by_name, self._same_slots, self._levels, self._limits
        data_date, now = when
        to_come = {name: self._next_slot(name, data_date, now) for name in {same_slots[name] for name in hops}}
        ranked: list[tuple[int, int, datetime, int, str, Affected]] = []
        for name, distance in hops.items():
            if name in gone:
                continue
            deadline = deadlines.get(name)
            state = staleness(limits.get(name), standings.get(name) or Standing(name), now)
            fresh = 2 if state is Staleness.FRESH else 1 if state is Staleness.UNKNOWN else 0
            item = Affected(by_name[name], distance, state, deadline, to_come[same_slots[name]])
            ranked.append((levels[name], fresh, deadline.due_at if deadline else _NEVER, distance, name, item))
        ranked.sort()
        return [item for *_, item in ranked]

    def _next_slot(self, name: str, data_date: date, now: datetime) -> datetime | None:
        hours = self.registry.by_name[name].schedule_hours_et
        instants = (slot_instant(data_date, hour, self.registry.zone) for hour in hours)
        return next((instant for instant in instants if instant > now), None)

    def _retired(self, names: Iterable[str], known: Known, now: datetime) -> tuple[Retired, ...]:
        """Those without a run for 30 days and without a reason for that. None, when the history is shorter than that or
        nothing at all ran: then the absence of runs says nothing. Slots are no plan when nothing has followed them for
        30 days; a sporadic processor, and one that runs on game days only, may have had nothing to do.
        """
        since = (now - RETIRED_AFTER).date()
        standings, idle = known.standings, known.idle(since)
        if known.history_from is None or known.history_from > since or len(idle) == len(standings):
            return ()
        quiet = [self.registry.by_name[name] for name in names if name in idle and not standings[name].filled]
        return tuple(
            Retired(processor.name, standings[processor.name].last_run)
            for processor in quiet
            if processor.runs_on_no_game_days and not processor.sporadic
        )

    def _totals(self, names: Iterable[str], gone: Collection[str]) -> dict[Criticality | None, int]:
        levels = [self._levels[name] for name in names if name not in gone]
        counted = {level: levels.count(rank) for level, rank in _WORST_FIRST.items()}
        return {level: count for level, count in counted.items() if count}

    def _unplaced(self, names: Set[str]) -> Iterator[str]:
        lacking = sorted(self._without_slots & names)
        if lacking:
            yield f"The registry has no slots for {_listed(lacking)}: when the deadline falls cannot be told."

    def _by_source(self, processor: Processor) -> Iterator[str]:
        """The dependents that the registry does not list, but that read the raw files of a scraper."""
        listed = self._as_written.dependents[processor.name]
        readers = [name for name in self.registry.dependents[processor.name] if name not in listed]
        if readers:
            source = f"Its raw files ({processor.source})"
            yield f"{source} are read by {_listed(readers)}: counted as if the registry said so."


def _assumptions(deadline: Deadline | None) -> Iterator[str]:
    steps = deadline.critical_path if deadline is not None else ()
    by_phase = [step.processor for step in steps if step.pace.basis is Basis.PHASE]
    assumed = [step.processor for step in steps if step.pace.basis is Basis.ASSUMED]
    if by_phase:
        yield f"No succeeded run of {_listed(by_phase)} in 30 days: the p95 of its phase is used."
    if assumed:
        minutes = ASSUMED_SECONDS / 60
        yield f"No duration known for {_listed(assumed)}: {minutes:g} minutes are assumed."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def newest_date(processor: Processor, now: datetime, zone: ZoneInfo) -> date:
    """The newest data date that has a slot by now; today (in `zone`) for a processor without slots."""
    day = now.astimezone(zone).date()
    if not processor.schedule_hours_et:
        return day
    while slot_instant(day, processor.schedule_hours_et[0], zone) > now:
        day -= timedelta(days=1)
    return day
