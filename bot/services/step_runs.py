"""A step as an order to its service: the registry says where it goes, and how long it may take."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.domain.platform.registry import Registry
from bot.domain.reprocessing.repair import RepairStep
from bot.ports.run_control import Answer, Order, RunControl
from bot.services.reprocessing_calls import Calls

USUAL_TIMEOUT_S = 1_800.0
log = logging.getLogger("fireline.repairs")


class StepRuns:
    """`registry` is the one in use: it may change while this runs. `calls` are those of this process."""

    def __init__(self, control: RunControl, registry: Callable[[], Registry], calls: Calls | None = None) -> None:
        self._control, self._registry, self.calls = control, registry, calls or Calls()

    def start(self, step: RepairStep) -> Answer:
        return self._control.start(self._order(step))

    def find(self, step: RepairStep, since: datetime) -> Answer | None:
        return self._control.find(self._order(step), since)

    def end(self, step: RepairStep, execution: str) -> None:
        """As far as its service can."""
        answer = self._control.cancel(self._order(step), execution)
        log.info("ending %s of %s %s: %s", execution, step.processor, step.data_date, answer.reason or answer.taken)

    def end_all(self, steps: Iterable[RepairStep]) -> None:
        """Of steps that were stopped, what their services took; it is not waited for."""
        for step in steps:
            self.calls.begin(("end", step.repair, step.seq), partial(self.end, step, step.execution))

    def timeout(self, step: RepairStep) -> timedelta:
        registry = self._registry()
        processor, service = registry.by_name.get(step.processor), registry.service_by_name.get(step.service)
        own = processor.timeout_seconds if processor is not None else None
        its = service.expected_timeout_seconds if service is not None else None
        return timedelta(seconds=own or its or USUAL_TIMEOUT_S)

    def _order(self, step: RepairStep) -> Order:
        return Order(
            request_id=step.request_id,
            service=step.service,
            processor=step.processor,
            data_date=step.data_date,
            timeout_s=self.timeout(step).total_seconds(),
        )
