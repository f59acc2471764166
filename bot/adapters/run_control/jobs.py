"""A Cloud Run job: each call makes an execution. One is looked for by its request id before it is asked for again."""

from datetime import datetime, timedelta

from bot.adapters.run_control.over_http import filled
from bot.domain.deploys.deployed import place_of
from bot.domain.platform.registry import Service
from bot.ports.cloud_run import CloudRun, CloudRunError, CloudRunUnclear, JobOrder
from bot.ports.run_control import Answer, Order, Taken

USUAL = {"PROCESSOR": "{processor}", "DATA_DATE": "{date}"}
"""What the job's container is told, unless the registry's request says otherwise in its body."""
SLACK = timedelta(minutes=1)
"""The clock of Cloud Run may be so far behind ours."""


class CloudRunJobs:
    def __init__(self, cloud_run: CloudRun) -> None:
        self._cloud_run = cloud_run

    def start(self, service: Service, order: Order) -> Answer:
        told = service.request.body if service.request is not None and service.request.body else USUAL
        env = tuple((name, filled(text, order, str)) for name, text in told.items())
        asked = JobOrder(order.request_id, env=env, timeout_seconds=int(order.timeout_s))
        try:
            found = self._cloud_run.run_job(place_of(service), asked)
        except CloudRunUnclear as error:
            return Answer(taken=Taken.AMBIGUOUS, reason=str(error))
        except CloudRunError as error:
            return Answer(taken=Taken.REFUSED, reason=str(error), permanent=not error.retryable)
        return Answer(taken=Taken.ACCEPTED, reason="an execution was made", execution=found.name)

    def find(self, service: Service, order: Order, since: datetime) -> Answer | None:
        try:
            found = self._cloud_run.find(place_of(service), order.request_id, since - SLACK)
        except CloudRunError as error:
            return Answer(taken=Taken.AMBIGUOUS, reason=str(error))
        if found is None:
            return Answer(taken=Taken.REFUSED, reason="no execution has that request id")
        return Answer(taken=Taken.ACCEPTED, reason=f"its execution is {found.state}", execution=found.name)

    def cancel(self, service: Service, order: Order, execution: str) -> Answer:  # noqa: ARG002 (the port's)
        try:
            self._cloud_run.cancel(place_of(service), execution)
        except CloudRunUnclear as error:
            return Answer(taken=Taken.AMBIGUOUS, reason=str(error))
        except CloudRunError as error:
            return Answer(taken=Taken.REFUSED, reason=str(error), permanent=not error.retryable)
        return Answer(taken=Taken.ACCEPTED, reason="its execution is cancelled")
