"""The warehouse in BigQuery: the shared SQL as it is, rows staged through an in-memory DuckDB."""

import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import duckdb

from bot.adapters.warehouse.bigquery_errors import errors_named
from bot.adapters.warehouse.bigquery_listing import listed, listing
from bot.adapters.warehouse.bigquery_staging import json_lines, write_parquet
from bot.adapters.warehouse.custom_query import checked, query_explained, refuse_above
from bot.adapters.warehouse.engine import NO_JOINS, Parameters, Session, Value, refuse_unless
from bot.adapters.warehouse.pasteable import bound, qualified
from bot.adapters.warehouse.sql_text import sql_text, statements
from bot.adapters.warehouse.unfinished import marked
from bot.domain.slo import CustomQuery

if TYPE_CHECKING:
    from google.api_core import retry
    from google.cloud import bigquery

PATIENCE = 60.0
"""Seconds for which a read is tried again; the client's own 10 minutes are too long for somebody who waits."""
_PARAMETER = re.compile(r"@(\w+)")
_COMMENT = re.compile(r"--.*")
_CREATES = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")


class BigQueryEngine:
    """Makes the dataset (in BigQuery's default location, unless it exists) and the tables that are missing.

    `endpoint`: another address of the REST API, used without credentials: an emulator. Reads are retried by the client;
    statements that change something are sent once.
    """

    sole_writer = False

    def __init__(self, project: str, dataset: str, *, endpoint: str = "") -> None:
        self._where = f"{project}.{dataset}"
        self._writing, self._may = threading.Lock(), _always
        with errors_named(self._where):
            self._client = _client(project, endpoint)
            self._make_tables()

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        return self.answered(name, parameters or {})[0]

    def answered(self, name: str, parameters: Parameters) -> tuple[list[tuple[Any, ...]], int]:
        """The rows, and the bytes billed for them."""
        from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY

        with errors_named(self._where):
            whole = listing(sql_text(name))
            if whole is not None:
                return listed(self._client, self._where, whole, _tries()), 0
            text, config = self._bound(sql_text(name), parameters)
            again = DEFAULT_JOB_RETRY.with_timeout(PATIENCE)
            job = self._client.query(text, job_config=config, retry=_tries(), job_retry=again)
            found = [tuple(row.values()) for row in job.result(retry=_tries())]
            return found, int(job.total_bytes_billed or 0)

    def select(self, query: CustomQuery, parameters: Parameters) -> list[tuple[Any, ...]]:
        """More bytes than it may bill are refused before anything is read."""
        with errors_named(self._where), query_explained(query):
            text, config = self._bound(checked(query), parameters)
            config.maximum_bytes_billed = query.max_bytes
            config.job_timeout_ms = int(query.timeout_s * 1_000)
            job = self._client.query(text, job_config=config, retry=_tries(), job_retry=None)
            return [tuple(row.values()) for row in job.result(retry=_tries(), timeout=query.timeout_s, job_retry=None)]

    def explain(self, query: CustomQuery, parameters: Parameters) -> None:
        """A dry run, which costs nothing."""
        with errors_named(self._where), query_explained(query):
            text, config = self._bound(checked(query), parameters)
            config.dry_run = True
            read = self._client.query(text, job_config=config, retry=_tries()).total_bytes_processed
            refuse_above(query, int(read or 0))

    def pasteable(self, name: str, parameters: Parameters | None = None) -> str:
        return qualified(bound(sql_text(name), parameters or {}), self._where)

    @contextmanager
    def write(self, *, large: bool = False) -> Iterator[Session]:  # noqa: ARG002 (its memory is not this machine's)
        """There is no transaction over several jobs. An interrupted load is safe to repeat: every step gives the same
        result when it is taken again, the mark of an unfinished load makes the next one count everything again, and a
        file enters the ledger last. Until then readers may see a part of the load."""
        with self._writing, duckdb.connect(":memory:") as reader:
            reader.execute("SET TimeZone = 'UTC'")
            reader.execute(NO_JOINS)
            with marked(_Writer(self, reader)) as session:
                yield session

    def only_while(self, may: Callable[[], bool]) -> None:
        self._may = may

    def close(self) -> None:
        self._client.close()  # type: ignore[no-untyped-call]

    def run(self, statement: str, parameters: Parameters) -> int:
        """Execute one statement, once; the bytes that it billed."""
        with errors_named(self._where):
            text, config = self._bound(statement, parameters)
            return self._once(text, config)

    def execute(self, text: str) -> int:
        """A text that binds nothing, as it is: it may hold words of a team's own. The bytes that it billed."""
        from google.cloud.bigquery import QueryJobConfig

        with errors_named(self._where):
            return self._once(text, QueryJobConfig(default_dataset=self._where))

    def _once(self, text: str, config: "bigquery.QueryJobConfig") -> int:
        refuse_unless(self._may)
        job = self._client.query(text, job_config=config, retry=None, job_retry=None)  # type: ignore[arg-type]
        job.result(job_retry=None)
        return int(job.total_bytes_billed or 0)

    def replace(
        self, table: str, content: IO[bytes], file_format: str, schema: "Sequence[bigquery.SchemaField]"
    ) -> None:
        """Put a file's rows in place of the whole content of a table."""
        from google.cloud.bigquery import LoadJobConfig, WriteDisposition

        config = LoadJobConfig(
            source_format=file_format, schema=schema, write_disposition=WriteDisposition.WRITE_TRUNCATE
        )
        refuse_unless(self._may)
        with errors_named(self._where):
            self._client.load_table_from_file(content, f"{self._where}.{table}", size=None, job_config=config).result()

    def schema_of(self, table: str) -> "Sequence[bigquery.SchemaField]":
        with errors_named(self._where):
            return list(self._client.get_table(f"{self._where}.{table}").schema)

    def _bound(self, statement: str, parameters: Parameters) -> "tuple[str, bigquery.QueryJobConfig]":
        """The text without its comments, which name parameters too, and what it binds. None has no type of its own:
        it is written as NULL."""
        from google.cloud.bigquery import QueryJobConfig, ScalarQueryParameter

        def written(match: re.Match[str]) -> str:
            return "NULL" if parameters[match[1]] is None else match[0]

        text = _PARAMETER.sub(written, _COMMENT.sub("", statement))
        used = sorted(set(_PARAMETER.findall(text)))
        values = [ScalarQueryParameter(name, _type_of(parameters[name]), parameters[name]) for name in used]
        return text, QueryJobConfig(default_dataset=self._where, query_parameters=values)

    def _make_tables(self) -> None:
        present = self._tables()
        if not present:
            self._make_dataset()
        for statement in statements(sql_text("schema")):
            made = _CREATES.search(statement)
            if made is None or made[1] not in present:
                self.run(statement, {})

    def _tables(self) -> set[str]:
        from google.api_core.exceptions import NotFound

        try:
            return {table.table_id for table in self._client.list_tables(self._where, retry=_tries())}
        except NotFound:
            return set()

    def _make_dataset(self) -> None:
        """Only where there is none: making one needs more rights than using one."""
        from google.api_core.exceptions import NotFound

        try:
            self._client.get_dataset(self._where, retry=_tries())
        except NotFound:
            self._client.create_dataset(self._where, exists_ok=True)


