"""Repairs go on: each tick looks what became of the steps at work, and starts the next ones.

All that is known is stored. A step is claimed by compare-and-set before its service is asked, so that whoever is killed
at any point leaves either a step that was not asked for, or one that is looked for before it is asked for again.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.audit import record
from bot.domain.reprocessing import checking
from bot.domain.reprocessing.checking import Seen
from bot.domain.reprocessing.execution import (
    IN_A_ROW,
    OWN_FAULTS,
    At,
    Cause,
    Decision,
    Hold,
    Leave,
    Wait,
    next_steps,
    opens_circuit,
)
from bot.domain.reprocessing.plan import Limits, StepKey
from bot.domain.reprocessing.progress import ended, seen_to, step_asked
from bot.domain.reprocessing.receipts import Again, repair_receipt, step_receipt
from bot.domain.reprocessing.repair import SETTLED, Circuit, Repair, RepairState, RepairStep, StepState
from bot.ports.clock import Clock
from bot.ports.run_control import Answer, Taken
from bot.ports.state import State, Transaction
from bot.services.repair_control import tell
from bot.services.reprocessing_steps import KeptSteps
from bot.services.step_runs import StepRuns

LOOK_EVERY_S = 2.0
"""So often the history is looked at while something runs."""
STOPPED_EVERY_S, STOPPED = 15.0, "stopped"
GIVEN_UP_AFTER = timedelta(hours=1)
"""So long it is tried to end what goes on of a repair that was stopped."""
LOOKED_AT = frozenset({StepState.RUNNING, StepState.CHECKING})
log = logging.getLogger("fireline.repairs")
Evidence = Callable[[Collection[StepKey], datetime], Mapping[StepKey, Seen]]


@dataclass(frozen=True)
class Around:
    """`limits` are those in use; `evidence` is what is known of steps; `dependents` of steps, judged again; `revision`:
    of a service, as far as it is known; `blind`: why nobody knows what has come of processors, those alone.
    """

    limits: Callable[[], Limits]
    evidence: Evidence
    dependents: Callable[[Collection[StepKey], datetime], Sequence[Again]] = lambda _keys, _now: ()
    revision: Callable[[str], str] = lambda _service: ""
    blind: Callable[[Collection[str]], Mapping[str, str]] = lambda _names: {}


class ReprocessingExecution:
    """Several processes may do the same; each step is claimed by one. `seconds` is a clock that nobody sets."""

    def __init__(self, state: State, runs: StepRuns, around: Around, now: Clock, seconds: Callable[[], float]) -> None:
        self._state, self._runs, self._around = state, runs, around
        self._now, self._seconds, self._calls = now, seconds, runs.calls
        self._looked_at, self._steps = -LOOK_EVERY_S, KeptSteps(state.repairs)
        self._stopped_at = -STOPPED_EVERY_S

    def tick(self) -> None:
        self._see_to_stopped()
        given = self._given()
        if not given:
            return
        self._look(given)
        given = self._given()
        self._go_on(given)
        self._end(given)

    def _given(self) -> list[At]:
        repairs = self._state.repairs.unfinished()
        self._steps.only(each.id for each in repairs)
        return [(each, self._steps.of(each.id)) for each in repairs]

    def _look(self, given: Sequence[At]) -> None:
        """What became of what is at work."""
        now = self._now()
        for repair, steps in given:
            for step in steps:
                if checking.is_unheard(step, now) and not self._calls.has(_key(step)):
                    self._put(repair, step, checking.unclear(step, "the process that asked has ended", now))
                elif step.unclear and step.state is StepState.STARTING and not step.is_early(now):
                    self._calls.begin(_key(step), partial(self._find, repair, step))
        at_work = [(repair, step) for repair, steps in given for step in steps if _is_looked_at(step)]
        if at_work and self._seconds() - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = self._seconds()
            self._check(at_work, now)

    def _check(self, at_work: Sequence[tuple[Repair, RepairStep]], now: datetime) -> None:
        seen = self._around.evidence({step.key for _, step in at_work}, now)
        known = [(repair, step) for repair, step in at_work if step.key in seen]
        found = [(r, step, checking.checked(step, seen[step.key], self._runs.timeout(step), now)) for r, step in known]
        changed = [(repair, after) for repair, before, after in found if after != before and _tells(before, after)]
        if changed:
            with self._state.transaction() as tx:
                stored = [each for repair, after in changed for each in self._store(tx, repair, after)]
            self._remember(stored)

    def _go_on(self, given: Sequence[At]) -> None:
        now = self._now()
        circuits = {each.processor: each.because for each in self._state.repairs.circuits()}
        found = list(next_steps(given, circuits, self._around.limits(), now, self._blind(given)))
        self._tell_held(given, found)
        repairs = {repair.id: repair for repair, _ in given}
        begun = list[tuple[Repair, RepairStep]]()
        decided = [each for each in found if not isinstance(each, Wait)]
        if not decided:
            return
        stored = list[RepairStep]()
        with self._state.transaction() as tx:
            for each in decided:
                repair = repairs[each.step.repair]
                if isinstance(each, Leave):
                    stored += self._store(tx, repair, checking.left_out(each.step, each.cause, each.because, now))
                    continue
                if _has_waited(each.step, now):
                    stored += self._store(tx, repair, checking.unclear(each.step, "it has waited", now))
                    continue
                after = checking.begun(each.step, now)
                if tx.repairs.put_step(after):
                    tx.audit.add(step_asked(repair, after, now))
                    begun.append((repair, _next(after)))
        self._remember([*stored, *(step for _, step in begun)])
        for repair, step in begun:
            self._calls.begin(_key(step), partial(self._ask, repair, step))

    def _blind(self, given: Iterable[At]) -> Mapping[str, str]:
        waiting = {step.processor for _, steps in given for step in steps if step.state is StepState.WAITING}
        return self._around.blind(waiting) if waiting else {}

    def _tell_held(self, given: Sequence[At], found: Iterable[Decision]) -> None:
        """Whoever looks is told why the next ones do not begin, and no longer than that is so."""
        repairs, most = {repair.id: repair for repair, _ in given}, self._around.limits().slots
        waiting = [each for each in found if isinstance(each, Wait)]
        held = [each for each in waiting if each.hold is Hold.BLIND][:most]
        for each in held:
            if each.step.cause != Cause.UNTOLD:
                self._put(repairs[each.step.repair], each.step, checking.held(each.step, each.what))
        for each in waiting:
            if each.hold is not Hold.BLIND and each.step.cause == Cause.UNTOLD:
                self._put(repairs[each.step.repair], each.step, checking.free(each.step))

    def _see_to_stopped(self) -> None:
        """Whoever stops a repair ends what its services have begun. Where that process has ended meanwhile, another
        one sees to it.
        """
        if self._seconds() - self._stopped_at < STOPPED_EVERY_S:
            return
        self._stopped_at, now = self._seconds(), self._now()
        for step in self._state.repairs.may_go_on(now - GIVEN_UP_AFTER):
            if step.ended_at is not None and now - step.ended_at > checking.LEASE:
                self._calls.begin((STOPPED, *_key(step)), partial(self._see_to, step))

    def _see_to(self, step: RepairStep) -> None:
        asked = step.asked_at or step.started_at or self._now()
        answer = self._runs.see_to(step, asked - checking.CLOCKS)
        if answer.taken is Taken.REFUSED and not answer.permanent:
            log.warning("whether %s %s goes on is not known: %s", step.processor, step.data_date, answer.reason)
            return
        if answer.taken is not Taken.AMBIGUOUS:
            with self._state.transaction() as tx:
                tx.repairs.put_step(seen_to(step, answer.reason))

    def _ask(self, repair: Repair, step: RepairStep) -> None:
        answer = self._runs.start(step)
        log.info("%s %s: %s, %s", step.processor, step.data_date, answer.taken, answer.reason)
        if not self._put(repair, step, _answered(step, answer, self._now())) and answer.execution:
            self._runs.end(step, answer.execution)  # it was stopped meanwhile

    def _find(self, repair: Repair, step: RepairStep) -> None:
        """By its request id where the service can tell, else in the run history."""
        now, asked = self._now(), step.asked_at or step.started_at
        if asked is None:
            return
        answer = self._runs.find(step, asked - checking.CLOCKS)
        if answer is None:
            seen = self._around.evidence([step.key], now)
            after = checking.checked(step, seen[step.key], self._runs.timeout(step), now) if step.key in seen else step
            after = after if after != step else checking.not_seen(step, asked, now)
        elif answer.taken is Taken.ACCEPTED:
            after = checking.accepted(step, answer.execution, "found again: it was taken")
        elif answer.taken is Taken.REFUSED:
            after = checking.not_found(step, self._runs.timeout(step), now)
        else:
            after = checking.unclear(step, answer.reason, now)
        self._put(repair, step, after)

    def _put(self, repair: Repair, before: RepairStep, after: RepairStep) -> bool:
        """False: somebody else has changed it meanwhile."""
        if after == before:
            return True
        with self._state.transaction() as tx:
            stored = self._store(tx, repair, after)
        self._remember(stored)
        return bool(stored)

    def _store(self, tx: Transaction, repair: Repair, after: RepairStep) -> list[RepairStep]:
        """As it is stored then; none: somebody else has changed it meanwhile."""
        if not tx.repairs.put_step(after):
            return []
        if after.state in SETTLED:
            tx.audit.add(step_receipt(repair, after, self._around.revision(after.service), self._now()))
            self._count(tx, after)
        return [_next(after)]

    def _remember(self, stored: Iterable[RepairStep]) -> None:
        for step in stored:
            self._steps.changed(step)

    def _count(self, tx: Transaction, step: RepairStep) -> None:
        """Three failures in a row open the circuit."""
        if step.state is not StepState.FAILED or step.cause not in OWN_FAULTS:
            return
        because = opens_circuit(tx.repairs.last_ended(step.processor, IN_A_ROW))
        if because:
            circuit = Circuit(processor=step.processor, opened_at=self._now(), opened_by="fireline", because=because)
            if tx.repairs.open_circuit(circuit):
                said = {"because": because, "repair": step.repair}
                tx.audit.add(record(circuit.opened_at, "", "circuit_opened", f"circuit:{step.processor}", said))
                log.warning("the circuit of %s is open: %s", step.processor, because)

    def _end(self, given: Iterable[At]) -> None:
        for repair, steps in given:
            if steps and all(step.state in SETTLED for step in steps):
                self._ended(repair, steps)

    def _ended(self, repair: Repair, steps: Sequence[RepairStep]) -> None:
        now = self._now()
        after = ended(repair, steps, now)
        again = self._around.dependents([step.key for step in steps if step.attempt], now)
        with self._state.transaction() as tx:
            stored = tx.repairs.put(after)
            if stored is not None:
                tell(tx, stored, "done" if stored.state is RepairState.DONE else "failed", None, now)
                tx.audit.add(repair_receipt(stored, steps, again, now))
                log.info("%s has ended: %s", stored.label, stored.reason)


def _is_looked_at(step: RepairStep) -> bool:
    """Also what nobody knows whether it was taken: its run tells."""
    return step.state in LOOKED_AT or (step.state is StepState.STARTING and step.unclear)


def _tells(before: RepairStep, after: RepairStep) -> bool:
    """Of what nobody knows whether it was taken, the run alone; that there is none says nothing before its service was
    asked.
    """
    return not before.unclear or bool(after.run_id)


def _has_waited(step: RepairStep, now: datetime) -> bool:
    """Since it was looked for, so long that it may have been seen meanwhile: then it is looked for once more."""
    return step.unclear and step.not_before is not None and now - step.not_before > checking.LEASE


def _answered(step: RepairStep, answer: Answer, now: datetime) -> RepairStep:
    if answer.taken is Taken.ACCEPTED:
        return checking.accepted(step, answer.execution, "the service has taken it")
    if answer.taken is Taken.AMBIGUOUS:
        return checking.unclear(step, answer.reason, now)
    more = {"permanent": answer.permanent, "busy": answer.busy}
    return checking.refused(step, answer.reason, now, retry_after=answer.retry_after, **more)


def _next(stored: RepairStep) -> RepairStep:
    return replace(stored, version=stored.version + 1)


def _key(step: RepairStep) -> tuple[str, int]:
    return step.repair, step.seq
