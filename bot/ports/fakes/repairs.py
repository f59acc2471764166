"""Repairs in memory, for a state in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.execution import Cause
from bot.domain.reprocessing.plan import StepKey
from bot.domain.reprocessing.repair import SETTLED, TRIED, UNFINISHED, Circuit, Repair, RepairState, RepairStep
from bot.domain.reprocessing.second import counted


@dataclass
class FakeRepairs:
    """Implements `bot.ports.repairs.Repairs` and `RepairRecord`."""

    by_id: dict[str, Repair] = field(default_factory=dict)
    step_at: dict[tuple[str, int], RepairStep] = field(default_factory=dict)
    circuit_of: dict[str, Circuit] = field(default_factory=dict)

    def __copy__(self) -> "FakeRepairs":
        return FakeRepairs(dict(self.by_id), dict(self.step_at), dict(self.circuit_of))

    def add(self, repair: Repair) -> bool:
        if repair.id in self.by_id:
            return False
        kept = (each for each in self.by_id.values() if not each.is_too_old(repair.asked_at))
        self.by_id = {each.id: each for each in kept}
        self.by_id[repair.id] = replace(repair, version=repair.version + 1)
        return True

    def put(self, after: Repair) -> Repair | None:
        known = self.by_id.get(after.id)
        if known is None or known.version != after.version:
            return None
        last = max((each.number for each in self.by_id.values()), default=0)
        is_new = not after.number and after.state not in (RepairState.PLANNED, RepairState.CANCELLED)
        number = last + 1 if is_new else after.number
        self.by_id[after.id] = replace(after, version=after.version + 1, number=number, message=known.message)
        return self.by_id[after.id]

    def set_message(self, repair_id: str, message: MessageRef) -> bool:
        if repair_id not in self.by_id:
            return False
        self.by_id[repair_id] = replace(self.by_id[repair_id], message=message)
        return True

    def add_steps(self, steps: Iterable[RepairStep]) -> None:
        self.step_at.update({(each.repair, each.seq): replace(each, version=each.version + 1) for each in steps})

    def put_step(self, after: RepairStep) -> bool:
        known = self.step_at.get((after.repair, after.seq))
        if known is None or known.version != after.version:
            return False
        self.step_at[after.repair, after.seq] = replace(after, version=after.version + 1)
        return True

    def last_ended(self, processor: str, most: int) -> list[RepairStep]:
        ended = [
            (step.ended_at, step)
            for step in self.step_at.values()
            if step.processor == processor and step.state in TRIED and step.ended_at is not None
        ]
        return [step for _, step in sorted(ended, key=lambda each: (each[0], each[1].seq), reverse=True)][:most]

    def open_circuit(self, circuit: Circuit) -> bool:
        return self.circuit_of.setdefault(circuit.processor, circuit) is circuit

    def close_circuit(self, processor: str) -> bool:
        return self.circuit_of.pop(processor, None) is not None

    def of(self, repair_id: str) -> Repair | None:
        return self.by_id.get(repair_id)

    def numbered(self, number: int) -> Repair | None:
        return next((each for each in self.by_id.values() if each.number == number), None)

    def unfinished(self) -> list[Repair]:
        return sorted((each for each in self.by_id.values() if each.state in UNFINISHED), key=lambda each: each.number)

    def latest(self, most: int) -> list[Repair]:
        known = (each for each in self.by_id.values() if each.number)
        return sorted(known, key=lambda each: -each.number)[:most]

    def steps_mark(self, repair_id: str) -> int:
        return sum(step.version for step in self.steps(repair_id))

    def steps(self, repair_id: str) -> list[RepairStep]:
        return [step for (repair, _), step in sorted(self.step_at.items()) if repair == repair_id]

    def in_flight(self) -> dict[StepKey, str]:
        labels = {each.id: each.label for each in self.unfinished()}
        steps = (each for each in self.step_at.values() if each.repair in labels and each.state not in SETTLED)
        return {each.key: labels[each.repair] for each in steps}

    def on_service(self, service: str) -> list[str]:
        steps = (each for repair in self.unfinished() for each in self.steps(repair.id))
        left = {each.repair for each in steps if each.service == service and each.state not in SETTLED}
        return [each.label for each in self.unfinished() if each.id in left]

    def repaired(self, since: datetime) -> dict[StepKey, int]:
        return counted(((step.key, step.repaired_at) for step in self.step_at.values()), since)

    def may_go_on(self, since: datetime) -> list[RepairStep]:
        stopped = [step for step in self.step_at.values() if step.cause == Cause.MAY_GO_ON]
        return [step for step in stopped if step.ended_at is not None and step.ended_at >= since]

    def circuits(self) -> list[Circuit]:
        return sorted(self.circuit_of.values(), key=lambda each: each.processor)
