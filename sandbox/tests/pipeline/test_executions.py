"""What runs on the local Cloud Run and the pipeline's runs are one: executions, what a new revision ends, the log."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from google.cloud import run_v2

from sandbox.cloud_run.deployments import Deployments
from sandbox.cloud_run.log import create_log
from sandbox.pipeline.service import create_app
from sandbox.tests.pipeline.bench import Bench

TODAY, LEAF = date(2026, 1, 14), "BdlPlayerStats"
PLACE = {"project": "demo", "region": "local"}
JOB, CLEAN_UP = ({**PLACE, "name": name, "control": "cloud_run_job"} for name in ("leaf", "clean-up"))
SERVED = {**PLACE, "name": "leaf", "control": "http"}


class Running:
    """`service`: the entry of the registry that LEAF runs on."""

    def __init__(self, bench: Bench, service: dict[str, Any]) -> None:
        self.bench = bench
        cleaning = {**CLEAN_UP, "maintenance": True}
        self.registry = {"processors": [{"name": LEAF, "service": "leaf"}], "services": [service, cleaning]}
        self.here = Deployments(bench.pipeline, bench.directory, self.registry, bench.now)

    def pass_by(self, minutes: float = 1) -> None:
        self.bench.forward(minutes=minutes)
        self.here.follow(self.bench.now)

    def hang(self) -> None:
        """A run of TODAY that does not end."""
        self.bench.pipeline.inject("stuck_run", self.bench.now, LEAF, TODAY)
        self.bench.until_slot(TODAY, 28.0)
        self.pass_by()
        assert [run.outcome.hung for run in self.bench.pipeline.under_way() if run.attempt.day == TODAY] == [True]

    def executions(self, name: str = "leaf") -> list[run_v2.Execution]:
        return self.here.world.executions[f"projects/demo/locations/local/jobs/{name}"]

    def ask(self, name: str = "leaf", **env: str) -> run_v2.Execution:
        told = [run_v2.EnvVar(name=each, value=value) for each, value in env.items()]
        container = run_v2.RunJobRequest.Overrides.ContainerOverride(env=told)
        overrides = run_v2.RunJobRequest.Overrides(container_overrides=[container])
        return self.here.world.run_job(f"projects/demo/locations/local/jobs/{name}", overrides)

    def ended(self) -> list[tuple[str, str | None]]:
        return [(row.status, row.error_message) for row in self.bench.runs_of(LEAF, TODAY) if row.completed_at]


@pytest.fixture
def job(bench: Callable[[], Bench]) -> Running:
    return Running(bench(), JOB)


TERMINATED = ("failed", "Terminated: the service was restarted")


def test_a_run_that_hangs_is_an_execution_and_ends_when_that_is_cancelled(job: Running) -> None:
    job.hang()
    [execution] = [each for each in job.executions() if each.running_count]
    job.here.world.cancel(execution.name)
    job.pass_by()
    job.pass_by()
    assert job.ended()[-1] == TERMINATED
    assert (execution.cancelled_count, execution.running_count) == (1, 0)
    again = Deployments(job.bench.pipeline, job.bench.directory, job.registry, job.bench.now)
    assert again.world.executions == job.here.world.executions


def test_an_execution_that_is_asked_for_is_a_run(job: Running) -> None:
    job.bench.until_slot(TODAY, 28.0)
    asked = job.ask(PROCESSOR=LEAF, DATA_DATE=str(TODAY))
    nobody = job.ask(PROCESSOR="Nobody", DATA_DATE=str(TODAY))
    job.pass_by()
    assert (nobody.failed_count, asked.running_count) == (1, 1)
    job.pass_by(15)
    assert (asked.succeeded_count, asked.running_count) == (1, 0)
    assert [row.status for row in job.bench.runs_of(LEAF, TODAY) if row.trigger == "backfill"] == ["success"]


def test_a_job_cleans_up_what_hangs(job: Running) -> None:
    job.hang()
    cleaning = job.ask("clean-up")
    job.pass_by()
    job.pass_by()
    assert (cleaning.succeeded_count, job.ended()[-1]) == (1, TERMINATED)


def test_a_new_revision_ends_what_hangs_in_a_service(bench: Callable[[], Bench]) -> None:
    served = Running(bench(), SERVED)
    served.hang()
    served.pass_by()
    assert TERMINATED not in served.ended()
    served.here.world.deploy("projects/demo/locations/local/services/leaf", "f" * 40)
    served.pass_by()
    served.pass_by()
    assert served.ended()[-1] == TERMINATED


def test_the_log_has_what_failed_of_a_service(job: Running, tmp_path: Path) -> None:
    job.bench.pipeline.inject("processor_crash", job.bench.now, LEAF, TODAY)
    job.bench.until_slot(TODAY, 28.0)
    job.pass_by()
    file = tmp_path / "registry.yaml"
    file.write_text(yaml.safe_dump(job.registry))
    span = f'timestamp>="{job.bench.start.isoformat()}" AND timestamp<"{job.bench.now.isoformat()}"'

    async def asked(app: web.Application, path: str, sent: dict[str, Any]) -> Any:
        async with TestClient(TestServer(app)) as client, client.post(path, json=sent) as answer:
            return await answer.json()

    def entries(service: str) -> list[dict[str, Any]]:
        sent = {"filter": f'(resource.labels.service_name="{service}") AND {span}', "pageSize": 2}
        return list(asyncio.run(asked(create_log(job.bench.directory, file), "/entries:list", sent))["entries"])

    assert [each["severity"] for each in entries("leaf")] == ["ERROR", "ERROR"]
    assert entries("leaf")[0]["textPayload"].startswith(f"{LEAF} {TODAY} (run ")
    assert entries("other") == []
    cleared = create_app(job.bench.pipeline, lambda: job.bench.now)
    assert asyncio.run(asked(cleared, "/clear", {"processor": LEAF, "date": str(TODAY)}))["status"] == "cleared"
    refused = create_app(job.bench.pipeline, lambda: job.bench.now)
    assert "Nobody" in asyncio.run(asked(refused, "/clear", {"processor": "Nobody", "date": str(TODAY)}))["error"]


def test_a_marker_that_is_cleared_does_not_stop_the_next_run(bench: Callable[[], Bench]) -> None:
    found = bench()
    fault = found.pipeline.inject("idempotency_block", found.now, LEAF, TODAY)
    found.until_slot(TODAY, 28.0)
    key = (LEAF, TODAY)
    assert key in found.pipeline._engine.state.marked_done
    found.pipeline.heal(fault.id, found.now)
    found.pipeline.clear(LEAF, TODAY, found.now)
    assert key not in found.pipeline._engine.state.marked_done
