"""`sources.yaml` becomes the sources of facts, or one ConfigError that names every problem with file and line."""

import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config import zones
from bot.config.documents import load_document
from bot.config.lengths import Length as Duration
from bot.domain.evidence.columns import FILE_KINDS, kind_of, unknown_column
from bot.domain.evidence.runs import Category, Status
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.registry import Frozen
from bot.domain.sources import Feed, SourcePlan

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,62}")
TABLE = re.compile(r"[A-Za-z][\w\-]*(?:\.[\w\-]+){1,2}")
BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
PASSWORD = re.compile(r"://[^/@\s:]*:(?!\$\{)[^/@\s]+@")


def _address(text: str) -> str:
    if PASSWORD.search(text):
        raise ValueError("holds a password; write ${NAME}, and set the environment variable NAME")
    return text


def _bytes(value: object) -> int:
    match = re.fullmatch(r"\s*(\d{1,15})\s*([KMGT]?B)?\s*", str(value), re.IGNORECASE)
    if match is None:
        raise ValueError("is no number of bytes; write 500 MB or 10 GB")
    return int(match[1]) * BYTES[(match[2] or "B").upper()]


def _table(text: str) -> str:
    if not TABLE.fullmatch(text.strip("`").replace(":", ".", 1)):
        raise ValueError(f"{text!r} is no table; write dataset.table or project.dataset.table")
    return text.strip("`").replace(":", ".", 1)


def _column(text: str) -> str:
    if "`" in text or not text.strip():
        raise ValueError(f"{text!r} is no name of a column")
    return text.strip()


def _zone(text: str) -> str:
    if not zones.is_known(text):
        raise ValueError(zones.unknown(text))
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name for a source; use letters, digits, _ and -")
    return text


Text = Annotated[str, Field(min_length=1)]
Bytes = Annotated[int, BeforeValidator(_bytes), Field(gt=0)]
Column = Annotated[Text, AfterValidator(_column)]


class SourceKind(StrEnum):
    SQL = "sql"
    FILES = "files"
    BIGQUERY = "bigquery"
    BIGQUERY_TABLES = "bigquery_tables"
    AIRFLOW = "airflow"
    DBT = "dbt"
    OBJECTS = "objects"
    PUSH = "push"


NEEDED: dict[SourceKind, tuple[str, ...]] = {
    SourceKind.SQL: ("feeds", "url", "query"),
    SourceKind.FILES: ("path",),
    SourceKind.BIGQUERY: ("feeds",),
    SourceKind.BIGQUERY_TABLES: (),
    SourceKind.AIRFLOW: ("url",),
    SourceKind.DBT: ("path",),
    SourceKind.OBJECTS: (),
    SourceKind.PUSH: (),
}
ALLOWED: dict[SourceKind, tuple[str, ...]] = {
    SourceKind.SQL: ("cursor", "cursor_type", "timezone"),
    SourceKind.FILES: ("feeds", "timezone"),
    SourceKind.BIGQUERY: (
        "table",
        "query",
        "cursor",
        "partition",
        "reach",
        "days",
        "project",
        "max_bytes",
        "usd_a_month",
        "timezone",
    ),
    SourceKind.BIGQUERY_TABLES: ("days", "project", "max_bytes"),
    SourceKind.AIRFLOW: ("level", "statuses", "categories"),
    SourceKind.DBT: ("statuses", "categories"),
    SourceKind.OBJECTS: ("days",),
    SourceKind.PUSH: ("statuses", "categories"),
}
OF_ANY = ("name", "kind", "every", "lateness", "needs")
OF_ROWS = ("columns", "statuses", "categories")
"""Of those that read rows which somebody else has written."""
FIXED = {
    SourceKind.BIGQUERY_TABLES: Feed.TABLE_LOADS,
    SourceKind.OBJECTS: Feed.RAW_FILES,
    SourceKind.AIRFLOW: Feed.RUNS,
    SourceKind.DBT: Feed.RUNS,
    SourceKind.PUSH: Feed.RUNS,
}
"""What a source feeds that can feed nothing else: it knows its columns."""
BY_DATE = (SourceKind.BIGQUERY_TABLES, SourceKind.OBJECTS)
DAYS_LATE = "3d"
"""The lateness of a source that looks at dates, unless it is given."""
AT_ONCE = timedelta(seconds=0.25)
"""The interval of a source that is told of what is new, unless it is given: a look costs nothing."""


