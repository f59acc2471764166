"""Columns of one meaning in one file: rows may fill the one or the other, but must not say two things."""

from collections.abc import Iterator
from itertools import combinations

import duckdb

from bot.adapters.warehouse.raw_rows import RawRows, Source
from bot.adapters.warehouse.values import Meaning, given, typed
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import Column, FileKind
from bot.domain.redaction import redacted, visible

LONGEST_SHOWN = 80


def overruled(
    connection: duckdb.DuckDBPyConnection, kind: FileKind, raw: RawRows, rows: str, file: str, meaning: Meaning
) -> Iterator[str]:
    """What to say of optional columns that differ: the first counts. Raises BadInput where a required column is told
    in two ways. `rows`: SQL of the raw rows with their cleaned texts.
    """
    for column in kind.columns:
        places = zip(raw.header.places.get(column.name, ()), raw.sources.get(column.name, ()), strict=False)
        for (here, one), (there, other) in combinations(places, 2):
            count, row, values = _differing(connection, column, (one, other), rows, meaning)
            if not count:
                continue
            first, second = (visible(raw.header.names[place]) for place in (here, there))
            differ = f"columns {first!r} and {second!r} have one meaning ({column.name}) and differ in"
            said = f"{differ} {count:,} row{'s' if count > 1 else ''}, the first is row {row}"
            if column.required:
                shown = " and ".join(repr(redacted(visible(value))[:LONGEST_SHOWN]) for value in values)
                raise BadInput(f"{file}: {said} ({shown}); keep one of them, or rename one")
            yield f"{said}: {first!r} counts"


def _differing(
    connection: duckdb.DuckDBPyConnection, column: Column, pair: tuple[Source, Source], rows: str, meaning: Meaning
) -> tuple[int, int, tuple[str, str]]:
    """(how many rows, the first of them, what the two columns hold there). Two vocabularies are compared as values: as
    one condition they cost DuckDB seconds to plan.
    """
    one, other = ({column.name: (source,)} for source in pair)
    row = connection.execute(
        f"WITH told AS MATERIALIZED (SELECT row_number, {given(column, one)} AS one, {given(column, other)} AS other,"  # noqa: S608 (our own)
        f" {typed(column, one, meaning)} AS means, {typed(column, other, meaning)} AS also FROM {rows})"
        " SELECT count(*), min(row_number), arg_min(one, row_number), arg_min(other, row_number) FROM told"
        " WHERE means <> also"
    ).fetchone()
    return (int(row[0]), int(row[1] or 0), (str(row[2]), str(row[3]))) if row else (0, 0, ("", ""))
