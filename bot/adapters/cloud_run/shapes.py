"""What Cloud Run's protocol buffers say, as the values of Fireline."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.domain.deploys.deployed import COMMIT_LABEL, LATEST, Deployed, Revision, Target
from bot.domain.redaction import redacted
from bot.ports.cloud_run import Execution, ExecutionState

if TYPE_CHECKING:
    from google.cloud import run_v2

REQUEST = "fireline-request"
"""The annotation of a revision that Fireline has asked for."""
REQUEST_VARIABLE = "FIRELINE_REQUEST_ID"
"""The variable of a job's execution that says with what request id it was started."""


def deployed_of(service: "run_v2.Service", revisions: "Iterable[run_v2.Revision]") -> Deployed:
    found = sorted(map(_revision, revisions), key=lambda revision: revision.created_at, reverse=True)
    return Deployed(
        service=last_part(service.name),
        etag=service.etag,
        address=service.uri,
        changed_at=moment(service.update_time),
        changed_by=service.last_modifier,
        latest_ready=last_part(service.latest_ready_revision),
        traffic=tuple(_target(target) for target in service.traffic) or (Target(LATEST, 100),),
        revisions=tuple(found),
        settling=bool(service.reconciling),
        trouble=_trouble(service.terminal_condition),
    )


def execution_of(execution: "run_v2.Execution") -> Execution:
    state = _execution_state(execution)
    ended = moment(execution.completion_time) if execution.completion_time else None
    said = "" if state is ExecutionState.RUNNING else _completed(execution.conditions)
    named = last_part(execution.name)
    return Execution(named, state, moment(execution.create_time), ended, _request(execution), said)


def moment(stamp: Any) -> datetime:
    """proto-plus gives a datetime of its own kind, with nanoseconds."""
    return datetime.fromtimestamp(stamp.timestamp(), UTC) if stamp else datetime.fromtimestamp(0, UTC)


def last_part(name: str) -> str:
    return name.rpartition("/")[2]


def _revision(revision: "run_v2.Revision") -> Revision:
    return Revision(
        name=last_part(revision.name),
        created_at=moment(revision.create_time),
        ready=_ready(revision),
        commit=revision.labels.get(COMMIT_LABEL, ""),
        timeout_seconds=int(revision.timeout.total_seconds()) if revision.timeout else None,
        request=revision.annotations.get(REQUEST, ""),
    )


def _ready(revision: "run_v2.Revision") -> bool | None:
    from google.cloud.run_v2 import Condition

    for condition in revision.conditions:
        if condition.type_ == "Ready":
            if condition.state == Condition.State.CONDITION_SUCCEEDED:
                return True
            return False if condition.state == Condition.State.CONDITION_FAILED else None
    return None


def _target(target: "run_v2.TrafficTarget") -> Target:
    from google.cloud.run_v2 import TrafficTargetAllocationType as Kind

    pinned = target.type_ == Kind.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
    return Target(last_part(target.revision) if pinned else LATEST, target.percent, target.tag)


def _trouble(condition: "run_v2.Condition") -> str:
    from google.cloud.run_v2 import Condition

    failed = condition.state == Condition.State.CONDITION_FAILED
    return redacted(condition.message) or "it failed" if failed else ""


def _execution_state(execution: "run_v2.Execution") -> ExecutionState:
    if not execution.completion_time:
        return ExecutionState.RUNNING
    if execution.cancelled_count:
        return ExecutionState.CANCELLED
    return ExecutionState.FAILED if execution.failed_count else ExecutionState.SUCCEEDED


def _completed(conditions: "Iterable[run_v2.Condition]") -> str:
    return next((redacted(each.message) for each in conditions if each.type_ == "Completed"), "")


def _request(execution: "run_v2.Execution") -> str:
    variables = (variable for container in execution.template.containers for variable in container.env)
    return next((variable.value for variable in variables if variable.name == REQUEST_VARIABLE), "")
