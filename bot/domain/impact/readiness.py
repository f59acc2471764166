"""What the deadlines of a data date still lack, who is late, and when each step must start at the latest."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from bot.domain.evidence.freshness import DateFreshness
from bot.domain.impact.deadlines import Pace
from bot.domain.impact.latest_starts import LatestStart, latest_starts
from bot.domain.platform.deadline import due_at
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Registry

DAY = timedelta(days=1)
LONGEST_AFTER = 3
"""A deadline lies at most so many days after its data date."""


Deadlines = Mapping[date, Mapping[str, datetime]]
"""By data date and processor, aware UTC."""


class StepState(StrEnum):
    """How a step stands, in words that follow its name."""

    LATE = "its last slot has passed"
    MISSED = "its latest start has passed"
    TOO_LATE = "its slot comes after its latest start"
    EXPECTED = "its last slot has just passed"
    TO_COME = "its slot is to come"
    UNKNOWN = "nobody can tell"

    @property
    def at_risk(self) -> bool:
        return self in (StepState.LATE, StepState.MISSED, StepState.TOO_LATE)


@dataclass(frozen=True)
class StepLeft:
    """A step that a deadline still needs. `slot`: its next one, None: none to come."""

    processor: str
    state: StepState
    latest: LatestStart
    slot: datetime | None


class Known(Protocol):
    """What the warehouse says of a data date, and how long steps take."""

    @property
    def by_name(self) -> Mapping[str, DateFreshness]: ...

    @property
    def pace(self) -> Callable[[str], Pace]: ...


@dataclass(frozen=True)
class Readiness:
    """Of one data date as of a moment: `due` are its deadlines (aware UTC) of processors whose data is due, `left` the
    steps that they still need, the most urgent first; `needed`: how many they need in all, `done` of them have their
    data.
    """

    data_date: date
    as_of: datetime
    due: Mapping[str, datetime]
    left: tuple[StepLeft, ...]
    needed: int
    done: int

    @cached_property
    def at_risk(self) -> tuple[StepLeft, ...]:
        return tuple(each for each in self.left if each.state.at_risk)

    @cached_property
    def unknown(self) -> tuple[StepLeft, ...]:
        return tuple(each for each in self.left if each.state is StepState.UNKNOWN)

    @property
    def first_due(self) -> datetime:
        return min(self.due.values())


def deadlines_within(registry: Registry, since: datetime, until: datetime) -> dict[date, dict[str, datetime]]:
    """Deadlines after `since` up to `until`, by data date and processor."""
    first = since.astimezone(registry.zone).date() - LONGEST_AFTER * DAY
    days = ((until.astimezone(registry.zone).date() - first) // DAY) + 1
    found: dict[date, dict[str, datetime]] = {}
    for processor in registry.processors:
        if processor.sla_completion_time is None:
            continue
        for day in (first + each * DAY for each in range(days)):
            moment = due_at(processor, day, registry)
            if moment is not None and since < moment <= until:
                found.setdefault(day, {})[processor.name] = moment
    return dict(sorted(found.items()))


def finals(registry: Registry, phase: int | None = None) -> frozenset[str]:
    """The processors whose deadline a day is for: of `phase`, where any there has one; else those with a deadline that
    nothing with a deadline waits for.
    """
    timed = {each.name: each.phase for each in registry.processors if each.sla_completion_time is not None}
    of_phase = frozenset(name for name, own in timed.items() if phase is not None and own == phase)
    lineage = Lineage(registry)
    return of_phase or frozenset(name for name in timed if timed.keys().isdisjoint(lineage.down(name)))


def readiness(
    registry: Registry,
    needs: Mapping[str, Collection[str]],
    data_date: date,
    due: Mapping[str, datetime],
    known: Known,
    now: datetime,
    retired: Collection[str] = (),
) -> Readiness | None:
    """`needs`: what each depends on, dependencies first; `due` as `deadlines_within` has it. None: no data is due of
    any that has a deadline.
    """
    states = known.by_name
    idle = {name for name, each in states.items() if each.expected is False} | set(retired)
    wanted = {name: at for name, at in due.items() if name not in idle}
    if not wanted:
        return None
    filled = {name for name, each in states.items() if each.filled and not each.partial}
    latest = latest_starts(needs, wanted, filled | idle, known.pace)
    needed = latest_starts(needs, wanted, idle, known.pace)
    left = [_left(registry, name, data_date, states.get(name), each, now) for name, each in latest.items()]
    ordered = sorted(left, key=lambda each: (not each.state.at_risk, each.latest.start, each.processor))
    return Readiness(data_date, now, wanted, tuple(ordered), len(needed), len(needed) - len(latest))


def _left(
    registry: Registry, name: str, day: date, known: DateFreshness | None, latest: LatestStart, now: datetime
) -> StepLeft:
    slot = next((each for each in registry.schedules[name].slots(day) if each > now), None)
    return StepLeft(name, _state(known, latest, slot, now), latest, slot)


def _state(known: DateFreshness | None, latest: LatestStart, slot: datetime | None, now: datetime) -> StepState:
    untold = known is None or (known.filled is None and not known.partial)
    if slot is None and (known is None or known.settled_at is None or known.settled_at <= now):
        return StepState.UNKNOWN if untold or known is None or known.settled_at is None else StepState.LATE
    if latest.start <= now:
        return StepState.MISSED
    if slot is not None and slot > latest.start:
        return StepState.TOO_LATE
    return StepState.EXPECTED if slot is None else StepState.TO_COME
