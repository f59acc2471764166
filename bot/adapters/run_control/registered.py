"""Each order goes to the service that the registry names, the way that the registry says."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.platform.registry import Control, Registry, Service
from bot.ports.run_control import Answer, Order, Taken


class Way(Protocol):
    """How one kind of service is asked; as the port says, of a service of the registry."""

    def start(self, service: Service, order: Order) -> Answer: ...

    def find(self, service: Service, order: Order, since: datetime) -> Answer | None: ...

    def cancel(self, service: Service, order: Order, execution: str) -> Answer: ...


class RegisteredServices:
    """`registry` is the one in use: it may change while this runs."""

    def __init__(self, registry: Callable[[], Registry], ways: Mapping[Control, Way]) -> None:
        self._registry, self._ways = registry, ways

    def start(self, order: Order) -> Answer:
        found = self._way(order)
        return found if isinstance(found, Answer) else found[0].start(found[1], order)

    def find(self, order: Order, since: datetime) -> Answer | None:
        found = self._way(order)
        if isinstance(found, Answer):
            return Answer(taken=Taken.AMBIGUOUS, reason=found.reason)
        return found[0].find(found[1], order, since)

    def cancel(self, order: Order, execution: str) -> Answer:
        found = self._way(order)
        return found if isinstance(found, Answer) else found[0].cancel(found[1], order, execution)

    def _way(self, order: Order) -> tuple[Way, Service] | Answer:
        service = self._registry().service_by_name.get(order.service)
        if service is None:
            reason = f"there is no service {order.service!r} in registry.yaml"
        elif service.cannot_start:
            reason = service.cannot_start
        elif service.asked_by not in self._ways:
            reason = f"service {service.name} is asked by {service.asked_by.value}, which is not set up here"
        else:
            return self._ways[service.asked_by], service
        return Answer(taken=Taken.REFUSED, reason=reason, permanent=True)
