"""How the rows of a table of BigQuery are counted by date: by its partitions, else by a query over its dates."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.adapters.sources.bigquery_client import Asked, columns_of
from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from google.cloud import bigquery

_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2})?")
"""The id of a partition of a day or an hour:
https://cloud.google.com/bigquery/docs/managing-partitioned-tables#getting_partition_metadata"""
_AS_DATE = {"DATE": "{0}", "TIMESTAMP": "DATE({0})", "DATETIME": "DATE({0})", "STRING": "SAFE_CAST({0} AS DATE)"}


@dataclass(frozen=True)
class Table:
    """`name`: as the registry has it. `by_date`: its partitions are the days or hours of its date column.

    `partition`: another column of moments that it is partitioned by, which a query may have to filter.
    """

    name: str
    dataset: str
    id: str
    column: str
    type: str
    by_date: bool


@dataclass(frozen=True)
class Counted:
    """`at`: when the rows were last written, as far as that is known."""

    date: date
    rows: int
    at: datetime


Part = tuple[str, int, datetime]
"""The id of a partition, its rows, when it was last written."""


def described(name: str, column: str, table: "bigquery.Table") -> Table:
    """Raises SourceFailed where the table has no such column, or one that holds no dates."""
    types, by = columns_of(table.schema), table.time_partitioning
    found = next((each for each in types if each.casefold() == column.casefold()), None)
    if found is None or types[found] not in _AS_DATE:
        what = "it has no such column" if found is None else f"that is {types[found]}"
        raise SourceFailed(
            f"{name}: its dates should be in {column}, but {what}",
            "Set `date_column` of its processor in registry.yaml.",
        )
    by_date = by is not None and (by.field or "").casefold() == column.casefold() and by.type_ in ("DAY", "HOUR")
    return Table(name, f"{table.project}.{table.dataset_id}", table.table_id, found, types[found], by_date)


def partitions(dataset: str, tables: Sequence[Table], oldest: date, since: datetime | None) -> Asked:
    """(table, partition, rows, last written): those of dates from `oldest` on, and those written since."""
    return Asked(
        "SELECT table_name, partition_id, SUM(total_rows) AS total_rows, MAX(last_modified_time) AS written"  # noqa: S608
        f" FROM `{dataset}`.INFORMATION_SCHEMA.PARTITIONS WHERE table_name IN UNNEST(@tables)"
        " AND (partition_id IS NULL OR partition_id >= @oldest OR last_modified_time >= @since)"
        " GROUP BY table_name, partition_id",
        (
            ("tables", "ARRAY<STRING>", [table.id for table in tables]),
            ("oldest", "STRING", f"{oldest:%Y%m%d}"),
            ("since", "TIMESTAMP", since or datetime.max.replace(tzinfo=UTC) - timedelta(days=1)),
        ),
    )


def by_partition(parts: Iterable[Part]) -> list[Counted]:
    found: dict[date, Counted] = {}
    for name, rows, at in parts:
        if matched := _DAY.fullmatch(name):
            day = date(int(matched[1]), int(matched[2]), int(matched[3]))
            held = found.get(day)
            found[day] = Counted(day, rows, at) if held is None else Counted(day, held.rows + rows, max(held.at, at))
    return list(found.values())


def counting(table: Table, oldest: date) -> Asked:
    """(date, rows) from `oldest` on."""
    column = f"`{table.column}`"
    of_date = _AS_DATE[table.type].format(column)
    kind: str = table.type
    first: Any = oldest
    if kind == "TIMESTAMP":
        first = datetime(oldest.year, oldest.month, oldest.day, tzinfo=UTC)
    elif kind == "DATETIME":
        first = datetime(oldest.year, oldest.month, oldest.day, tzinfo=UTC).replace(tzinfo=None)
    elif kind == "STRING":
        first = oldest.isoformat()
    return Asked(
        f"SELECT {of_date} AS data_date, COUNT(*) AS counted FROM `{table.dataset}.{table.id}`"  # noqa: S608
        f" WHERE {column} >= @oldest AND {of_date} IS NOT NULL GROUP BY data_date",
        (("oldest", kind, first),),
    )
