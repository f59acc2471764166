"""What is deployed of the simulated pipeline: a broken deploy is a revision, and breaks runs while it serves."""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from google.cloud import run_v2

from sandbox.cloud_run.executions import Executions
from sandbox.cloud_run.world import World
from sandbox.pipeline.faults import Fault
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.moments import utc

FILE_NAME = "cloud_run.json"
BROKEN_DEPLOY = "deploy_regression"
CODE, FAULT, TAKEN_BACK = "commit-sha", "fault", "taken-back"
"""Labels: the commit of a revision and the fault that its code has; of a service, the fault that was rolled back."""
FIRST, SECOND = timedelta(days=9), timedelta(days=3)
"""So old are the two revisions that each service begins with."""
REPAIRED_AFTER = timedelta(minutes=10)
"""So long after a rollback the code is put right and deployed."""
USUAL_TIMEOUT = 3600


class Deployments:
    """The services of a registry (a dictionary) that have a project. Their state in `folder` outlives a history that is
    made anew, as what was seen of them does.
    """

    def __init__(self, pipeline: Pipeline, folder: Path, registry: Mapping[str, Any], now: datetime) -> None:
        self.world, self._pipeline, self._file = World(now=now), pipeline, folder / FILE_NAME
        self._names = {each["name"]: _full_name(each) for each in registry["services"] if _is_served(each)}
        self._service_of = {each["name"]: each.get("service") for each in registry["processors"]}
        self._kept = b""
        self._executions = Executions(self.world, pipeline, registry)
        if self._file.exists():
            _restore(self.world, json.loads(self._file.read_text(encoding="utf-8")))
        for entry in registry["services"]:
            if _is_served(entry) and self._names[entry["name"]] not in self.world.services:
                self._begin(entry)
        self._keep()

    def follow(self, now: datetime) -> None:
        """Bring the pipeline's faults and what is deployed in line."""
        with self.world.lock:
            self.world.now = now
            for name, full in self._names.items():
                self._settle(name, self.world.services[full], now)
            self._executions.follow(now)
            self._keep()

    def _begin(self, entry: Mapping[str, Any]) -> None:
        full, limit = self._names[entry["name"]], int(entry.get("expected_timeout_seconds") or USUAL_TIMEOUT)
        for number, age in enumerate((FIRST, SECOND), 1):
            self.world.deploy(full, _commit(full, number), limit, entry.get("address") or "", age)

    def _settle(self, name: str, service: run_v2.Service, now: datetime) -> None:
        faults = {_mark(each): each for each in self._pipeline.faults if self._is_of(each, name)}
        active = [each for each in faults.values() if each.end is None or each.end > now.timestamp()]
        built = faults.get(service.template.labels.get(FAULT, ""))
        if active and built not in active:
            self._deploy(service, _mark(active[-1]), now - utc(active[-1].start))
        elif built is not None and built in active and not self._serves(service, built):
            self._pipeline.heal(built.id, now)
            service.labels[TAKEN_BACK] = _mark(built)
        elif built is not None and built not in active:
            self._after(service, built, now)

    def _after(self, service: run_v2.Service, built: Fault, now: datetime) -> None:
        """The fault is over, and the newest code still has it."""
        taken_back = service.labels.get(TAKEN_BACK) == _mark(built)
        if not taken_back or now.timestamp() >= (built.end or 0) + REPAIRED_AFTER.total_seconds():
            self._deploy(service, "")
        elif self._serves(service, built):
            again = self._pipeline.inject(BROKEN_DEPLOY, now, built.processor)
            for labels in (service.template.labels, *(each.labels for each in self.world.revisions[service.name])):
                if labels.get(FAULT) == _mark(built):
                    labels[FAULT] = _mark(again)

    def _deploy(self, service: run_v2.Service, fault: str, ago: timedelta = timedelta()) -> None:
        service.template.labels[FAULT] = fault
        commit = _commit(service.name, len(self.world.revisions[service.name]) + 1)
        self.world.deploy(service.name, commit, int(service.template.timeout.total_seconds()), ago=ago)

    def _serves(self, service: run_v2.Service, fault: Fault) -> bool:
        """Does a revision with that fault have a share of the traffic?"""
        last = service.latest_ready_revision.rpartition("/")[2]
        serving = {each.revision or last for each in service.traffic if each.percent}
        made = self.world.revisions[service.name]
        return any(each.labels.get(FAULT) == _mark(fault) for each in made if each.name.rpartition("/")[2] in serving)

    def _is_of(self, fault: Fault, service: str) -> bool:
        return fault.name == BROKEN_DEPLOY and self._service_of.get(fault.processor or "") == service

    def _keep(self) -> None:
        """In one step: a demo that is killed finds the last one whole."""
        services = list(self.world.services.values())
        revisions = [each for made in self.world.revisions.values() for each in made]
        executions = [each for made in self.world.executions.values() for each in made]
        now = b"".join(
            [
                *map(run_v2.Service.serialize, services),
                *map(run_v2.Revision.serialize, revisions),
                *map(run_v2.Execution.serialize, executions),
            ]
        )
        if now == self._kept:
            return
        written = {
            "services": [run_v2.Service.to_dict(each) for each in services],
            "revisions": [run_v2.Revision.to_dict(each) for each in revisions],
            "executions": [run_v2.Execution.to_dict(each) for each in executions],
        }
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(written), encoding="utf-8")
        os.replace(new, self._file)
        self._kept = now


def _mark(fault: Fault) -> str:
    """A history that is made anew numbers its faults anew."""
    return f"{fault.id}-{fault.start}"


def _restore(world: World, stored: Mapping[str, Any]) -> None:
    for service in map(run_v2.Service, stored["services"]):
        world.services[service.name] = service
    for revision in map(run_v2.Revision, stored["revisions"]):
        world.revisions.setdefault(revision.name.partition("/revisions/")[0], []).append(revision)
    for execution in map(run_v2.Execution, stored.get("executions", ())):
        world.executions.setdefault(execution.name.partition("/executions/")[0], []).append(execution)
    world.etags = count(1 + max((each.generation for each in world.services.values()), default=0))


def _is_served(entry: Mapping[str, Any]) -> bool:
    is_service = entry.get("generation") != 1 and entry.get("control") != "cloud_run_job"
    return bool(entry.get("project") and entry.get("region")) and is_service


def _full_name(entry: Mapping[str, Any]) -> str:
    return f"projects/{entry['project']}/locations/{entry['region']}/services/{entry['name']}"


def _commit(service: str, number: int) -> str:
    return sha256(f"{service} {number}".encode()).hexdigest()[:40]
