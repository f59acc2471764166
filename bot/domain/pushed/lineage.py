"""OpenLineage: an event of its as one of ours. https://openlineage.io/docs/spec/object-model"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.pushed.events import Kind
from bot.domain.pushed.reading import Fault, Refused, shown

KINDS = {
    "START": Kind.START,
    "RUNNING": Kind.HEARTBEAT,
    "COMPLETE": Kind.SUCCESS,
    "FAIL": Kind.FAILED,
    "ABORT": Kind.FAILED,
}
ABORTED = "the run was aborted"
DBT_COMMANDS = frozenset({"build", "run", "snapshot", "test"})
"""With these a name of dbt's may end, after that of the model: `db.schema.project.model.build.run`."""


def is_lineage(sent: object) -> bool:
    """Is it one of theirs, where both come?"""
    return isinstance(sent, dict) and "eventTime" in sent and "producer" in sent


def told_by(sent: object, zone: ZoneInfo) -> dict[str, Any] | None:
    """The fields of our event; None: it tells nothing of a run's course. `zone`: that of data dates. Raises Refused."""
    if not isinstance(sent, dict):
        raise Refused([Fault("event", shown(sent), "is no object")])
    run, job, word = sent.get("run"), sent.get("job"), sent.get("eventType")
    if run is None or word is None or str(word).upper() == "OTHER" or _is_test(sent):
        return None
    kind = KINDS.get(str(word).upper())
    if kind is None:
        raise Refused([Fault("eventType", shown(word), f"is none of {', '.join(KINDS)}, OTHER")])
    facets = _inside(run, "facets")
    error = _inside(facets, "errorMessage").get("message")
    found = {
        "run_id": _inside(sent, "run").get("runId"),
        "processor_name": _processor(sent) if job is not None else None,
        "kind": kind.value,
        "at": sent.get("eventTime"),
        "data_date": _date(_inside(facets, "nominalTime").get("nominalStartTime"), zone),
        "records_processed": _rows(sent.get("outputs")) if kind is Kind.SUCCESS else None,
        "error_message": error or (ABORTED if str(word).upper() == "ABORT" else None),
    }
    return {name: value for name, value in found.items() if value is not None}


def _processor(sent: Mapping[str, Any]) -> object:
    """Of `dag.task` the task, as the preset for Airflow names it; of dbt the model."""
    job = _inside(sent, "job").get("name")
    if not isinstance(job, str):
        return job
    parts = job.split(".")
    while _is_of_dbt(sent) and len(parts) > 1 and parts[-1] in DBT_COMMANDS:
        parts.pop()
    return parts[-1] or job


def _is_test(sent: Mapping[str, Any]) -> bool:
    """A test of a model brings no data: it is no run of it. Its start does not say its type, its name does.
    https://openlineage.io/docs/spec/facets/job-facets/job-type
    """
    job = _inside(sent, "job")
    said = _inside(_inside(job, "facets"), "jobType").get("jobType")
    return said == "TEST" or (_is_of_dbt(sent) and str(job.get("name")).endswith(".test"))


def _is_of_dbt(sent: Mapping[str, Any]) -> bool:
    return str(sent.get("producer")).endswith("/dbt")


def _inside(value: object, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _date(nominal: object, zone: ZoneInfo) -> object:
    """As data dates are read everywhere: midnight UTC is how tools write a date; another moment is one of `zone`."""
    if nominal is None:
        return None
    try:
        moment = datetime.fromisoformat(nominal)  # type: ignore[arg-type]
        if moment.tzinfo is None or moment.astimezone(UTC).time() == time():
            return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date().isoformat()
        return moment.astimezone(zone).date().isoformat()
    except (TypeError, ValueError, OverflowError):
        return nominal


def _rows(outputs: object) -> int | None:
    """Of all outputs together; None: no output says."""
    counts = [
        _inside(_inside(each, "outputFacets"), "outputStatistics").get("rowCount")
        for each in (outputs if isinstance(outputs, list) else [])
    ]
    told = [count for count in counts if isinstance(count, int) and not isinstance(count, bool)]
    return sum(told) if told else None
