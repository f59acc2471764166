"""What people do to a repair that runs: pause it, let it go on, stop it, try what failed once more."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.access import Actor, Identity
from bot.domain.errors import BadInput
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.reprocessing.execution import HOLDS_SLOT
from bot.domain.reprocessing.plan import Limits
from bot.domain.reprocessing.progress import Progress, cancelled, paused, progress, resumed, retried
from bot.domain.reprocessing.receipts import repair_receipt
from bot.domain.reprocessing.repair import SETTLED, Repair, RepairStep, StepState, record_of
from bot.domain.reprocessing.second import AGAIN_WITHIN, repeated, why_second
from bot.ports.clock import Clock
from bot.ports.state import State, Transaction
from bot.services.access import check_role
from bot.services.required_state import required
from bot.services.service_in_use import refuse_repair

TRIES = 5
"""A change that comes in between is decided on again."""
log = logging.getLogger("fireline.repairs")
UNNAMED = "it was being asked for, and whether it runs is not known"
EndRuns = Callable[[Sequence[RepairStep], float], Sequence[str]]
"""Ends what services have taken, as far as they can; waits so many seconds, and tells what goes on, or may."""
Change = Callable[[Repair, list[RepairStep], datetime], tuple[Repair, Sequence[RepairStep]]]


class RepairControl:
    """Who asks is checked when they ask. Each change is one transaction, audited, and told in the incident's timeline.
    Raises NotAllowed, and BadInput for what makes no sense (any more).
    """

    def __init__(
        self,
        state: State | None,
        identify: Callable[[Actor], Identity],
        now: Clock,
        limits: Callable[[], Limits],
        end_runs: EndRuns = lambda _steps, _wait_s: (),
    ) -> None:
        """`state` None: this process keeps none."""
        self._kept, self._identify, self._now = state, identify, now
        self._limits, self._end_runs = limits, end_runs

    def pause(self, repair_id: str, who: Actor) -> Repair:
        return self._do(repair_id, who, "paused", "pause a repair", lambda repair, _, __: (paused(repair), ()))

    def resume(self, repair_id: str, who: Actor) -> Repair:
        return self._do(repair_id, who, "resumed", "let a repair go on", lambda repair, _, __: (resumed(repair), ()))

    def stop(self, repair_id: str, who: Actor) -> Repair:
        """No step of it is started from now on; what its services have begun is ended, and not waited for."""
        return self.stopped(repair_id, who, 0.0)[0]

    def stopped(self, repair_id: str, who: Actor, wait_s: float) -> tuple[Repair, list[str]]:
        """The same, and so many seconds are waited for what is to end. With what goes on, or may, in words."""
        change: Change = lambda repair, steps, now: cancelled(repair, steps, who.name, now)  # noqa: E731
        before = {step.seq: step.state for step in self._state.repairs.steps(repair_id)}
        stopped = self._do(repair_id, who, "cancelled", "stop a repair", change)
        steps = (step for step in self._state.repairs.steps(repair_id) if step.state is StepState.CANCELLED)
        begun = [step for step in steps if before.get(step.seq) not in SETTLED and step.attempt]
        named = [step for step in begun if step.execution]
        unknown = [step for step in begun if not step.execution and before.get(step.seq) in HOLDS_SLOT]
        left = [f"{step.processor} {step.data_date}: {UNNAMED}" for step in unknown]
        return stopped, [*self._end_runs(named, wait_s), *left]

    def retry(self, repair_id: str, who: Actor) -> Repair:
        return self._do(repair_id, who, "retried", "try a repair again", self._retried)

    def _retried(self, repair: Repair, steps: list[RepairStep], now: datetime) -> tuple[Repair, list[RepairStep]]:
        """One person alone tries no more again than one may start alone."""
        after, again = retried(repair, steps, now)
        barred = {each.processor: each.because for each in self._state.repairs.circuits()}
        if all(step.processor in barred for step in again):
            name = again[0].processor
            said = f"Not tried again: the circuit of {name} is open: {barred[name]}."
            raise BadInput(f"{said} Mend it, then let its repairs go on: `/reprocess circuits`.")
        dependents = {step.processor for step in again} - set(repair.plan.request.processors)
        repaired = self._state.repairs.repaired(now - AGAIN_WITHIN)
        if why := "; ".join(why_second(again, len(dependents), repeated(again, repaired))):
            raise BadInput(f"Not tried again: {why}. Plan what failed again: a second person approves the plan.")
        return after, again

    def unfinished(self) -> list[tuple[Repair, Progress]]:
        """Those that run or are paused, in order of their numbers."""
        return [(each, self.progress(each)) for each in self._state.repairs.unfinished()]

    def progress(self, repair: Repair) -> Progress:
        return progress(repair, self._state.repairs.steps(repair.id), self._limits(), self._now())

    @property
    def _state(self) -> State:
        return required(self._kept)

    def _do(self, repair_id: str, who: Actor, act: str, what: str, change: Change) -> Repair:
        check_role(self._identify, who, what)
        for _ in range(TRIES):
            done = self._tried(repair_id, who, act, change)
            if done is not None:
                log.info("%s is %s by %s", done.label, act, who.key)
                return done
        raise BadInput("It is being changed just now. Try again.")

    def _tried(self, repair_id: str, who: Actor, act: str, change: Change) -> Repair | None:
        """None: something came in between."""
        now, repair = self._now(), self._state.repairs.of(repair_id)
        if repair is None:
            raise BadInput("There is no such repair any more.")
        steps = {step.seq: step for step in self._state.repairs.steps(repair_id)}
        after, changed = change(repair, list(steps.values()), now)
        steps |= {step.seq: step for step in changed}
        try:
            with self._state.transaction() as tx:
                if again := [step for step in changed if step.state is StepState.WAITING]:
                    refuse_repair(tx, again)
                stored = tx.repairs.put(after)
                if stored is None or not all(tx.repairs.put_step(each) for each in changed):
                    raise _Overtaken
                tell(tx, stored, act, who, now)
                if stored.is_over:
                    tx.audit.add(repair_receipt(stored, list(steps.values()), (), now))
        except _Overtaken:
            return None
        return stored


class _Overtaken(Exception):
    """Undoes the transaction."""


def tell(tx: Transaction, repair: Repair, act: str, who: Actor | None, now: datetime) -> None:
    """What has become of a repair: in the record, and in the timeline of its incident."""
    tx.audit.add(record_of(repair, act, who.key if who is not None else "", now))
    if repair.incident:
        by = f" by {who.name}" if who is not None else ""
        text = f"{repair.label} {act}{by}{f': {repair.reason}' if repair.reason else ''}"
        tx.responses.note([Entry(repair.incident, now, EntryKind.NOTE, text, who.key if who is not None else "")])
