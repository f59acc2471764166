"""What a repair does next: which steps start, which wait and for what, which are left out. Each with a named reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.reprocessing.plan import Limits, StepKey
from bot.domain.reprocessing.repair import Repair, RepairState, RepairStep, StepState


class Cause(StrEnum):
    """Why a step is as it is."""

    REFUSED = "refused"
    """The service did not take it."""
    RUN_FAILED = "run_failed"
    NOTHING_TO_DO = "nothing_to_do"
    """Its run failed because there was nothing to process."""
    NO_RUN = "no_run"
    """Nothing shows that it ever ran."""
    NO_END = "no_end"
    """Its run has not ended in time."""
    NOT_PROVED = "not_proved"
    """Its run says success, and the data say something else."""
    UNTOLD = "untold"
    """Nobody can tell whether the data are right."""
    NOT_DUE = "not_due"
    """No data was due after all."""
    MAY_GO_ON = "may_go_on"
    """It was stopped at work: whether its run has ended is still to be seen to."""
    UPSTREAM_BAD = "upstream_bad"
    CIRCUIT_OPEN = "circuit_open"


OWN_FAULTS = frozenset({Cause.RUN_FAILED, Cause.NO_RUN, Cause.NO_END, Cause.NOT_PROVED})
"""Three of them in a row open the circuit."""
HOLDS_SLOT = frozenset({StepState.STARTING, StepState.RUNNING})
"""What is only checked keeps no service busy."""
IN_A_ROW = 3


class Hold(StrEnum):
    """Why a step waits."""

    SLOTS = "all slots are taken"
    PROCESSOR = "the processor runs as often as it may"
    SERVICE = "the service runs as much as it may"
    UPSTREAM = "what it is made from comes first"
    PAUSED = "the repair is paused"
    PAUSE = "the service asked for a pause"
    BLIND = "nobody would know what came of it"


@dataclass(frozen=True)
class Begin:
    step: RepairStep


@dataclass(frozen=True)
class Leave:
    """It is not run: `cause` in a word, `because` in a sentence."""

    step: RepairStep
    cause: Cause
    because: str


@dataclass(frozen=True)
class Wait:
    step: RepairStep
    hold: Hold
    what: str = ""


Decision = Begin | Leave | Wait
At = tuple[Repair, Sequence[RepairStep]]


def next_steps(
    repairs: Iterable[At],
    circuits: Mapping[str, str],
    limits: Limits,
    now: datetime,
    blind: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Decision]:
    """One for each step that waits, the oldest repair first, then in the order of the plan. `circuits`: why one is
    open, by processor; `blind`: why nobody knows what has come of one, by processor.
    """
    given = [(repair, list(steps)) for repair, steps in repairs]
    slots = _Slots(limits, (step for _, steps in given for step in steps if step.state in HOLDS_SLOT))
    for repair, steps in given:
        at = {step.key: step for step in steps}
        left = set[StepKey]()
        for step in steps:
            if step.state is not StepState.WAITING:
                continue
            decided = _decided(step, at, left, circuits, now) or _held(repair, step, slots, blind)
            if isinstance(decided, Leave):
                left.add(step.key)
            elif decided is None:
                slots.take(step)
            yield decided or Begin(step)


def _decided(
    step: RepairStep, at: Mapping[StepKey, RepairStep], left: set[StepKey], circuits: Mapping[str, str], now: datetime
) -> Leave | Wait | None:
    if step.processor in circuits:
        return Leave(step, Cause.CIRCUIT_OPEN, f"the circuit of {step.processor} is open: {circuits[step.processor]}")
    before = [at[key] for name in step.after if (key := StepKey(name, step.data_date)) in at]
    bad = [each for each in before if each.key in left or is_bad(each)]
    if bad:
        said = ", ".join(f"{each.processor} {_ended(each)}" for each in bad)
        return Leave(step, Cause.UPSTREAM_BAD, f"what it is made from is not right: {said}")
    waits = [each.processor for each in before if not is_through(each)]
    if waits:
        return Wait(step, Hold.UPSTREAM, ", ".join(waits))
    return Wait(step, Hold.PAUSE) if step.is_early(now) else None


def _held(repair: Repair, step: RepairStep, slots: "_Slots", blind: Mapping[str, str]) -> Wait | None:
    if repair.state is not RepairState.RUNNING:
        return Wait(step, Hold.PAUSED)
    if why := blind.get(step.processor):
        return Wait(step, Hold.BLIND, why)
    full = slots.full_for(step)
    return None if full is None else Wait(step, full)


def is_through(step: RepairStep) -> bool:
    """Can what is made from it go on?"""
    return step.state is StepState.PROVED or (step.state is StepState.SKIPPED and step.cause == Cause.NOT_DUE)


def is_bad(step: RepairStep) -> bool:
    ended = step.state in (StepState.FAILED, StepState.CANCELLED, StepState.SKIPPED)
    return ended and not is_through(step)


def _ended(step: RepairStep) -> str:
    words = {StepState.FAILED: "failed", StepState.CANCELLED: "was cancelled"}
    return words.get(step.state, "was left out")


class _Slots:
    """So many steps at once: in all, of one processor, of one service; all repairs together."""

    def __init__(self, limits: Limits, at_work: Iterable[RepairStep]) -> None:
        self._limits = limits
        self._taken, self._of_processor, self._of_service = 0, Counter[str](), Counter[str]()
        for step in at_work:
            self.take(step)

    def take(self, step: RepairStep) -> None:
        self._taken += 1
        self._of_processor[step.processor] += 1
        self._of_service[step.service] += 1

    def full_for(self, step: RepairStep) -> Hold | None:
        if self._taken >= self._limits.slots:
            return Hold.SLOTS
        if self._of_processor[step.processor] >= self._limits.of_processor(step.processor):
            return Hold.PROCESSOR
        if step.service and self._of_service[step.service] >= self._limits.of_service(step.service):
            return Hold.SERVICE
        return None


def opens_circuit(newest_first: Sequence[RepairStep]) -> str:
    """Why the circuit of a processor opens, by its last steps that ended; "": it stays as it is."""
    last = newest_first[:IN_A_ROW]
    if len(last) < IN_A_ROW or any(each.state is not StepState.FAILED or each.cause not in OWN_FAULTS for each in last):
        return ""
    return f"{IN_A_ROW} repairs in a row failed, the last ({last[0].data_date}): {last[0].reason}"
