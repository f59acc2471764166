"""What the actions of runbooks do: by the same services as every other surface, for the person who wants it. However
often one is tried, its effect is there once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import Actor, Way
from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.gate.declared import Wanted
from bot.domain.health.model import HealthRequest
from bot.domain.platform.registry import Registry
from bot.domain.reprocessing.plan import Plan, Request
from bot.domain.reprocessing.repair import Repair, RepairState
from bot.domain.runbooks.arguments import length, phase, service_of, subject_of, truth
from bot.domain.runbooks.run import Run, StepRun, Subject
from bot.domain.runbooks.runbook import Step
from bot.services.circuits import CircuitService
from bot.services.declaring import DeclaringService
from bot.services.reprocessing import RepairService
from bot.services.silences import SilenceService

MOST_NAMED = 3


@dataclass(frozen=True)
class Order:
    """`who` wants `step` of `run` done; `key` is the same at each try."""

    run: Run
    step: Step
    state: StepRun
    who: Actor
    now: datetime

    @property
    def key(self) -> str:
        """Of one press: what was refused may be asked for again."""
        pressed = self.state.at or self.run.started_at
        return f"runbook:{self.run.id}:{self.step.number}:{pressed.isoformat()}"

    @property
    def asker(self) -> Actor:
        """Who asked for it, where another one has approved it."""
        return actor(self.state.asked_key, self.state.asked_by) if self.state.asked_key else self.who

    @property
    def subject(self) -> Subject:
        return subject_of(self.step, self.run.subject)

    @property
    def processor(self) -> str:
        if not self.subject.processor:
            raise BadInput("The runbook was started for no processor: do it by hand, and skip the step.")
        return self.subject.processor


def actor(key: str, name: str) -> Actor:
    """Who it was, as they were known then."""
    way, _, known = key.partition(":")
    return Actor(known, name, Way(way))


OnService = Callable[[str, Order], str]
"""Does something to a service; says what. Raises FirelineError."""


@dataclass(frozen=True)
class Hands:
    """`repairs`, and what is done to services by the name of the action; what is not there cannot be done here."""

    registry: Registry
    silences: SilenceService
    declaring: DeclaringService
    repairs: RepairService | None = None
    services: Mapping[str, OnService] | None = None
    circuits: Callable[[], CircuitService] | None = None


class RunbookActions:
    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._acts: Mapping[str, Callable[[Order], str]] = {
            "silence": self._silence,
            "page": self._page,
            "reprocess": self._reprocess,
            "open_circuit": self._open_circuit,
            "close_circuit": self._close_circuit,
        }

    def do(self, order: Order) -> str:
        """What was done, in a sentence. Raises BadInput for what is not done; another FirelineError where nobody knows
        yet whether it was.
        """
        act = self._acts.get(order.step.call, self._on_service)
        return act(order)

    def _silence(self, order: Order) -> str:
        said, one = order.step.arguments, None
        if "phase" in said:
            one = phase(said["phase"])
        target = HealthRequest(phase=one, processor=order.processor if one is None else None)
        found = self._hands.silences.impose(
            target, length(said["for"]), said["reason"], order.who, order.now, order.key
        )
        return f"{found.what} is silenced until {found.until:%Y-%m-%d %H:%M} UTC"

    def _page(self, order: Order) -> str:
        said, run = order.step.arguments, order.run
        known = run.subject.processor in self._hands.registry.by_name
        wanted = Wanted(
            title=f"{run.runbook.title}: {said['reason']}"[:150],
            severity=run.runbook.severity,
            because=f"{run.label}, step {order.step.number}",
            processors=(run.subject.processor,) if known else (),
            page=said["whom"],
        )
        made = self._hands.declaring.declare(wanted, order.who, order.now, key=order.key)
        return f"{said['whom']} is paged by {made.label}"

    def _reprocess(self, order: Order) -> str:
        repairs, subject = self._hands.repairs, order.subject
        if repairs is None:
            raise BadInput("Repairs are not there in this process: do it by hand, and skip the step.")
        if subject.data_date is None:
            raise BadInput("The runbook was started for no data date: use /reprocess, and skip the step.")
        downstream = truth(order.step.arguments.get("downstream", "false"))
        names, day = (order.processor,), subject.data_date
        request = Request(processors=names, first=day, last=day, downstream=downstream)
        before = _earlier(repairs, request, order)
        if before is not None:
            return _told(before)
        made = repairs.propose(request, order.who, order.now, order.run.incident)
        if not made.plan.running:
            raise BadInput(f"Nothing was started: {_skipped(made.plan)}.")
        if made.plan.needs_second:
            return _told(repairs.ask_approval(made.id, order.who, order.now))
        return _told(repairs.start(made.id, order.who, order.now))

    def _open_circuit(self, order: Order) -> str:
        name, circuits = order.processor, self._circuits()
        if not any(each.processor == name for each in circuits.all()):
            circuits.open(name, f"{order.run.label}: {order.step.arguments['reason']}", order.who, order.now)
        return f"repairs of {name} are stopped: `/reprocess circuits` lets them go on"

    def _close_circuit(self, order: Order) -> str:
        name, circuits = order.processor, self._circuits()
        if any(each.processor == name for each in circuits.all()):
            circuits.close(name, order.who, order.now)
        return f"repairs of {name} may go on"

    def _circuits(self) -> CircuitService:
        if self._hands.circuits is None:
            raise BadInput("Circuits are not there in this process: skip the step.")
        return self._hands.circuits()

    def _on_service(self, order: Order) -> str:
        does = (self._hands.services or {}).get(order.step.call)
        if does is None:
            raise BadInput(f"There is no {order.step.call} in this process: do it by hand, and skip the step.")
        return does(self._service(order), order)

    def _service(self, order: Order) -> str:
        found = service_of(order.step, order.subject, self._hands.registry)
        if not found:
            raise BadInput(f"{order.processor} has no service in the registry: do it by hand, and skip the step.")
        return found


def _earlier(repairs: RepairService, request: Request, order: Order) -> Repair | None:
    """The repair that an earlier try of this order began."""
    asked_at = order.state.at or order.now
    for each in repairs.latest():
        same = each.asked_by.key == order.who.key and each.asked_at >= asked_at
        if same and replace(each.plan.request, mode=request.mode) == request:
            return each
    return None


def _told(repair: Repair) -> str:
    if repair.state is RepairState.AWAITING_APPROVAL:
        because = "; ".join(repair.plan.needs_second)
        return f"{repair.label} waits for a second person, `/reprocess {repair.label}` shows it: {because}"
    return f"{repair.label} runs {plural(len(repair.plan.running), 'step')}"


def _skipped(plan: Plan) -> str:
    said = [f"{each.processor} {each.data_date}: {each.because}" for each in plan.steps[:MOST_NAMED]]
    return "; ".join(said) or "the plan is empty"
