"""Complete freshly read runs: identity, times, duration, recorded category, what the text rules say of the rest."""

from collections.abc import Callable

import duckdb

from bot.domain.runs import VOCABULARIES, Category

_COMPLETE = """
CREATE OR REPLACE TEMP TABLE stage_complete AS
SELECT
  coalesce(run_id, 'row-' || md5(concat_ws('|', processor_name, data_date, started_at,
    row_number() OVER (PARTITION BY processor_name, data_date, started_at, run_id IS NULL
      ORDER BY attempt, completed_at, status, row_number)))) AS run_id,
  processor_name, phase, data_date, started_at, completed_at, status, records_processed,
  coalesce(duration_seconds, greatest(epoch_us(completed_at) - epoch_us(started_at), 0) / 1e6) AS duration_seconds,
  failure_category, error_message, attempt, "trigger", last_heartbeat_at,
  coalesce(inserted_at, completed_at, started_at) AS inserted_at,
  coalesce(v.category, '') AS recorded,
  CASE WHEN status = 'failed' AND coalesce(v.category, '') = '' AND error_message IS NOT NULL
    THEN regexp_replace(error_message, '[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>', 'g') END AS shape
FROM stage_read LEFT JOIN vocabulary AS v ON v.spelling = lower(trim(failure_category))
"""
"""`run_id`: runs without one are told apart by processor, date and start, in the order they were attempted.
`shape`: the error text without its dates, so that the text rules see each wording once."""

_VERSIONS = """
CREATE OR REPLACE TEMP TABLE stage_versions AS
SELECT c.* EXCLUDE (shape), coalesce(h.hinted, '') AS hinted
FROM stage_complete AS c LEFT JOIN hinted_shapes AS h ON h.shape = c.shape
"""


def stage_runs(reader: duckdb.DuckDBPyConnection, hint: Callable[[str], str]) -> None:
    """From `stage_read` make `stage_versions`, in the columns of `runs`."""
    spellings = [(text, "" if known is Category.UNKNOWN else known.value) for text, known in VOCABULARIES.items()]
    _table(reader, "vocabulary", ("spelling", "category"), spellings)
    reader.execute(_COMPLETE)
    shapes = reader.execute("SELECT DISTINCT shape FROM stage_complete WHERE shape IS NOT NULL").fetchall()
    _table(reader, "hinted_shapes", ("shape", "hinted"), [(shape, hint(shape)) for (shape,) in shapes])
    reader.execute(_VERSIONS)


def unknown_spellings(reader: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """Recorded categories that no vocabulary knows, with their number of failed runs."""
    found = reader.execute(
        "SELECT failure_category, count(*) FROM stage_read"
        " WHERE status = 'failed' AND failure_category IS NOT NULL"
        " AND lower(trim(failure_category)) NOT IN (SELECT spelling FROM vocabulary) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [(str(spelling), int(runs)) for spelling, runs in found]


def _table(reader: duckdb.DuckDBPyConnection, name: str, columns: tuple[str, str], rows: list[tuple[str, str]]) -> None:
    left, right = columns
    reader.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS"
        f" SELECT unnest($l::VARCHAR[]) AS {left}, unnest($r::VARCHAR[]) AS {right}",
        {"l": [first for first, _ in rows], "r": [second for _, second in rows]},
    )
