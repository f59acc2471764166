"""The query that makes runs of Airflow's metadata database, 2 and 3, by the columns that are there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from sqlalchemy import Connection

Level = Literal["task", "dag"]
CURSOR = "changed_at"
NEEDED = ("dag_run", "task_instance")
HISTORY = "task_instance_history"
"""Since 2.10: every try but the last."""
_ENDED = "('failed', 'upstream_failed', 'up_for_retry', 'success', 'skipped', 'removed')"
_NOT_BEGUN = "(t.state IS NULL OR t.state IN ('scheduled', 'queued'))"
_WORST_FIRST = f"""CASE WHEN {_NOT_BEGUN} THEN '4 running' WHEN t.state = 'failed' THEN '1 failed'
    WHEN t.state = 'upstream_failed' THEN '2 upstream_failed' WHEN t.state = 'up_for_retry' THEN '3 up_for_retry'
    WHEN t.state = 'success' THEN '6 success' WHEN t.state = 'skipped' THEN '7 skipped'
    WHEN t.state = 'removed' THEN '8 removed' ELSE '4 ' || t.state END"""
Tables = Mapping[str, frozenset[str]]
"""Table -> its columns."""


def tables_of(connection: "Connection") -> Tables:
    """Those of Airflow's that are read. Raises SourceFailed where it is no metadata database."""
    from sqlalchemy import inspect

    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    lacking = [name for name in NEEDED if name not in there]
    if lacking:
        remedy = "Give the address that Airflow has as sql_alchemy_conn."
        raise SourceFailed(f"this is no metadata database of Airflow: it has no table {lacking[0]}", remedy)
    wanted = [name for name in (*NEEDED, HISTORY) if name in there]
    return {name: frozenset(column["name"] for column in inspector.get_columns(name)) for name in wanted}


def runs_query(connection: "Connection", level: Level) -> str:
    """A SELECT with `:since`, whose columns are ours."""
    tables = tables_of(connection)
    moment = _moment(connection.dialect.name)
    return _tasks(tables, moment) if level == "task" else _dags(tables, moment)


def _moment(dialect: str) -> str:
    """What stands behind a moment that it reads as UTC: SQLite has texts without an offset."""
    return " || '+00:00'" if dialect == "sqlite" else ""


def _dags(tables: Tables, offset: str) -> str:
    """A run a DAG run. One that was cleared begins again: it is another run."""
    columns = tables["dag_run"]
    clears = "d.clear_number" if "clear_number" in columns else "0"
    ended = f"d.state IN {_ENDED}"
    return f"""
SELECT d.dag_id || ' ' || d.run_id || CASE WHEN {clears} > 0 THEN ' clear ' || {clears} ELSE '' END AS run_id,
  d.dag_id AS processor_name, {_data_date(columns)}{offset} AS data_date, d.start_date AS started_at,
  CASE WHEN {ended} THEN d.end_date END AS completed_at, d.state AS status, {clears} + 1 AS attempt,
  {_trigger(columns)} AS "trigger",
  CASE WHEN {ended} THEN {_changed("d", columns)} ELSE d.start_date END AS inserted_at,
  {_changed("d", columns)} AS {CURSOR}
FROM dag_run AS d
WHERE d.start_date IS NOT NULL AND d.state <> 'queued' AND {_changed("d", columns)} >= :since
"""  # noqa: S608 (our own names)


