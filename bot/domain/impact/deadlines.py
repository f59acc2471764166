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

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from graphlib import TopologicalSorter
from typing import NamedTuple

from bot.domain.health.model import Durations
from bot.domain.platform.deadline import due_at
from bot.domain.platform.registry import Registry

ASSUMED_SECONDS = 300.0
"""What a step is taken to last when neither its own nor its phase's durations are known."""


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

    pace: Callable[[str], Pace]
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
            pace = self.remaining.pace(name)
            before = self.remaining.before.get(name)
            start = self.due_at - timedelta(seconds=self.seconds_of_work)
            done_by_then = self.remaining.seconds[before] if before is not None else 0.0
            steps.append(Step(name, pace, start + timedelta(seconds=done_by_then)))
            name = before
        return tuple(reversed(steps))


@dataclass(frozen=True, eq=False)
class Deadlines(Mapping[str, Deadline]):
    """Deadlines by processor, those of dependencies first. Each is made when it is looked at: `due` has their times."""

    due: Mapping[str, datetime]
    as_of: datetime
    remaining: Remaining

    def __getitem__(self, name: str) -> Deadline:
        return Deadline(name, self.due[name], self.as_of, self.remaining)

    def __iter__(self) -> Iterator[str]:
        return iter(self.due)

    def __len__(self) -> int:
        return len(self.due)

    @cached_property
    def _by_moment(self) -> dict[datetime, list[str]]:
        found = defaultdict[datetime, list[str]](list)
        for name, due in self.due.items():
            found[due].append(name)
        return found

    def longest(self) -> list[Deadline]:
        """Of those that fall on one moment, the one with the most work."""
        seconds = self.remaining.seconds
        return [self[max(names, key=seconds.__getitem__)] for names in self._by_moment.values()]

    def breached(self) -> list[Deadline]:
        """Those that have passed, longest ago first."""
        passed = sorted(due for due in self._by_moment if due <= self.as_of)
        return [self[name] for due in passed for name in sorted(self._by_moment[due])]


def paces(measured: Iterable[Durations], registry: Registry) -> Callable[[str], Pace]:
    """Duration of a step by name: its own p95, else its phase's, else ASSUMED_SECONDS."""
    own: dict[str, Pace] = {}
    of_phase: dict[int | None, Pace] = {}
    for durations in measured:
        if durations.processor is not None:
            own[durations.processor] = Pace(durations.p95, Basis.OWN)
        elif durations.phase is not None:
            of_phase[durations.phase] = Pace(durations.p95, Basis.PHASE)
    assumed = Pace(ASSUMED_SECONDS, Basis.ASSUMED)
    found = {item.name: own.get(item.name) or of_phase.get(item.phase, assumed) for item in registry.processors}
    return found.__getitem__


class Forecast:
    """Deadlines over one registry's dependencies. What depends on the registry alone is worked out once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @cached_property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """What each depends on directly; each comes after all that it depends on."""
        needs = {processor.name: processor.dependencies for processor in self._registry.processors}
        return {name: needs[name] for name in TopologicalSorter(needs).static_order()}

    @cached_property
    def _alike(self) -> dict[str, str]:
        """For each processor with a deadline one that has the same deadline and slots: few schedules serve many."""
        first: dict[tuple[object, ...], str] = {}
        found = {}
        for processor in self._registry.processors:
            schedule = self._registry.schedules[processor.name]
            if processor.sla_completion_time is not None and schedule.has_slots:
                clock = (processor.sla_completion_time, schedule)
                found[processor.name] = first.setdefault(clock, processor.name)
        return found

    def of(
        self,
        root: str,
        downstream: Collection[str],
        data_date: date,
        now: datetime,
        *,
        pace: Callable[[str], Pace],
        done: Collection[str] = (),
    ) -> Deadlines:
        """The deadline of the root and of each processor downstream that has one and is not done, by name."""
        remaining = self._remaining(root, downstream, pace, done)
        alike, by_name = self._alike, self._registry.by_name
        found = ((name, due_at(by_name[name], data_date, self._registry)) for name in set(alike.values()))
        moments = {name: moment for name, moment in found if moment is not None}
        due = {name: moments[alike[name]] for name in remaining.seconds if name in alike}
        return Deadlines(due, now, remaining)

    def _remaining(
        self, root: str, downstream: Collection[str], pace: Callable[[str], Pace], done: Collection[str]
    ) -> Remaining:
        """Dependencies come before dependents, so that each step is looked at once."""
        seconds, before = dict[str, float](), dict[str, str]()
        until = seconds.get
        for name, needs in self.needs.items():
            if name in done or not (name in downstream or name == root):
                continue
            most, last = -1.0, None
            for on in needs:
                ended = until(on)
                if ended is not None and ended > most:
                    most, last = ended, on
            if last is None:
                seconds[name] = pace(name).seconds
            else:
                seconds[name], before[name] = most + pace(name).seconds, last
        return Remaining(pace, seconds, before)


def next_deadline(deadlines: Sequence[Deadline], now: datetime) -> Deadline | None:
    """Of those ahead, the one whose first step must start soonest; when all are behind, the one breached first."""
    ahead = [deadline for deadline in deadlines if deadline.due_at > now]
    if ahead:
        return min(ahead, key=lambda deadline: (deadline.latest_start, deadline.due_at))
    return min(deadlines, key=lambda deadline: (deadline.due_at, -deadline.seconds_of_work), default=None)