class SourceEntry(Frozen):
    """One source. Which fields it needs depends on its kind."""

    name: Annotated[str, AfterValidator(_name)]
    kind: SourceKind
    feeds: Feed | None = None
    every: Duration = timedelta(minutes=1)
    lateness: Duration = timedelta(minutes=15)
    needs: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """An environment variable without which the source is not read."""
    columns: dict[str, Text] = Field(default_factory=dict)
    """Our column -> the source's."""
    statuses: dict[Status, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    categories: dict[Category, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    url: Annotated[Text, AfterValidator(_address)] | None = None
    """`sql`, `airflow`: an address as SQLAlchemy takes it; `${NAME}` stands for an environment variable."""
    query: Text | None = None
    """`sql`, `bigquery`: what to select; `:since` in it is bound to where the last read ended."""
    cursor: Column | None = None
    """`sql`, `bigquery`: the column by which rows are new: it grows. None: everything is read each time."""
    cursor_type: Literal["time", "number", "text"] = "time"
    timezone: Annotated[Text, AfterValidator(_zone)] | None = None
    """`sql`, `files`, `bigquery`: the zone of moments that are written without one. None: UTC, and it is said."""
    level: Literal["task", "dag"] = "task"
    """`airflow`: is a task a processor, or a DAG?"""
    path: Text | None = None
    """`files`, `dbt`: a folder, or a pattern of files; `files`: also in a bucket (gs://, s3://)."""
    table: Annotated[Text, AfterValidator(_table)] | None = None
    """`bigquery`: a table or a view."""
    partition: Column | None = None
    """`bigquery`: the column that it is partitioned by; None: a table says so itself."""
    reach: Duration = timedelta(days=3)
    """`bigquery`: a new row's partition may lie so far before its cursor."""
    days: Annotated[int, Field(ge=1, le=3_660)] = 30
    """`bigquery`, `bigquery_tables`, `objects`: the first read goes back so far."""
    project: Text | None = None
    """`bigquery`: pays for the queries. None: FIRELINE_BIGQUERY_PROJECT."""
    max_bytes: Bytes = 10 * 10**9
    """`bigquery`: a query that would bill more is not run."""
    usd_a_month: Annotated[float, Field(gt=0)] = 10.0
    """`bigquery`: reads that would cost more come less often."""

    @model_validator(mode="before")
    @classmethod
    def _looks_at_dates(cls, value: Any) -> Any:
        """Dates that are looked at come later than rows with a cursor do."""
        if isinstance(value, dict) and str(value.get("kind")) in BY_DATE and "lateness" not in value:
            return {**value, "lateness": DAYS_LATE}
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "SourceEntry":
        given = self.model_fields_set
        lacking = [name for name in NEEDED[self.kind] if getattr(self, name) is None]
        if lacking:
            raise ValueError(f"of kind {self.kind} needs {', '.join(lacking)}")
        of_rows = () if self.kind in FIXED else OF_ROWS
        known = (*OF_ANY, *of_rows, *NEEDED[self.kind], *ALLOWED[self.kind])
        foreign = sorted(name for name in given if name not in known)
        if foreign:
            raise ValueError(f"of kind {self.kind} has no {', '.join(foreign)}; it has {', '.join(known)}")
        for name in self.columns:
            if said := unknown_column(name, [kind_of(self.feeds)] if self.feeds else FILE_KINDS):
                raise ValueError(f"columns (ours: theirs): {said}")
        if self.kind is SourceKind.BIGQUERY:
            self._asks_for_one()
        return self

    def _asks_for_one(self) -> None:
        if (self.table is None) == (self.query is None):
            raise ValueError("of kind bigquery needs either a table or a query")
        for place, column in ((":since", "cursor"), (":from", "partition")):
            if place in (self.query or "") and getattr(self, column) is None:
                raise ValueError(f"has {place} in its query and no {column} to bind it to")

    @property
    def plan(self) -> SourcePlan:
        feeds = FIXED.get(self.kind, self.feeds)
        at_once = self.kind is SourceKind.PUSH and "every" not in self.model_fields_set
        return SourcePlan(self.name, self.kind.value, feeds, AT_ONCE if at_once else self.every, self.lateness)

    @property
    def clock(self) -> str | None:
        """The zone of moments without an offset; None: nobody has said it. Tools that Fireline knows write UTC."""
        return self.timezone if "timezone" in ALLOWED[self.kind] else "UTC"

    def vocabulary(self, base: Vocabulary) -> Vocabulary:
        """The words of this source, which count before those of all."""
        statuses = {word: status for status, words in self.statuses.items() for word in words}
        categories = {word: category for category, words in self.categories.items() for word in words}
        return base.extended({}, statuses, categories)


class SourcesFile(Frozen):
    sources: tuple[SourceEntry, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "SourcesFile":
        names = [entry.name for entry in self.sources]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"names a source twice: {', '.join(repeated)}; give each a name of its own")
        pushed = [entry.name for entry in self.sources if entry.kind is SourceKind.PUSH]
        if len(pushed) > 1:
            raise ValueError(f"has {' and '.join(pushed)} of kind push; one brings all that is sent")
        return self


def load_sources(path: Path) -> tuple[SourceEntry, ...]:
    """The sources in the order of the file; none without one. Raises ConfigError with every problem."""
    return load_document(path, SourcesFile).sources if path.exists() else ()
