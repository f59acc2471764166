"""Open and close circuits by hand: what Fireline is not to repair until somebody says so."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.access import Actor, Identity
from bot.domain.audit import record
from bot.domain.errors import BadInput
from bot.domain.platform.registry import Registry
from bot.domain.redaction import redacted
from bot.domain.reprocessing.repair import Circuit
from bot.ports.state import State
from bot.services.access import check_role
from bot.services.required_state import required

log = logging.getLogger("fireline.reprocessing")
MOST_REASON = 300


class CircuitService:
    """`state` None: this process keeps none."""

    def __init__(self, state: State | None, registry: Registry, identify: Callable[[Actor], Identity]) -> None:
        self._state, self._registry, self._identify = state, registry, identify

    def all(self) -> Sequence[Circuit]:
        """That are open."""
        return self._required().repairs.circuits()

    def open(self, processor: str, because: str, who: Actor, now: datetime) -> Circuit:
        """Raises NotAllowed; BadInput for a name that is none, without a reason, and where it is open already."""
        check_role(self._identify, who, "open a circuit")
        name, said = self._registry.get(processor).name, redacted(" ".join(because.split()))
        if not said or len(said) > MOST_REASON:
            raise BadInput(f"Say why {name} is not to be repaired, in {MOST_REASON} characters at most.")
        circuit = Circuit(processor=name, opened_at=now, opened_by=who.name, because=said)
        with self._required().transaction() as tx:
            done = tx.repairs.open_circuit(circuit)
            if done:
                tx.audit.add(record(now, who.key, "circuit_opened", f"circuit:{name}", {"because": said}))
        if not done:
            raise BadInput(f"The circuit of {name} is open already.")
        log.warning("%s opens the circuit of %s: %s", who.name, name, said)
        return circuit

    def close(self, processor: str, who: Actor, now: datetime) -> str:
        """Repairs may go on. Raises NotAllowed, and BadInput where it is not open."""
        check_role(self._identify, who, "close a circuit")
        name = self._registry.get(processor).name
        with self._required().transaction() as tx:
            done = tx.repairs.close_circuit(name)
            if done:
                tx.audit.add(record(now, who.key, "circuit_closed", f"circuit:{name}", {}))
        if not done:
            raise BadInput(f"The circuit of {name} is not open.")
        log.info("%s closes the circuit of %s", who.name, name)
        return name

    def _required(self) -> State:
        return required(self._state)
