"""Deadlines downstream of a processor: when each falls, what has to run until then, and when that must start.

A processor's deadline for a data date is the next wall-clock `sla_completion_time` at or after its last slot. Work that
remains starts at the processor asked about, the root, and ends at a target. A step takes its p95 duration; it begins
when the slowest of its remaining dependencies downstream of the root has ended. With d(x) the duration of x:

    work(root) = d(root)        work(x) = d(x) + max work(y) over the remaining y that x depends on
    latest start of the first step = deadline - work(target)
    latest start of a later step on the critical path = latest start of the one before it + d(of the one before it)

The critical path is the chain that the maximum goes through. A step that has its data for the date is done: it takes no
time, and nothing waits for it. Waiting for a slot is not counted: who is late starts the steps by hand.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from graphlib import TopologicalSorter
from typing import NamedTuple

from bot.domain.calendar import slot_instant
from bot.domain.health import Durations
from bot.domain.registry import Processor, Registry

ASSUMED_SECONDS = 300.0
"""What a step is taken to last when neither its own nor its phase's durations are known."""
_DAY_MINUTES = 24 * 60


class Basis(StrEnum):
    """Where a duration comes from."""

    OWN = "own_p95"
    PHASE = "phase_p95"
    ASSUMED = "assumed"


class Pace(NamedTuple):
    """How long a step takes, in seconds."""

    seconds: float
    basis: Basis


class Step(NamedTuple):
    """One step of a critical path. `latest_start` (aware UTC) still meets the deadline."""

    processor: str
    pace: Pace
    latest_start: datetime


@dataclass(frozen=True)
class Remaining:
    """What remains to be done below a root, by name: how long each step takes, the slowest chain that ends with it
    (seconds from the start of the chain's first step), and the step before it in that chain.
    """

    pace: Mapping[str, Pace]
    seconds: Mapping[str, float]
    before: Mapping[str, str]


class Deadline(NamedTuple):
    """One processor's deadline (aware UTC) and what remains to be done until then, as of a moment."""

    processor: str
    due_at: datetime
    as_of: datetime
    remaining: Remaining

    @property
    def seconds_of_work(self) -> float:
        """From the start of the first remaining step to the end of the last, without pauses."""
        return self.remaining.seconds[self.processor]

    @property
    def minutes_to_breach(self) -> float:
        """Until the deadline; negative when it is breached."""
        return (self.due_at - self.as_of).total_seconds() / 60

    @property
    def latest_start(self) -> datetime:
        """When the first remaining step must have started."""
        return self.due_at - timedelta(seconds=self.seconds_of_work)

    @property
    def minutes_to_start(self) -> float:
        """Until the first remaining step must have started; negative when the deadline can no longer be met."""
        return (self.latest_start - self.as_of).total_seconds() / 60

    @property
    def critical_path(self) -> tuple[Step, ...]:
        """First step first."""
        steps: list[Step] = []
        name: str | None = self.processor
        while name is not None:
            pace = self.remaining.pace[name]
            before = self.remaining.before.get(name)
            start = self.due_at - timedelta(seconds=self.seconds_of_work)
            done_by_then = self.remaining.seconds[before] if before is not None else 0.0
            steps.append(Step(name, pace, start + timedelta(seconds=done_by_then)))
            name = before
        return tuple(reversed(steps))


def due_at(processor: Processor, data_date: date, registry: Registry) -> datetime | None:
    """The instant of its deadline for a data date; None without a deadline, or without slots to place it by."""
    if processor.sla_completion_time is None or not processor.schedule_hours_et:
        return None
    clock = processor.sla_completion_time.hour * 60 + processor.sla_completion_time.minute
    last_slot = round(processor.schedule_hours_et[-1] * 60)
    days_later = max(0, -((clock - last_slot) // _DAY_MINUTES))
    return slot_instant(data_date, (clock + days_later * _DAY_MINUTES) / 60, registry.zone)


def paces(measured: Iterable[Durations], registry: Registry) -> Callable[[str], Pace]:
    """Duration of a step by name: its own p95, else its phase's, else ASSUMED_SECONDS."""
    own: dict[str, Pace] = {}
    of_phase: dict[int, Pace] = {}
    for durations in measured:
        if durations.processor is not None:
            own[durations.processor] = Pace(durations.p95, Basis.OWN)
        elif durations.phase is not None:
            of_phase[durations.phase] = Pace(durations.p95, Basis.PHASE)
    assumed = Pace(ASSUMED_SECONDS, Basis.ASSUMED)
    return lambda name: own.get(name) or of_phase.get(registry.by_name[name].phase) or assumed


class Forecast:
    """Deadlines over one registry's dependencies. What depends on the registry alone is worked out once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @cached_property
    def _needs(self) -> dict[str, tuple[str, ...]]:
        return {processor.name: processor.dependencies for processor in self._registry.processors}

    @cached_property
    def _rank(self) -> dict[str, int]:
        """A place for each processor, after all of its dependencies."""
        return {name: rank for rank, name in enumerate(TopologicalSorter(self._needs).static_order())}

    @cached_property
    def _alike(self) -> dict[str, str]:
        """For each processor with a deadline one that has the same deadline and slots: few schedules serve many."""
        first: dict[tuple[object, ...], str] = {}
        found = {}
        for processor in self._registry.processors:
            if processor.sla_completion_time is not None and processor.schedule_hours_et:
                clock = (processor.sla_completion_time, processor.schedule_hours_et)
                found[processor.name] = first.setdefault(clock, processor.name)
        return found

    def of(
        self,
        root: str,
        downstream: Iterable[str],
        data_date: date,
        now: datetime,
        *,
        pace: Callable[[str], Pace],
        done: Collection[str] = (),
    ) -> dict[str, Deadline]:
        """The deadline of the root and of each processor downstream that has one and is not done, by name."""
        remaining = self._remaining(root, downstream, pace, done)
        by_name = self._registry.by_name
        due = {name: due_at(by_name[name], data_date, self._registry) for name in set(self._alike.values())}
        found = {}
        for name in remaining.seconds:
            alike = self._alike.get(name)
            moment = due[alike] if alike is not None else None
            if moment is not None:
                found[name] = Deadline(name, moment, now, remaining)
        return found

    def _remaining(
        self, root: str, downstream: Iterable[str], pace: Callable[[str], Pace], done: Collection[str]
    ) -> Remaining:
        """Dependencies come before dependents, so that each step is looked at once."""
        needs, taken = self._needs, dict[str, Pace]()
        seconds, before = dict[str, float](), dict[str, str]()
        until = seconds.get
        for name in sorted([root, *downstream], key=self._rank.__getitem__):
            if name in done:
                continue
            most, last = -1.0, None
            for on in needs[name]:
                ended = until(on)
                if ended is not None and ended > most:
                    most, last = ended, on
            taken[name] = step = pace(name)
            if last is None:
                seconds[name] = step.seconds
            else:
                seconds[name], before[name] = most + step.seconds, last
        return Remaining(taken, seconds, before)


def next_deadline(deadlines: Iterable[Deadline], now: datetime) -> Deadline | None:
    """Of those ahead, the one whose first step must start soonest; when all are behind, the one breached first."""
    longest: dict[datetime, Deadline] = {}
    for deadline in deadlines:
        other = longest.get(deadline.due_at)
        if other is None or deadline.seconds_of_work > other.seconds_of_work:
            longest[deadline.due_at] = deadline
    ahead = [deadline for due, deadline in longest.items() if due > now]
    if ahead:
        return min(ahead, key=lambda deadline: (deadline.latest_start, deadline.due_at))
    return longest[min(longest)] if longest else None