def _tasks(tables: Tables, offset: str) -> str:
    """A run a try of a task. The instances of a mapped task are one run: the worst of them is its state, so that
    instances that succeeded do not hide one that failed.
    """
    runs, tasks = tables["dag_run"], tables["task_instance"]
    key = "run_id" if "run_id" in tasks else "execution_date"
    kept = [("task_instance", tasks)] + ([(HISTORY, tables[HISTORY])] if HISTORY in tables else [])
    changed = " UNION ".join(
        f"SELECT t.dag_id, t.task_id, t.{key} AS of_run FROM {table} AS t"  # noqa: S608 (our own names)
        f" WHERE {_changed('t', columns)} >= :since"
        for table, columns in kept
    )
    tries = " UNION ALL ".join(_tries(table, columns, key) for table, columns in kept)
    ended = f"g.state IN {_ENDED}"
    return f"""
WITH changed AS ({changed}), tries AS ({tries}), grouped AS (
  SELECT dag_id, task_id, of_run, try_number, substr(MIN(ranked), 3) AS state, MIN(begun) AS start_date,
    MAX(end_date) AS end_date, MAX(changed_at) AS changed_at
  FROM tries GROUP BY dag_id, task_id, of_run, try_number
)
SELECT g.dag_id || '.' || g.task_id || ' ' || d.run_id || ' try ' || g.try_number AS run_id,
  g.dag_id || '.' || g.task_id AS processor_name,
  {_data_date(runs)}{offset} AS data_date, g.start_date AS started_at,
  CASE WHEN {ended} THEN g.end_date END AS completed_at, g.state AS status,
  CASE WHEN g.try_number > 1 THEN g.try_number ELSE 1 END AS attempt, {_trigger(runs)} AS "trigger",
  CASE WHEN NOT {ended} THEN g.start_date WHEN g.end_date > g.changed_at THEN g.end_date ELSE g.changed_at END
    AS inserted_at, g.changed_at AS {CURSOR}
FROM grouped AS g JOIN dag_run AS d ON d.dag_id = g.dag_id AND d.{key} = g.of_run
WHERE g.start_date IS NOT NULL
"""  # noqa: S608 (our own names)


def _tries(table: str, columns: frozenset[str], key: str) -> str:
    """Instances of tasks of which any has changed. One that has not begun has the start of its try before."""
    mapped = "t.map_index" if "map_index" in columns else "-1"
    again = f" WHERE NOT EXISTS ({_same_try(key, mapped)})" if table == HISTORY else ""
    return f"""
  SELECT t.dag_id, t.task_id, t.{key} AS of_run, {_WORST_FIRST} AS ranked,
    CASE WHEN {_NOT_BEGUN} AND t.try_number < 1 THEN 1 ELSE t.try_number END AS try_number,
    CASE WHEN {_NOT_BEGUN} THEN NULL ELSE COALESCE(t.start_date, t.end_date) END AS begun,
    CASE WHEN {_NOT_BEGUN} THEN NULL ELSE t.end_date END AS end_date, {_changed("t", columns)} AS changed_at
  FROM {table} AS t JOIN changed AS c ON c.dag_id = t.dag_id AND c.task_id = t.task_id AND c.of_run = t.{key}{again}"""  # noqa: S608


def _same_try(key: str, mapped: str) -> str:
    """A try that is still the last stands in both tables."""
    same = " AND ".join(f"n.{name} = t.{name}" for name in ("dag_id", "task_id", key, "try_number"))
    return f"SELECT 1 FROM task_instance AS n WHERE {same} AND n.map_index = {mapped}"  # noqa: S608


def _changed(table: str, columns: frozenset[str]) -> str:
    """When a row was last written. Rows from before that column was there have none."""
    known = [name for name in ("updated_at", "end_date", "start_date") if name in columns]
    return f"COALESCE({', '.join(f'{table}.{name}' for name in known)})"


def _data_date(columns: frozenset[str]) -> str:
    """The moment that tells which date a run is for: the start of its data interval, as far as it has one."""
    order = ("data_interval_start", "logical_date", "execution_date", "run_after", "queued_at", "start_date")
    return f"COALESCE({', '.join(f'd.{name}' for name in order if name in columns)})"


def _trigger(columns: frozenset[str]) -> str:
    """scheduled, manual, backfill, ..."""
    return "d.run_type" if "run_type" in columns else "CASE WHEN d.external_trigger THEN 'manual' ELSE 'scheduled' END"
