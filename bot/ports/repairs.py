"""What Fireline keeps of repairs: plans that were asked for, their steps, and the circuits that are open."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import StepKey
from bot.domain.reprocessing.repair import Circuit, Repair, RepairStep


class RepairRecord(Protocol):
    """The repairs' part of a transaction. Who calls it audits what it does, in the same transaction."""

    def add(self, repair: Repair) -> bool:
        """False, and no change, if there is one of that id. Plans that nobody started within a day are let go of."""
        ...

    def put(self, after: Repair) -> Repair | None:
        """Store it, one version on; returns it as stored: numbered, if it is more than planned. None, and no change,
        if another version than its own is stored.
        """
        ...

    def set_message(self, repair_id: str, message: MessageRef) -> bool:
        """Note where its progress is shown, whatever its version; `put` leaves that alone. False: there is none."""
        ...

    def add_steps(self, steps: Iterable[RepairStep]) -> None:
        """When it starts."""
        ...

    def put_step(self, after: RepairStep) -> bool:
        """Store it, one version on. False, and no change, if another version than its own is stored."""
        ...

    def in_flight(self) -> dict[StepKey, str]:
        """Steps of unfinished repairs that are not settled, with the label of the repair; nobody else starts one before
        this transaction ends.
        """
        ...

    def on_service(self, service: str) -> list[str]:
        """Labels of unfinished repairs that have something left to do on it, in order; nobody else starts one before
        this transaction ends.
        """
        ...

    def last_ended(self, processor: str, most: int) -> Sequence[RepairStep]:
        """The steps of a processor that were proved or have failed last, of all repairs; the newest first."""
        ...

    def open_circuit(self, circuit: Circuit) -> bool:
        """False, and no change, if it is open already."""
        ...

    def close_circuit(self, processor: str) -> bool:
        """False if it is not open."""
        ...


class Repairs(Protocol):
    """Times are aware UTC."""

    def of(self, repair_id: str) -> Repair | None: ...

    def numbered(self, number: int) -> Repair | None: ...

    def unfinished(self) -> Sequence[Repair]:
        """Those that run or are paused, in order of their numbers."""
        ...

    def latest(self, most: int) -> Sequence[Repair]:
        """Those with a number, the newest first."""
        ...

    def steps(self, repair_id: str) -> Sequence[RepairStep]:
        """In the order of the plan; none before it has started."""
        ...

    def steps_mark(self, repair_id: str) -> int:
        """The sum of the versions of its steps: another one after each change."""
        ...

    def in_flight(self) -> dict[StepKey, str]:
        """Steps of unfinished repairs that are not settled, with the label of the repair."""
        ...

    def on_service(self, service: str) -> list[str]:
        """Labels of unfinished repairs that have something left to do on it, in order."""
        ...

    def repaired(self, since: datetime) -> dict[StepKey, int]:
        """How often each step was repaired since then: begun by a start, or by a retry. That its service was asked
        again meanwhile does not count.
        """
        ...

    def may_go_on(self, since: datetime) -> Sequence[RepairStep]:
        """Steps of repairs that were stopped since then, whose runs may go on."""
        ...

    def circuits(self) -> Sequence[Circuit]:
        """Those that are open, in order of processor."""
        ...