class _Writer:
    """A session: statements run as jobs, files are read by an embedded DuckDB."""

    def __init__(self, engine: BigQueryEngine, reader: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine
        self._reader = reader
        self._billed = 0

    def run(self, name: str, parameters: Parameters | None = None) -> None:
        for statement in statements(sql_text(name)):
            self._billed += self._engine.run(statement, parameters or {})

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        found, billed = self._engine.answered(name, parameters or {})
        self._billed += billed
        return found

    def billed(self) -> int:
        return self._billed

    def reader(self) -> duckdb.DuckDBPyConnection:
        return self._reader

    def adopt(self, table: str) -> None:
        from google.cloud.bigquery import SchemaField, SourceFormat

        with tempfile.TemporaryDirectory(prefix="fireline-") as directory:
            path = Path(directory) / f"{table}.parquet"
            schema = [SchemaField(name, kind) for name, kind in write_parquet(self._reader, table, path)]
            with path.open("rb") as content:
                self._engine.replace(table, content, SourceFormat.PARQUET, schema)

    def stage(self, table: str, select: str) -> None:
        self._billed += self._engine.execute(f"CREATE OR REPLACE TABLE {table} AS {select}")

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> None:
        from google.cloud.bigquery import SourceFormat

        lines = json_lines(columns, rows)
        if not lines.getbuffer():
            self._billed += self._engine.run(f"DELETE FROM {table} WHERE TRUE", {})  # noqa: S608 (our own name)
            return
        schema = self._engine.schema_of(table)
        self._engine.replace(table, lines, SourceFormat.NEWLINE_DELIMITED_JSON, schema)


def _always() -> bool:
    return True


def _client(project: str, endpoint: str) -> "bigquery.Client":
    from google.cloud import bigquery

    if not endpoint:
        return bigquery.Client(project=project)
    from google.auth.credentials import AnonymousCredentials

    return bigquery.Client(
        project=project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )


def _tries() -> "retry.Retry":
    from google.cloud.bigquery import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(PATIENCE)


def _type_of(value: Value) -> str:
    match value:
        case bool():
            return "BOOL"
        case int():
            return "INT64"
        case float():
            return "FLOAT64"
        case datetime():
            return "TIMESTAMP"
        case date():
            return "DATE"
        case _:
            return "STRING"
