"""Open a data file, whatever its format, as the DuckDB view `raw_rows`: raw columns and `row_number` (from 1)."""

from pathlib import Path

import duckdb

from bot.adapters.warehouse.csv_files import open_csv
from bot.adapters.warehouse.headers import Aliases
from bot.adapters.warehouse.json_files import open_json
from bot.adapters.warehouse.parquet_files import open_parquet
from bot.adapters.warehouse.raw_rows import RawRows
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import FileKind


def open_raw(
    connection: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, aliases: Aliases, workspace: Path | None
) -> RawRows:
    """Raises BadInput when the file cannot be read. A folder as `workspace` asks for a careful look at each row."""
    try:
        if path.suffix == ".parquet":
            return open_parquet(connection, path, kind, aliases)
        if path.suffix == ".csv":
            return open_csv(connection, path, kind, aliases, workspace)
        return open_json(connection, path, kind, aliases, workspace)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise BadInput(f"{path.name}: cannot be read as {path.suffix[1:]}: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
