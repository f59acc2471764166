"""A whole small table is listed, which bills nothing: a query of it would bill 10 MB."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from google.api_core import retry
    from google.cloud import bigquery

_COMMENT = re.compile(r"--.*")
_WHOLE = re.compile(r"SELECT ([a-z_, ]+) FROM ([a-z_]+)(?: ORDER BY ([a-z_, ]+))?")


class Listing(NamedTuple):
    table: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


@cache
def listing(text: str) -> Listing | None:
    """What a query asks that asks for columns of every row of one table, and nothing else."""
    found = _WHOLE.fullmatch(" ".join(_COMMENT.sub("", text).split()))
    return None if found is None else Listing(found[2], _names(found[1]), _names(found[3] or ""))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def listed(client: "bigquery.Client", dataset: str, asked: Listing, tries: "retry.Retry") -> list[tuple[Any, ...]]:
    """As the query would give them: NULL comes first."""
    table = client.get_table(f"{dataset}.{asked.table}", retry=tries)
    rows = list(client.list_rows(table, retry=tries))
    rows.sort(key=lambda row: [(row[name] is not None, row[name]) for name in asked.order])
    return [tuple(row[name] for name in asked.columns) for row in rows]
