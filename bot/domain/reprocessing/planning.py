"""What a repair will do, from what is known: each step runs, or is left out for a named reason with its evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from graphlib import TopologicalSorter
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Criticality, Registry
from bot.domain.reprocessing.cheapest import Due, cheapest
from bot.domain.reprocessing.checking import UNCOUNTED, is_right
from bot.domain.reprocessing.plan import (
    STANDARD,
    Deadline,
    Estimate,
    Limits,
    Mode,
    Offer,
    Plan,
    Request,
    SkipReason,
    Step,
    StepKey,
    plan_hash,
)
from bot.domain.reprocessing.second import repeated, why_second
from bot.domain.reprocessing.slots import scheduled
from bot.domain.verdicts.judge import Action, Judged, Verdict

SKIPPED_BY = {
    Verdict.OK: SkipReason.ALREADY_OK,
    Verdict.TRACKING_BUG: SkipReason.ALREADY_OK,
    Verdict.LEGITIMATE_ZERO: SkipReason.NO_DATA_EXPECTED,
    Verdict.OFF_DAY: SkipReason.NO_DATA_EXPECTED,
    Verdict.DATA_GONE: SkipReason.NO_DATA_EXPECTED,
    Verdict.NOT_YET: SkipReason.FUTURE,
    Verdict.UPSTREAM: SkipReason.UPSTREAM_BAD,
}
"""Where nothing is to be repaired, or nothing can be yet."""

HOLDS_UP = frozenset({SkipReason.IN_FLIGHT, SkipReason.UPSTREAM_BAD, SkipReason.CIRCUIT_OPEN})
"""What is left out so is not right, or about to change: nothing is made from it meanwhile."""
_Why = tuple[SkipReason | None, str]

WEIGHTS = {Criticality.CRITICAL: 8, Criticality.HIGH: 4, Criticality.MEDIUM: 2, Criticality.LOW: 1, None: 1}
"""How much a deadline counts: one of a critical processor is worth more than several of others."""


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """What is known of one processor and date. `filled`: has it data; None: nobody can tell. `in_flight`: who is at it
    now, in words; "": nobody.
    """

    judged: Judged
    filled: bool | None = None
    rows: int | None = None
    in_flight: str = ""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """`registry` has each scraper among the dependencies of who reads its files. `seconds`: medians of runs, by
    processor; `open_circuits`: why, by processor; `revisions`: by service; `repaired`: how often steps were repaired in
    the last seven days; `due`: deadlines that lie ahead. `at_work`: who is at what the scope is made from and does not
    hold itself. `unread`: why nobody knows what is under way; "": it is known.
    """

    registry: Registry
    today: date
    seconds: Mapping[str, float] = field(default_factory=dict)
    open_circuits: Mapping[str, str] = field(default_factory=dict)
    revisions: Mapping[str, str] = field(default_factory=dict)
    repaired: Mapping[StepKey, int] = field(default_factory=dict)
    limits: Limits = STANDARD
    due: Mapping[StepKey, datetime] = field(default_factory=dict)
    at_work: Mapping[StepKey, str] = field(default_factory=dict)
    unread: str = ""


def plan(
    plan_id: str,
    request: Request,
    scope: Sequence[str],
    facts: Mapping[StepKey, StepFacts],
    around: Circumstances,
    now: datetime,
) -> Plan:
    """`scope`: the processors asked for, and what depends on them where that was asked for; each has facts for each
    date up to today.
    """
    steps = _Steps(request, in_order(scope, around.registry), facts, around).all()
    found = _by_deadlines(steps, around, now)
    steps, running = found.steps, [step for step in found.steps if step.runs]
    again = repeated(running, around.repaired)
    dependents = {step.processor for step in running} - set(request.processors)
    return Plan(
        id=plan_id,
        request=request,
        steps=steps,
        hash=plan_hash(request, steps, around.limits),
        needs_second=tuple(why_second(running, len(dependents), again, around.unread)),
        estimate=estimated(running, around.limits),
        made_at=now,
        limits=around.limits,
        again=again,
        upstream=_upstream_offer(steps, scope, around.registry),
        downstream=_downstream_offer(request, running, around),
        deadlines=found.deadlines,
        by_deadlines=found.better,
    )


def in_order(names: Iterable[str], registry: Registry) -> list[str]:
    """What others are made from first, else as the registry has it."""
    wanted = set(names)
    graph = {each.name: [name for name in each.dependencies if name in wanted] for each in registry.processors}
    return list(
        TopologicalSorter({name: made_from for name, made_from in graph.items() if name in wanted}).static_order()
    )


def estimated(running: Sequence[Step], limits: Limits) -> Estimate:
    spans = scheduled(running, limits)
    unknown = dict.fromkeys(step.processor for step in running if step.seconds is None)
    return Estimate(max((span.end for span in spans), default=0.0), tuple(unknown))


class _Ordered(NamedTuple):
    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...] = ()
    better: bool = False


def _by_deadlines(steps: tuple[Step, ...], around: Circumstances, now: datetime) -> _Ordered:
    """As they are, unless another order saves more deadlines; what is left out comes last then."""
    running = [step for step in steps if step.runs]
    known = around.registry.by_name
    due = {
        step.key: Due(
            seconds=(around.due[step.key] - now).total_seconds(), weight=WEIGHTS[known[step.processor].criticality]
        )
        for step in running
        if step.key in around.due
    }
    if not due:
        return _Ordered(steps)
    found = cheapest(running, around.limits, due)
    met = [Deadline(*each.key, around.due[each.key], now + timedelta(seconds=each.ends)) for each in found.met]
    if not found.better:
        return _Ordered(steps, tuple(met))
    by_key = {step.key: step for step in running}
    ordered = (*(by_key[key] for key in found.order), *(step for step in steps if not step.runs))
    return _Ordered(ordered, tuple(met), better=True)


class _Steps:
    """Date by date, the newest first; within a date what others are made from first."""

    def __init__(
        self,
        request: Request,
        names: Sequence[str],
        facts: Mapping[StepKey, StepFacts],
        around: Circumstances,
    ) -> None:
        self._request, self._names, self._facts, self._around = request, names, facts, around
        self._known = around.registry.by_name

    def all(self) -> tuple[Step, ...]:
        last, days = self._request.last.toordinal(), self._request.dates
        dates = (date.fromordinal(last - back) for back in range(days))
        return tuple(step for day in dates for step in self._of(day))

    def _of(self, day: date) -> list[Step]:
        if day > self._around.today:
            why = SkipReason.FUTURE, "the date lies ahead"
            return [self._step(name, day, Verdict.NOT_YET, why) for name in self._names]
        found: dict[str, Step] = {}
        holds: dict[str, _Why] = {}
        for name in self._names:
            found[name] = step = self._decided(name, day, found, holds)
            if name not in holds and step.skip in HOLDS_UP:
                holds[name] = step.skip, f"it is made from {name}: {step.because}"
        return list(found.values())

    def _decided(self, name: str, day: date, earlier: Mapping[str, Step], holds: dict[str, _Why]) -> Step:
        """`holds`: why what is made from a step of the date waits; one that waits itself is added."""
        known = self._facts[StepKey(name, day)]
        made_from = self._known[name].dependencies
        after = tuple([each for each in made_from if each in earlier and earlier[each].skip is None])
        why = self._skip(name, known, after)
        if why[0] in (None, SkipReason.UPSTREAM_BAD) and (held := self._held_up(made_from, day, holds, why)):
            why = holds[name] = held
        return self._step(name, day, known.judged.verdict, why, known.rows, after)

    def _held_up(self, made_from: Sequence[str], day: date, holds: Mapping[str, _Why], why: _Why) -> _Why | None:
        """What is being made comes before what is bad: that changes by itself."""
        for each in made_from:
            if said := self._around.at_work.get(StepKey(each, day)):
                return SkipReason.IN_FLIGHT, f"it is made from {each}: {said}"
        found = [holds[each] for each in made_from if each in holds]
        under_way = [each for each in found if each[0] is SkipReason.IN_FLIGHT]
        if under_way:
            return under_way[0]
        return (SkipReason.UPSTREAM_BAD, found[0][1]) if found and why[0] is None else None

    def _skip(self, name: str, known: StepFacts, after: Sequence[str]) -> _Why:
        """Why it is left out, None if it is not; and the evidence."""
        judged, mode = known.judged, self._request.mode
        if known.in_flight:
            return SkipReason.IN_FLIGHT, known.in_flight
        if name in self._around.open_circuits:
            return SkipReason.CIRCUIT_OPEN, self._around.open_circuits[name]
        reason = SKIPPED_BY.get(judged.verdict)
        if reason is SkipReason.UPSTREAM_BAD or judged.action is Action.RESCRAPE:
            if after:
                return None, f"{judged.because}; runs after {' and '.join(after)}"
            is_source = not self._known[name].dependencies
            return (None, judged.because) if is_source else (SkipReason.UPSTREAM_BAD, judged.because)
        if reason is SkipReason.ALREADY_OK and mode is Mode.ALL:
            return None, judged.because
        if reason is SkipReason.ALREADY_OK and mode is Mode.FAILED and not is_right(judged):
            return None, f"{judged.because}: whether they are all is not known, {UNCOUNTED}"
        if reason is None and mode is Mode.MISSING and known.filled:
            held = "" if known.rows is None else f" ({plural(known.rows, 'row')})"
            return SkipReason.ALREADY_OK, f"it has data{held}, and only missing dates were asked for: {judged.because}"
        return reason, judged.because

    def _step(
        self,
        name: str,
        day: date,
        verdict: Verdict,
        why: _Why,
        rows: int | None = None,
        after: tuple[str, ...] = (),
    ) -> Step:
        service = self._known[name].service or ""
        return Step(
            processor=name,
            data_date=day,
            because=why[1],
            verdict=verdict,
            skip=why[0],
            rows=rows,
            service=service,
            revision=self._around.revisions.get(service, ""),
            seconds=self._around.seconds.get(name),
            after=after,
        )


def _upstream_offer(steps: Sequence[Step], scope: Iterable[str], registry: Registry) -> Offer | None:
    """What is left out because of something that nobody asked for, and nothing that is left out here itself."""
    asked, made_from = set(scope), {name: registry.by_name[name].dependencies for name in scope}
    left_out = {step.key for step in steps if step.skip in HOLDS_UP}
    blocked = [
        step
        for step in steps
        if step.skip is SkipReason.UPSTREAM_BAD
        and not any(StepKey(name, step.data_date) in left_out for name in made_from[step.processor])
    ]
    found = dict.fromkeys(name for step in blocked for name in made_from[step.processor] if name not in asked)
    if not found:
        return None
    return Offer(tuple(found), f"{plural(len(blocked), 'step')} cannot run before that is right")


def _downstream_offer(request: Request, running: Sequence[Step], around: Circumstances) -> Offer | None:
    """What is made from what runs, and was not asked for; with the next deadline among it."""
    if request.downstream or not running:
        return None
    lineage, asked = Lineage(around.registry), set(request.processors)
    roots = dict.fromkeys(step.processor for step in running)
    added = tuple(dict.fromkeys(name for root in roots for name in lineage.down(root) if name not in asked))
    days = {step.data_date for step in running}
    due = sorted(
        (at, key.processor) for key, at in around.due.items() if key.processor in added and key.data_date in days
    )
    return Offer(added, "they are made from what runs", (due[0][1], due[0][0]) if due else None) if added else None
