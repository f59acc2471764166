"""A step as an order to its service: the registry says where it goes, and how long it may take."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event

from bot.domain.platform.registry import Registry
from bot.domain.reprocessing.repair import RepairStep
from bot.ports.run_control import Answer, Order, RunControl, Taken
from bot.services.reprocessing_calls import Calls

USUAL_TIMEOUT_S = 1_800.0
UNHEARD = "its service has not said in time whether it ends"
log = logging.getLogger("fireline.repairs")


class StepRuns:
    """`registry` is the one in use: it may change while this runs. `calls` are those of this process."""

    def __init__(self, control: RunControl, registry: Callable[[], Registry], calls: Calls | None = None) -> None:
        self._control, self._registry, self.calls = control, registry, calls or Calls()

    def start(self, step: RepairStep) -> Answer:
        return self._control.start(self._order(step))

    def find(self, step: RepairStep, since: datetime) -> Answer | None:
        return self._control.find(self._order(step), since)

    def end(self, step: RepairStep, execution: str) -> str:
        """As far as its service can. Why it goes on, or may; "": it ends."""
        answer = self._control.cancel(self._order(step), execution)
        log.info("ending %s of %s %s: %s", execution, step.processor, step.data_date, answer.reason or answer.taken)
        return "" if answer.taken is Taken.ACCEPTED else answer.reason or str(answer.taken)

    def see_to(self, step: RepairStep, since: datetime) -> Answer:
        """Of one that was stopped: its run is looked for where it has no name, and ended, as far as its service can."""
        if not step.execution:
            found = self.find(step, since)
            if found is None:
                return Answer(taken=Taken.REFUSED, reason="its service cannot tell what runs", permanent=True)
            if found.taken is not Taken.ACCEPTED:
                return replace(found, permanent=True)
            step = replace(step, execution=found.execution)
        return self._control.cancel(self._order(step), step.execution)

    def end_all(self, steps: Sequence[RepairStep], wait_s: float) -> list[str]:
        """Of steps that were stopped, what their services took. So long it is waited for; told is what goes on, or may.
        Where nobody waits nothing is told.
        """
        told, left, over = dict[int, str](), set(range(len(steps))), Event()

        def work(place: int) -> None:
            try:
                told[place] = self.end(steps[place], steps[place].execution)
            finally:
                left.discard(place)
                if not left:
                    over.set()

        for place, step in enumerate(steps):
            self.calls.begin(("end", step.repair, step.seq), partial(work, place))
        if not steps or wait_s <= 0:
            return []
        over.wait(wait_s)
        said = [(step, told.get(place, UNHEARD)) for place, step in enumerate(steps)]
        return [f"{step.execution} of {step.processor} {step.data_date}: {why}" for step, why in said if why]

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
