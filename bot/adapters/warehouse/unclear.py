"""Rows of tables and raw files that cannot be used: they still say that something came."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb

from bot.adapters.warehouse.parsed import execute
from bot.adapters.warehouse.redacting import redact_column
from bot.adapters.warehouse.values import Meaning, believed
from bot.domain.evidence.columns import FileKind
from bot.domain.evidence.known import Unclear, UnclearRows


def note_unclear(
    connection: duckdb.DuckDBPyConnection, kind: FileKind, into: str, meaning: Meaning, *, any_bad: bool
) -> None:
    """Make `<into>_unclear` of the rejected rows that name their table or source, with what can be used of them."""
    table = f"{into}_unclear"
    execute(connection, f"CREATE OR REPLACE TEMP TABLE {table} (name VARCHAR, data_date DATE, moment TIMESTAMP)")
    if not any_bad:
        return
    values = ", ".join(believed(kind.column(name), meaning) for name in kind.trace)
    owner, day, moment = (f'"{name}"' for name in kind.trace)
    connection.execute(
        f"INSERT INTO {table} SELECT DISTINCT {owner}, {day}, {moment} FROM"  # noqa: S608 (our own names)
        f" (SELECT {values} FROM {into}_doubtful WHERE fault IS NOT NULL) WHERE {owner} IS NOT NULL"
    )
    redact_column(connection, "name", table)


def by_owner(rows: Iterable[tuple[Any, ...]]) -> Mapping[str, UnclearRows]:
    """(name, data date, moment, read at) of one kind; of those without a date, the first of each day is enough."""
    found = defaultdict[str, dict[date | None, tuple[Unclear, ...]]](dict)
    days = set[tuple[str, date]]()
    for name, day, moment, read_at in rows:
        if day is None:
            came = (name, (moment or read_at).date())
            if moment is not None and came in days:
                continue
            days.add(came)
        found[name][day] = (*found[name].get(day, ()), Unclear(day, moment, read_at))
    return found
