"""Complete freshly read runs: identity, times, duration, recorded category, what the text rules say of the rest."""

from collections.abc import Callable, Mapping
from datetime import date

import duckdb

from bot.adapters.warehouse.parsed import execute
from bot.domain.evidence.runs import Category

_IDENTITY = "coalesce(run_id, 'row-' || md5(concat_ws('|', processor_name, data_date, started_at, 1)))"
"""Runs without a `run_id` are identified by processor, data date and start: equal ones are versions of one run."""

_SHAPE = "regexp_replace(error_message, '[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>', 'g')"
"""The error text without its dates, so that the text rules see each wording once."""

_READ = "stage_read LEFT JOIN vocabulary AS v ON v.spelling = lower(trim(failure_category))"
_UNEXPLAINED = "status = 'failed' AND coalesce(v.category, '') = ''"
_SHAPES = f"""
SELECT DISTINCT {_SHAPE} AS shape
FROM (SELECT DISTINCT error_message FROM {_READ} WHERE {_UNEXPLAINED} AND error_message IS NOT NULL)
"""  # noqa: S608 (our own text)

_VERSIONS = f"""
CREATE OR REPLACE TEMP TABLE stage_versions AS
SELECT c.* EXCLUDE (shape), coalesce(h.hinted, '') AS hinted
FROM (
  SELECT
    {_IDENTITY} AS run_id, processor_name, phase, data_date, started_at, completed_at, status, records_processed,
    coalesce(duration_seconds, CASE WHEN completed_at IS NOT NULL
      THEN greatest(epoch_us(completed_at) - epoch_us(started_at), 0) / 1e6 END) AS duration_seconds,
    failure_category, error_message, attempt, "trigger", last_heartbeat_at,
    coalesce(inserted_at, completed_at, started_at) AS inserted_at,
    coalesce(v.category, '') AS recorded, CASE WHEN {_UNEXPLAINED} THEN {_SHAPE} END AS shape
  FROM {_READ}
) AS c LEFT JOIN hinted_shapes AS h ON h.shape = c.shape
"""  # noqa: S608 (our own text)


Spellings = Mapping[str, Category]


def stage_runs(reader: duckdb.DuckDBPyConnection, hint: Callable[[str], str], known: Spellings) -> None:
    """From `stage_read` make `stage_versions`, in the columns of `runs`. `known`: spellings of recorded categories."""
    spellings = [(text, "" if category is Category.UNKNOWN else category.value) for text, category in known.items()]
    _table(reader, "vocabulary", ("spelling", "category"), spellings)
    shapes = execute(reader, _SHAPES).fetchall()
    _table(reader, "hinted_shapes", ("shape", "hinted"), [(shape, hint(shape)) for (shape,) in shapes])
    execute(reader, _VERSIONS)


def days_read(reader: duckdb.DuckDBPyConnection) -> tuple[date | None, date | None]:
    """The first and the last data date of `stage_read`."""
    ((first, last),) = reader.execute("SELECT min(data_date), max(data_date) FROM stage_read").fetchall()
    return first, last


def unknown_spellings(reader: duckdb.DuckDBPyConnection, known: Spellings) -> list[tuple[str, int]]:
    """Recorded categories that no vocabulary knows, with their number of failed runs."""
    found = reader.execute(
        "SELECT failure_category, count(*) FROM stage_read"
        " WHERE status = 'failed' AND failure_category IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [(spelling, int(runs)) for spelling, runs in found if spelling.strip().lower() not in known]


def _table(reader: duckdb.DuckDBPyConnection, name: str, columns: tuple[str, str], rows: list[tuple[str, str]]) -> None:
    left, right = columns
    columned = f"SELECT unnest($l::VARCHAR[]) AS {left}, unnest($r::VARCHAR[]) AS {right}"
    execute(
        reader,
        f"CREATE OR REPLACE TEMP TABLE {name} AS {columned}",
        {"l": [first for first, _ in rows], "r": [second for _, second in rows]},
    )
