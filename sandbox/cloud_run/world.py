"""The services and jobs of the local Cloud Run, as its protocol describes them."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from google.cloud import run_v2
from google.cloud.run_v2 import Condition, TrafficTarget
from google.cloud.run_v2 import TrafficTargetAllocationType as Kind

SUFFIXES = ("abc", "def", "ghi", "jkl")
LATEST = TrafficTarget(type_=Kind.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST, percent=100)


class Refused(Exception):
    """`code` is the name of a gRPC status."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass
class World:
    """`fails`: revisions made from now on do not become ready, and say so."""

    now: datetime = datetime(2026, 1, 6, 12, tzinfo=UTC)
    services: dict[str, run_v2.Service] = field(default_factory=dict)
    revisions: dict[str, list[run_v2.Revision]] = field(default_factory=dict)
    executions: dict[str, list[run_v2.Execution]] = field(default_factory=dict)
    fails: str = ""
    etags: "count[int]" = field(default_factory=lambda: count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)

    def deploy(
        self,
        name: str,
        commit: str,
        timeout: int = 600,
        uri: str = "",
        ago: timedelta = timedelta(0),
        ready: bool = True,
    ) -> str:
        """A new revision of a service, which is made when it is not there yet; returns the revision's name."""
        with self.lock:
            service = self.services.get(name) or run_v2.Service(name=name, traffic=[LATEST], uri=uri)
            service.uri = uri or service.uri
            service.template.labels["commit-sha"] = commit
            service.template.timeout = timedelta(seconds=timeout)
            service.last_modifier = "deployer@example.com"
            self.services[name] = service
            return self._add_revision(service, self.now - ago, ready=ready)

    def update(self, changed: run_v2.Service, fields: set[str]) -> run_v2.Service:
        """What UpdateService does. Raises Refused."""
        with self.lock:
            service = self.service(changed.name)
            if changed.etag and changed.etag != service.etag:
                raise Refused("ABORTED", f"Conflict for resource '{changed.name}': version '{changed.etag}' was given")
            if "traffic" in fields:
                self._shift(service, changed)
            if "template" in fields:
                service.template = changed.template
                self._add_revision(service, self.now, ready=not self.fails)
            service.last_modifier = "fireline@example.com"
            self._stamp(service, self.now)
            return service

    def service(self, name: str) -> run_v2.Service:
        if name not in self.services:
            raise Refused("NOT_FOUND", f"Resource '{name}' was not found")
        return self.services[name]

    def run_job(self, name: str, overrides: run_v2.RunJobRequest.Overrides) -> run_v2.Execution:
        with self.lock:
            if name not in self.executions:
                raise Refused("NOT_FOUND", f"Job '{name}' was not found")
            made = self.executions[name]
            given = overrides.container_overrides[0] if overrides.container_overrides else None
            container = run_v2.Container(env=list(given.env) if given else [], args=list(given.args) if given else [])
            execution = run_v2.Execution(
                name=f"{name}/executions/{name.rpartition('/')[2]}-{len(made) + 1:05}",
                create_time=self.now,
                template=run_v2.TaskTemplate(containers=[container], timeout=overrides.timeout),
                running_count=1,
            )
            made.insert(0, execution)
            return execution

    def end(self, execution: run_v2.Execution, how: str) -> None:
        """`how`: succeeded | failed | cancelled."""
        with self.lock:
            execution.running_count = 0
            setattr(execution, f"{how}_count", 1)
            execution.completion_time = self.now

    def cancel(self, name: str) -> run_v2.Execution:
        with self.lock:
            for execution in self.executions.get(name.partition("/executions/")[0], []):
                if execution.name == name:
                    if execution.completion_time:
                        raise Refused("FAILED_PRECONDITION", f"Execution '{name}' is completed already")
                    self.end(execution, "cancelled")
                    return execution
        raise Refused("NOT_FOUND", f"Execution '{name}' was not found")

    def _shift(self, service: run_v2.Service, changed: run_v2.Service) -> None:
        known = {each.name.rpartition("/")[2] for each in self.revisions[service.name]}
        for target in changed.traffic:
            if target.revision and target.revision not in known:
                raise Refused("INVALID_ARGUMENT", f"Revision '{target.revision}' is not ready and cannot serve traffic")
        if sum(target.percent for target in changed.traffic) != 100:
            raise Refused("INVALID_ARGUMENT", "Traffic target percentages must sum to 100")
        service.traffic = changed.traffic

    def _add_revision(self, service: run_v2.Service, at: datetime, *, ready: bool) -> str:
        made = self.revisions.setdefault(service.name, [])
        name = f"{service.name.rpartition('/')[2]}-{len(made) + 1:05}-{SUFFIXES[len(made) % len(SUFFIXES)]}"
        state = Condition.State.CONDITION_SUCCEEDED if ready else Condition.State.CONDITION_FAILED
        condition = Condition(type_="Ready", state=state, message="" if ready else self.fails or "it does not start")
        revision = run_v2.Revision(
            name=f"{service.name}/revisions/{name}",
            create_time=at,
            labels=dict(service.template.labels),
            annotations=dict(service.template.annotations),
            timeout=service.template.timeout,
            conditions=[condition],
        )
        made.insert(0, revision)
        service.latest_created_revision = revision.name
        if ready:
            service.latest_ready_revision = revision.name
        service.terminal_condition = condition
        self._stamp(service, at)
        return name

    def _stamp(self, service: run_v2.Service, at: datetime) -> None:
        service.update_time = at
        service.generation = next(self.etags)
        service.etag = f'"{service.generation}"'
