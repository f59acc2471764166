"""What runs on the local Cloud Run: executions of jobs are runs of the pipeline, and a new revision ends what hangs."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from google.cloud import run_v2

from sandbox.cloud_run.world import World
from sandbox.pipeline.commands import InFlight, UnknownProcessor
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.moments import utc
from sandbox.pipeline.runs import Run

JOB, RUN = "cloud_run_job", "run"
"""The control of the registry's jobs; the label of an execution that names its run."""


class Executions:
    """Of the services and jobs of a registry (a dictionary). A maintenance job ends all runs that hang."""

    def __init__(self, world: World, pipeline: Pipeline, registry: Mapping[str, Any]) -> None:
        self._world, self._pipeline = world, pipeline
        self._entries = {each["name"]: each for each in registry["services"]}
        self._service_of = {each["name"]: each.get("service") or "" for each in registry["processors"]}
        self._seen: dict[str, Run] = {}
        for entry in self._jobs():
            world.executions.setdefault(_full_name(entry), [])

    def follow(self, now: datetime) -> None:
        """The world's lock is held."""
        self._end_with_old_revisions(now)
        self._seen |= {run.run_id: run for run in self._pipeline.under_way()}
        for entry in self._jobs():
            made = self._world.executions.setdefault(_full_name(entry), [])
            if entry.get("maintenance"):
                self._clean_up(made, now)
            else:
                self._run(entry, made, now)
        self._seen = {each.run_id: each for each in self._pipeline.under_way()}

    def _jobs(self) -> Iterator[Mapping[str, Any]]:
        return (each for each in self._entries.values() if each.get("control") == JOB)

    def _end_with_old_revisions(self, now: datetime) -> None:
        for run in self._pipeline.under_way():
            entry = self._entries.get(self._service_of.get(run.attempt.processor.name, ""), {})
            made = self._world.revisions.get(_full_name(entry, "services"), []) if entry.get("project") else []
            if run.is_stuck and made and made[0].create_time > utc(run.attempt.at):
                self._pipeline.end(run, now)

    def _clean_up(self, made: list[run_v2.Execution], now: datetime) -> None:
        for execution in made:
            if execution.running_count:
                for run in self._pipeline.under_way():
                    if run.outcome.hung:
                        self._pipeline.end(run, now)
                self._world.end(execution, "succeeded")

    def _run(self, entry: Mapping[str, Any], made: list[run_v2.Execution], now: datetime) -> None:
        for execution in list(made):
            if execution.running_count and RUN not in execution.labels:
                self._begin(execution, now)
        known = {execution.labels.get(RUN): execution for execution in made}
        under_way = {run.run_id: run for run in self._pipeline.under_way()}
        for run in under_way.values():
            is_here = self._service_of.get(run.attempt.processor.name) == entry["name"]
            if is_here and run.run_id not in known:
                execution = self._world.run_job(_full_name(entry), run_v2.RunJobRequest.Overrides())
                execution.labels[RUN] = run.run_id
        for run_id, execution in known.items():
            self._settle(execution, under_way.get(run_id or ""), now)

    def _begin(self, execution: run_v2.Execution, now: datetime) -> None:
        told = {each.name: each.value for each in execution.template.containers[0].env}
        try:
            run = self._pipeline.process(told["PROCESSOR"], date.fromisoformat(told["DATA_DATE"]), now)
        except (UnknownProcessor, InFlight, KeyError, ValueError):
            self._world.end(execution, "failed")
            return
        execution.labels[RUN] = run.run_id
        self._seen[run.run_id] = run

    def _settle(self, execution: run_v2.Execution, run: Run | None, now: datetime) -> None:
        if run is not None and execution.cancelled_count:
            self._pipeline.end(run, now)
        elif run is None and execution.running_count:
            ended = self._seen.get(execution.labels.get(RUN, ""))
            failed = ended is not None and ended.outcome.status == "failed"
            self._world.end(execution, "failed" if failed else "succeeded")


def _full_name(entry: Mapping[str, Any], kind: str = "jobs") -> str:
    return f"projects/{entry['project']}/locations/{entry['region']}/{kind}/{entry['name']}"
