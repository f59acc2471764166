"""Cloud Run by its gRPC API, version 2: https://cloud.google.com/run/docs/reference/rpc/google.cloud.run.v2.

Nothing is tried again here: a change that got no answer has to be looked up first.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.adapters.cloud_run import shapes
from bot.adapters.cloud_run.errors import explained
from bot.domain.deploys.deployed import LATEST, CloudPlace, Deployed
from bot.ports.cloud_run import CloudRunChanged, Execution, JobOrder

if TYPE_CHECKING:
    from google.cloud import run_v2

READ_S, ACT_S = 10.0, 30.0
MOST_REVISIONS = 20
"""The newest; they come newest first."""
MOST_EXECUTIONS = 500
SOMEBODY = "user:WHO@EXAMPLE.COM"


class GoogleCloudRun:
    """Implements `bot.ports.cloud_run.CloudRun`. `emulator` is the address of another server, HOST:PORT, which is
    used without credentials; "": Google's.
    """

    def __init__(self, emulator: str = "", read_s: float = READ_S, act_s: float = ACT_S) -> None:
        self._emulator, self._read_s, self._act_s = emulator, read_s, act_s

    def service(self, place: CloudPlace) -> Deployed:
        with self._explained(place, act=False):
            found = self._services.get_service(name=_service(place), retry=None, timeout=self._read_s)
            listed = self._revisions.list_revisions(
                request={"parent": _service(place), "page_size": MOST_REVISIONS}, retry=None, timeout=self._read_s
            )
            return shapes.deployed_of(found, islice(listed, MOST_REVISIONS))

    def names(self, project: str, region: str) -> list[str]:
        place = CloudPlace(project, region, "its services")
        with self._explained(place, act=False):
            parent = f"projects/{project}/locations/{region}"
            listed = self._services.list_services(parent=parent, retry=None, timeout=self._read_s)
            return sorted(shapes.last_part(service.name) for service in listed)

    def restart(self, place: CloudPlace, etag: str, request: str) -> None:
        self._renew(place, etag, request, _as_it_is)

    def set_timeout(self, place: CloudPlace, etag: str, request: str, seconds: int) -> None:
        def raised(template: "run_v2.RevisionTemplate") -> None:
            template.timeout = timedelta(seconds=seconds)

        self._renew(place, etag, request, raised)

    def shift_traffic(self, place: CloudPlace, etag: str, revision: str) -> None:
        from google.cloud.run_v2 import TrafficTarget
        from google.cloud.run_v2 import TrafficTargetAllocationType as Kind

        def shifted(service: "run_v2.Service") -> None:
            tagged = [target for target in service.traffic if target.tag]
            for target in tagged:
                target.percent = 0
            if revision == LATEST:
                whole = TrafficTarget(type_=Kind.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST, percent=100)
            else:
                kind = Kind.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
                whole = TrafficTarget(type_=kind, revision=revision, percent=100)
            service.traffic = [whole, *tagged]

        self._update(place, etag, "traffic", shifted)

    def run_job(self, place: CloudPlace, order: JobOrder) -> Execution:
        from google.cloud.run_v2 import EnvVar, Execution, RunJobRequest

        override = RunJobRequest.Overrides.ContainerOverride(
            env=[EnvVar(name=name, value=value) for name, value in (*order.env, _tag(order.request))],
            args=list(order.args),
        )
        limit = None if order.timeout_seconds is None else timedelta(seconds=order.timeout_seconds)
        overrides = RunJobRequest.Overrides(container_overrides=[override], timeout=limit)
        with self._explained(place, act=True):
            asked = RunJobRequest(name=_job(place), overrides=overrides)
            operation = self._jobs.run_job(request=asked, retry=None, timeout=self._act_s)
            started = Execution.deserialize(operation.operation.metadata.value)
        return shapes.execution_of(started)

    def executions(self, place: CloudPlace, since: datetime) -> list[Execution]:
        found = []
        with self._explained(place, act=False):
            asked = {"parent": _job(place), "page_size": MOST_EXECUTIONS}
            listed = self._executions.list_executions(request=asked, retry=None, timeout=self._read_s)
            for each in listed:  # the newest first
                if shapes.moment(each.create_time) < since:
                    break
                found.append(shapes.execution_of(each))
        return found

    def find(self, place: CloudPlace, request: str, since: datetime) -> Execution | None:
        return next((each for each in self.executions(place, since) if each.request == request), None)

    def cancel(self, place: CloudPlace, execution: str) -> None:
        with self._explained(place, act=True):
            name = f"{_job(place)}/executions/{execution}"
            self._executions.cancel_execution(name=name, retry=None, timeout=self._act_s)

    def _renew(
        self, place: CloudPlace, etag: str, request: str, change: "Callable[[run_v2.RevisionTemplate], None]"
    ) -> None:
        def renewed(service: "run_v2.Service") -> None:
            service.template.revision = ""
            service.template.annotations[shapes.REQUEST] = request
            change(service.template)

        self._update(place, etag, "template", renewed)

    def _update(self, place: CloudPlace, etag: str, field: str, change: "Callable[[run_v2.Service], None]") -> None:
        """Read, change, write: if it is as it was when `etag` was read."""
        from google.cloud.run_v2 import UpdateServiceRequest
        from google.protobuf.field_mask_pb2 import FieldMask

        with self._explained(place, act=False):
            service = self._services.get_service(name=_service(place), retry=None, timeout=self._read_s)
        if service.etag != etag:
            raise CloudRunChanged(f"{place.name} was changed by somebody else meanwhile", "Look at it again")
        change(service)
        with self._explained(place, act=True):
            asked = UpdateServiceRequest(service=service, update_mask=FieldMask(paths=[field]))
            self._services.update_service(request=asked, retry=None, timeout=self._act_s)

    def close(self) -> None:
        """What was opened is opened again when it is needed."""
        for client in ("_services", "_revisions", "_jobs", "_executions"):
            if client in vars(self):
                vars(self).pop(client).transport.close()
        vars(self).pop("_channel", None)

    def _explained(self, place: CloudPlace, *, act: bool) -> AbstractContextManager[None]:
        return explained(place, self._member, act=act)

    def _member(self) -> str:
        address = getattr(self._credentials, "service_account_email", None)
        return f"serviceAccount:{address}" if address and "@" in address else SOMEBODY

    @cached_property
    def _credentials(self) -> Any:
        import google.auth

        if self._emulator:
            return None
        credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
        return credentials

    @cached_property
    def _channel(self) -> Any:
        import grpc

        return grpc.insecure_channel(self._emulator)

    def _client(self, kind: Callable[..., Any], transport: Callable[..., Any]) -> Any:
        if self._emulator:
            return kind(transport=transport(channel=self._channel))
        return kind(credentials=self._credentials)

    @cached_property
    def _services(self) -> Any:
        from google.cloud import run_v2
        from google.cloud.run_v2.services.services.transports import ServicesGrpcTransport

        return self._client(run_v2.ServicesClient, ServicesGrpcTransport)

    @cached_property
    def _revisions(self) -> Any:
        from google.cloud import run_v2
        from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcTransport

        return self._client(run_v2.RevisionsClient, RevisionsGrpcTransport)

    @cached_property
    def _jobs(self) -> Any:
        from google.cloud import run_v2
        from google.cloud.run_v2.services.jobs.transports import JobsGrpcTransport

        return self._client(run_v2.JobsClient, JobsGrpcTransport)

    @cached_property
    def _executions(self) -> Any:
        from google.cloud import run_v2
        from google.cloud.run_v2.services.executions.transports import ExecutionsGrpcTransport

        return self._client(run_v2.ExecutionsClient, ExecutionsGrpcTransport)


def _as_it_is(_template: "run_v2.RevisionTemplate") -> None:
    """A new revision needs no other difference than its request."""


def _service(place: CloudPlace) -> str:
    return f"projects/{place.project}/locations/{place.region}/services/{place.name}"


def _job(place: CloudPlace) -> str:
    return f"projects/{place.project}/locations/{place.region}/jobs/{place.name}"


def _tag(request: str) -> tuple[str, str]:
    return shapes.REQUEST_VARIABLE, request
