"""BigQuery as sources ask it: every query within a cap of bytes, its parameters bound, its rows in pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.adapters.sources.bigquery_errors import LOGIN, explained
from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud import bigquery

PATIENCE_S = 60.0
"""So long a request is tried again."""
QUERY_S = 300.0
"""So long a query may take."""
PAGE_ROWS = 5_000
STANDARD = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


@dataclass(frozen=True)
class Place:
    """`project` pays for the queries; "": that of the credentials. `endpoint`: another address of the REST API, used
    without credentials: an emulator. `max_bytes`: what one query may bill at most.
    """

    project: str
    max_bytes: int
    endpoint: str = ""


@dataclass(frozen=True)
class Asked:
    """A query and what it binds: (name, BigQuery's type, value)."""

    sql: str
    parameters: tuple[tuple[str, str, Any], ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a query would read and give, without its being run. `columns`: name -> type."""

    bytes: int
    columns: dict[str, str]


@dataclass
class Answer:
    """The rows of a query, a page at a time. `billed` counts once the first page is there."""

    names: list[str]
    pages: Iterator[list[Sequence[Any]]]
    billed: int = field(default=0)


class BigQuery:
    """A client that is made when it is first needed. `name`: of the source, in messages and on the bill."""

    def __init__(self, name: str, place: Place) -> None:
        self._name, self._place = name, place
        self._client: bigquery.Client | None = None

    def table(self, name: str) -> "bigquery.Table":
        """What there is to know of a table or a view; costs nothing. Raises SourceFailed."""
        with self._explained(name):
            return self._opened().get_table(name, retry=_tries(), timeout=PATIENCE_S)

    def plan(self, asked: Asked) -> Plan:
        """Costs nothing. Raises SourceFailed for a query that cannot be run."""
        with self._explained(self._name):
            job = self._opened().query(
                asked.sql, job_config=self._config(asked, dry=True), retry=_tries(), timeout=PATIENCE_S
            )
            return Plan(int(job.total_bytes_processed or 0), columns_of(job.schema or ()))

    def ask(self, asked: Asked, page_rows: int = PAGE_ROWS) -> Answer:
        """Raises SourceFailed, also while its pages come."""
        from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY

        with self._explained(self._name):
            again, config = DEFAULT_JOB_RETRY.with_timeout(PATIENCE_S), self._config(asked, dry=False)
            job = self._opened().query(
                asked.sql, job_config=config, retry=_tries(), timeout=PATIENCE_S, job_retry=again
            )
            result = job.result(page_size=page_rows, retry=_tries(), timeout=QUERY_S, job_retry=again)
            names, billed = [column.name for column in result.schema], int(job.total_bytes_billed or 0)
        return Answer(names, self._pages(iter(result.pages)), billed)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[no-untyped-call]
            self._client = None

    def _pages(self, pages: Iterator[Any]) -> Iterator[list[Sequence[Any]]]:
        while True:
            with self._explained(self._name):
                page = next(pages, None)
                rows = None if page is None else [row.values() for row in page]
            if rows is None:
                return
            yield rows

    def _config(self, asked: Asked, *, dry: bool) -> "bigquery.QueryJobConfig":
        from google.cloud.bigquery import QueryJobConfig

        config = QueryJobConfig(
            query_parameters=[_parameter(*each) for each in asked.parameters],
            labels={"fireline_source": self._name.casefold()},
            dry_run=dry,
        )
        if not dry:
            config.maximum_bytes_billed = self._place.max_bytes
            config.job_timeout_ms = int(QUERY_S * 1_000)
        return config

    def _opened(self) -> "bigquery.Client":
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery

        if self._client is None:
            project = self._place.project or None
            if self._place.endpoint:
                options = {"api_endpoint": self._place.endpoint}
                nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
                self._client = bigquery.Client(project=project, credentials=nobody, client_options=options)
            else:
                self._client = bigquery.Client(project=project)
        return self._client

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Credentials that are refused are not kept: they may be renewed before the next read."""
        project = self._client.project if self._client is not None else self._place.project
        try:
            with explained(what, project or "PROJECT", _member(self._client)):
                yield
        except SourceFailed as error:
            if error.remedy == LOGIN:
                self.close()
            raise


def columns_of(schema: "Sequence[bigquery.SchemaField]") -> dict[str, str]:
    return {column.name: STANDARD.get(column.field_type, column.field_type) for column in schema}


def _parameter(name: str, kind: str, value: Any) -> "bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter":
    from google.cloud.bigquery import ArrayQueryParameter, ScalarQueryParameter

    if kind.startswith("ARRAY<"):
        return ArrayQueryParameter(name, kind.removeprefix("ARRAY<").removesuffix(">"), value)
    return ScalarQueryParameter(name, kind, value)


def _member(client: "bigquery.Client | None") -> str:
    """The account as IAM names it, where the credentials tell."""
    address = getattr(getattr(client, "_credentials", None), "service_account_email", None)
    return f"serviceAccount:{address}" if address and "@" in address else ""


def _tries() -> "Retry":
    from google.cloud.bigquery import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(PATIENCE_S)
