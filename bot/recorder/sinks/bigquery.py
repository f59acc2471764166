"""A table of run history in BigQuery, which is there already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.recorder.answers import Answer, answer_of
from bot.recorder.sinks.rows import COLUMNS, SAME, Unfit, put

if TYPE_CHECKING:
    from google.cloud import bigquery

TYPES = {
    "phase": "INT64", "data_date": "DATE", "started_at": "TIMESTAMP", "completed_at": "TIMESTAMP",
    "records_processed": "INT64", "duration_seconds": "FLOAT64", "attempt": "INT64", "last_heartbeat_at": "TIMESTAMP",
    "inserted_at": "TIMESTAMP",
}  # fmt: skip
TIMEOUT_S, ASK_S = 60.0, 10.0

NEVER_NULL = ("processor_name", "run_id", "started_at", "status")


def _same(name: str) -> str:
    """BigQuery looks for rows that are not there by an equality."""
    equal = f"there.{name} = given.{name}"
    return equal if name in NEVER_NULL else f"({equal} OR (there.{name} IS NULL AND given.{name} IS NULL))"


def _bounds(rows: list[dict[str, Any]]) -> tuple[list[str], dict[str, tuple[str, Any]]]:
    """Where rows like these can be: a table is partitioned by one of these columns, and may ask for such a condition.
    BigQuery leaves partitions out by a value that it has beforehand, not by one of a join.
    """
    starts = [row["started_at"] for row in rows]
    within = ["there.started_at BETWEEN @first_start AND @last_start"]
    given = {"first_start": ("TIMESTAMP", min(starts)), "last_start": ("TIMESTAMP", max(starts))}
    dates = [row["data_date"] for row in rows if row["data_date"] is not None]
    of = ["there.data_date BETWEEN @first_date AND @last_date"] if dates else []
    if dates:
        given |= {"first_date": ("DATE", min(dates)), "last_date": ("DATE", max(dates))}
    if len(dates) < len(rows):
        of.append("there.data_date IS NULL")
    return [*within, f"({' OR '.join(of)})"], given


class BigQuerySink:
    """`table`: PROJECT.DATASET.TABLE; the project pays. `client` None: one with the application's own credentials."""

    def __init__(self, table: str, client: bigquery.Client | None = None) -> None:
        project, _, rest = table.strip("`").partition(".")
        if rest.count(".") != 1 or "`" in table:
            raise ValueError(f"{table[:80]!r} is no table: write PROJECT.DATASET.TABLE")
        self._project, self._table, self._client = project, f"`{project}.{rest}`", client

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return put(events, self._put, (Unfit,))

    def _put(self, rows: list[dict[str, Any]]) -> None:
        """One INSERT for all: each takes a second, and waits for no other change of the table. Its columns may be
        NULL, which an array of values cannot hold: so they come as one text of JSON. What is there already is looked
        for in the partitions of these rows alone.
        """
        if not rows:
            return
        names = ", ".join(f"`{name}`" for name in COLUMNS)
        kept = ", ".join(
            f"CAST(JSON_VALUE(r, '$.{name}') AS {TYPES.get(name, 'STRING')}) AS `{name}`" for name in COLUMNS
        )
        within, given = _bounds(rows)
        same = " AND ".join([*within, *map(_same, SAME)])
        text = (
            f"INSERT INTO {self._table} ({names}) SELECT {names} "  # noqa: S608
            f"FROM (SELECT {kept} FROM UNNEST(JSON_QUERY_ARRAY(@rows)) AS r) AS given "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self._table} AS there WHERE {same})"
        )
        once = {tuple(row[name] for name in SAME): row for row in reversed(rows)}
        self._insert(text, {"rows": ("STRING", json.dumps(list(once.values()), default=str)), **given})

    def _insert(self, text: str, given: dict[str, tuple[str, Any]]) -> None:
        """Raises Unfit where the statement is right and its values are not."""
        from google.api_core.exceptions import BadRequest

        try:
            self._run(text, given, TIMEOUT_S)
        except BadRequest as error:
            self._run(text, given, TIMEOUT_S, dry=True)
            raise Unfit(error.message) from None

    def done(self, processor: str, data_date: str) -> Answer:
        of = "processor_name = @p AND data_date = @d AND status = 'success'"
        text = f"SELECT MAX(records_processed), COUNT(*) FROM {self._table} WHERE {of}"  # noqa: S608
        ((records, runs),) = self._run(text, {"p": ("STRING", processor), "d": ("DATE", data_date)}, ASK_S)
        return answer_of(records, runs)

    def _run(
        self, text: str, given: dict[str, tuple[str, Any]], timeout_s: float, *, dry: bool = False
    ) -> list[tuple[Any, ...]]:
        from google.cloud import bigquery

        if self._client is None:
            self._client = bigquery.Client(project=self._project)
        bound = [bigquery.ScalarQueryParameter(name, kind, value) for name, (kind, value) in given.items()]
        config = bigquery.QueryJobConfig(query_parameters=bound, dry_run=dry)
        asked = self._client.query(text, job_config=config, timeout=timeout_s)
        return [tuple(row.values()) for row in asked.result(timeout=timeout_s)]
