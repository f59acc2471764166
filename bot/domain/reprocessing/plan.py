"""A plan of a repair: which processors run for which dates, what is left out and why. Its hash is what is approved."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.verdicts.judge import Verdict

GOOD_FOR = timedelta(minutes=15)
"""So long a plan can be started, or approved."""


class Mode(StrEnum):
    FAILED = "failed"
    """What is not right: a verdict that is a finding."""
    MISSING = "missing"
    """Of that what has no data at all."""
    ALL = "all"
    """Also what is right already."""


class SkipReason(StrEnum):
    ALREADY_OK = "already_ok"
    IN_FLIGHT = "in_flight"
    NO_DATA_EXPECTED = "no_data_expected"
    FUTURE = "future"
    UPSTREAM_BAD = "upstream_bad"
    CIRCUIT_OPEN = "circuit_open"


@dataclass(frozen=True, kw_only=True)
class Request:
    """`downstream`: also what depends on the processors. Both dates are included."""

    processors: tuple[str, ...]
    first: date
    last: date
    mode: Mode = Mode.FAILED
    downstream: bool = False

    @property
    def dates(self) -> int:
        return (self.last - self.first).days + 1


class StepKey(NamedTuple):
    processor: str
    data_date: date


@dataclass(frozen=True, kw_only=True)
class Step:
    """One processor and one date; `skip` None: it runs. `because` is the evidence, in a sentence.

    `after`: processors that run before it for the same date, by this plan. `rows`: what the table holds now.
    `seconds`: what its runs usually take; None: not known. `revision`: of its service; "": not known.
    """

    processor: str
    data_date: date
    because: str
    verdict: Verdict
    skip: SkipReason | None = None
    rows: int | None = None
    service: str = ""
    revision: str = ""
    seconds: float | None = None
    after: tuple[str, ...] = ()

    @property
    def key(self) -> StepKey:
        return StepKey(self.processor, self.data_date)

    @property
    def runs(self) -> bool:
        return self.skip is None


@dataclass(frozen=True)
class Limits:
    """So many steps run at once: in all, of one processor, of one service. `processors` and `services` have their own,
    by name.
    """

    slots: int = 10
    per_processor: int = 2
    per_service: int = 2
    processors: Mapping[str, int] = field(default_factory=dict)
    services: Mapping[str, int] = field(default_factory=dict)

    def of_processor(self, name: str) -> int:
        return self.processors.get(name, self.per_processor)

    def of_service(self, name: str) -> int:
        return self.services.get(name, self.per_service)


STANDARD = Limits()


@dataclass(frozen=True)
class Estimate:
    """How long the steps take by their medians, with the slots kept full. `unknown`: processors of no known median;
    they are not counted.
    """

    seconds: float
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """That of a step which lies ahead, and when it ends in the order of the plan, by the medians."""

    processor: str
    data_date: date
    due_at: datetime
    ends_at: datetime

    @property
    def spare(self) -> timedelta:
        """Negative: it is missed by that."""
        return self.due_at - self.ends_at


@dataclass(frozen=True)
class Offer:
    """What was not asked for and would help: these processors as well. It is never done unasked. `due`: the next
    deadline among them.
    """

    processors: tuple[str, ...]
    because: str
    due: tuple[str, datetime] | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`id` is random, and says nothing. `needs_second`: why a second person has to approve it; empty: nobody has to.

    `again`: steps that were repaired twice within a week before: they need a lasting mend. `deadlines` of its steps;
    `by_deadlines`: the order saves more of them than newest first would.
    """

    id: str
    request: Request
    steps: tuple[Step, ...]
    hash: str
    needs_second: tuple[str, ...]
    estimate: Estimate
    made_at: datetime
    limits: Limits = STANDARD
    again: tuple[StepKey, ...] = ()
    upstream: Offer | None = None
    downstream: Offer | None = None
    deadlines: tuple[Deadline, ...] = ()
    by_deadlines: bool = False

    @cached_property
    def running(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.runs)

    @cached_property
    def skipped(self) -> Mapping[SkipReason, int]:
        """How many are left out, by why."""
        found = dict.fromkeys(SkipReason, 0)
        for step in self.steps:
            if step.skip is not None:
                found[step.skip] += 1
        return {reason: count for reason, count in found.items() if count}

    @property
    def number_skipped(self) -> int:
        return len(self.steps) - len(self.running)

    @property
    def processors(self) -> tuple[str, ...]:
        """Those that run, in the order of the plan."""
        return tuple(dict.fromkeys(step.processor for step in self.running))

    @property
    def dates(self) -> tuple[date, ...]:
        """Those for which something runs, the newest first."""
        return tuple(sorted({step.data_date for step in self.running}, reverse=True))


def plan_hash(request: Request, steps: Iterable[Step], limits: Limits) -> str:
    """Over everything that is approved: what runs, what is left out, by which verdict, with which code; not over the
    order, which the time of day may change. What a table holds counts where it will be written anew.
    """
    steps = sorted(steps, key=lambda each: each.key)
    asked = [list(request.processors), f"{request.first}", f"{request.last}", request.mode, request.downstream]
    rows = [[*each.key, each.skip or "run", each.verdict, each.rows if each.runs else None] for each in steps]
    code = [[each.service, each.revision] for each in steps]
    own = [sorted(limits.processors.items()), sorted(limits.services.items())]
    said = [asked, [limits.slots, limits.per_processor, limits.per_service, *own], rows, code]
    return hashlib.sha256(json.dumps(said, separators=(",", ":"), default=str).encode()).hexdigest()


class Change(NamedTuple):
    """One row of a plan that is not as it was; "": it was not, or is not, in it."""

    processor: str
    data_date: date
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.processor} {self.data_date}: {self.was or 'not there'} → {self.now or 'not there'}"


def difference(before: Iterable[Step], after: Iterable[Step]) -> list[Change]:
    """Row by row, what of a plan has changed, in the order of the new one."""
    old, new = ({each.key: each for each in steps} for steps in (before, after))
    keys = [*new, *(key for key in old if key not in new)]
    pairs = ((key, old.get(key), new.get(key)) for key in keys)
    return [Change(*key, _said(was), _said(now)) for key, was, now in pairs if _counts(was) != _counts(now)]


def _counts(step: Step | None) -> tuple[object, ...] | None:
    """What of it the hash is over."""
    if step is None:
        return None
    return step.skip, step.verdict, step.rows if step.runs else None, step.service, step.revision


def _said(step: Step | None) -> str:
    if step is None:
        return ""
    if step.skip is not None:
        return f"skip, {step.skip.replace('_', ' ')}: {step.because}"
    rows = "" if step.rows is None else f", {plural(step.rows, 'row')}"
    return f"run: {step.verdict.replace('_', ' ')}{rows}{f', {step.revision}' if step.revision else ''}"
