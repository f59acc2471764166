"""What Airflow's metadata database says of its DAGs: owners, schedules, which task waits for which."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cronsim import CronSimError

from bot.adapters.sources.presets.airflow_runs import Level, tables_of
from bot.domain.platform.described import Described, PlatformDescription, without_cycles
from bot.domain.platform.schedule import cron

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOBODY = "airflow"
"""The owner of a DAG that names none."""
MOST_SLOTS = 24
YEAR = [date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(365)]
Dag = Mapping[str, Any]


def airflow_platform(url: str, level: Level) -> PlatformDescription:
    """Raises SourceFailed where it cannot be read. A database without `serialized_dag` says nothing."""
    from bot.adapters.sources.sql_engine import open_engine
    from bot.adapters.sources.sql_errors import explained

    engine = open_engine(url)
    try:
        with explained(url), engine.connect() as connection:
            tables_of(connection)
            dags, asleep = _dags(connection), _asleep(connection)
    finally:
        engine.dispose()
    jobs = [job for dag in dags for job in (_tasks(dag, asleep) if level == "task" else (_whole(dag, dags, asleep),))]
    zones = Counter(zone for dag in dags if (zone := _zone(dag)))
    return PlatformDescription(without_cycles(jobs), zones.most_common(1)[0][0] if zones else None)


def _dags(connection: "Connection") -> list[Dag]:
    """The newest version of each."""
    from sqlalchemy import inspect, text

    inspector = inspect(connection)
    if "serialized_dag" not in inspector.get_table_names():
        return []
    columns = {column["name"] for column in inspector.get_columns("serialized_dag")}
    packed = "data_compressed" if "data_compressed" in columns else "NULL"
    order = "created_at" if "created_at" in columns else "last_updated"
    asked = f"SELECT data, {packed} FROM serialized_dag ORDER BY {order}"  # noqa: S608 (our own names)
    found = [_document(*row) for row in connection.execute(text(asked))]
    return sorted({_name(dag): dag for dag in found}.values(), key=_name)


def _document(data: Any, packed: Any) -> Dag:
    given = zlib.decompress(packed) if data is None and packed else data
    document = json.loads(given) if isinstance(given, str | bytes) else given
    dag: Dag = (document or {}).get("dag", {})
    return dag


def _asleep(connection: "Connection") -> dict[str, str]:
    """DAGs that Airflow does not start now, and why."""
    from sqlalchemy import inspect, text

    inspector = inspect(connection)
    if "dag" not in inspector.get_table_names():
        return {}
    columns = {column["name"] for column in inspector.get_columns("dag")}
    gone = "NOT is_active" if "is_active" in columns else "is_stale"
    rows = connection.execute(text(f"SELECT dag_id, is_paused, {gone} FROM dag"))  # noqa: S608 (our own names)
    said = ((dag, "its file is gone" if left else "it is paused" if paused else "") for dag, paused, left in rows)
    return {dag: why for dag, why in said if why}


def _name(dag: Dag) -> str:
    return str(dag.get("dag_id") or dag.get("_dag_id") or "")


def _tasks(dag: Dag, asleep: Mapping[str, str]) -> Iterator[Described]:
    """Only what waits for nothing starts at the schedule; when the others start, their runs show."""
    tasks = [task.get("__var", task) for task in dag.get("tasks", ())]
    before: dict[str, list[str]] = {task["task_id"]: [] for task in tasks}
    for task in tasks:
        for after in task.get("downstream_task_ids", ()):
            before.setdefault(after, []).append(task["task_id"])
    for task in tasks:
        waits_for = sorted(before[task["task_id"]])
        schedule = {} if waits_for else _schedule(dag)
        yield Described(
            f"{_name(dag)}.{task['task_id']}",
            f"DAG {_name(dag)}",
            tuple(f"{_name(dag)}.{name}" for name in waits_for),
            _owner(task, dag),
            str(task.get("doc") or task.get("doc_md") or "").strip(),
            timeout_seconds=_seconds(_of_mapped(task, "execution_timeout")),
            asleep=asleep.get(_name(dag), ""),
            **schedule,
        )


def _whole(dag: Dag, dags: list[Dag], asleep: Mapping[str, str]) -> Described:
    """A DAG. It waits for those that its sensors look at, and those that trigger it."""
    linked = (link for each in dags for link in each.get("dag_dependencies", ()))
    waits_for = {
        str(link["source"])
        for link in linked
        if link.get("dependency_type") in ("sensor", "trigger") and link.get("target") == _name(dag)
    }
    owners = sorted({owner for task in dag.get("tasks", ()) if (owner := _owner(task.get("__var", task), dag))})
    return Described(
        _name(dag),
        f"DAG {_name(dag)}",
        tuple(sorted(waits_for)),
        ", ".join(owners) or None,
        str(dag.get("_description") or dag.get("description") or ""),
        timeout_seconds=_seconds(dag.get("dagrun_timeout")),
        asleep=asleep.get(_name(dag), ""),
        **_schedule(dag),
    )


def _owner(task: Mapping[str, Any], dag: Dag) -> str | None:
    default = dag.get("default_args", {})
    owner = _of_mapped(task, "owner") or default.get("__var", default).get("owner")
    return str(owner) if owner and owner != NOBODY else None


def _of_mapped(task: Mapping[str, Any], field: str) -> Any:
    return task.get(field, task.get("partial_kwargs", {}).get(field))


def _seconds(value: Any) -> float | None:
    plain = value.get("__var") if isinstance(value, Mapping) else value
    return float(plain) if isinstance(plain, int | float) and plain > 0 else None


def _zone(dag: Dag) -> str | None:
    """Of its schedule; None for a DAG that has none."""
    expression, zone, _ = _timetable(dag)
    return zone if expression else None


def _timetable(dag: Dag) -> tuple[str | None, str | None, bool]:
    """(cron expression, its zone, whether a run works on the interval that began a fire before)."""
    timetable, default = dag.get("timetable") or {}, dag.get("timezone")
    values = timetable.get("__var") or {}
    expression = values.get("expression") or dag.get("schedule_interval")
    kind = str(timetable.get("__type", "CronDataIntervalTimetable"))
    return (
        expression if isinstance(expression, str) and expression not in ("@once", "@continuous") else None,
        values.get("timezone") or default,
        "Trigger" not in kind,
    )


def _schedule(dag: Dag) -> dict[str, Any]:
    """Its slots, or why it has none."""
    expression, zone, by_interval = _timetable(dag)
    if expression is None:
        return {"doubts": ("schedule: Airflow starts it at no time of day",)}
    said = f"cron {expression!r} of {zone}"
    try:
        fires = cron(expression)
    except CronSimError as error:
        return {"doubts": (f"schedule: {said} is not understood ({error})",)}
    if not by_interval:
        return {"crons": (expression,), "timezone": zone}
    if len(fires.hours) > MOST_SLOTS:
        return {"doubts": (f"schedule: {said} has more than {MOST_SLOTS} slots a day",)}
    if not all(fires.fires_on(day) for day in YEAR):
        return {"doubts": (f"schedule: {said} leaves days out, and a run works on the interval before it",)}
    return {"hours": (*fires.hours[1:], fires.hours[0] + 24), "timezone": zone}
