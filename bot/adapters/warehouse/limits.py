"""What one file may cost to read: a small file can hold very much."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from bot.domain.errors import BadInput

MEGABYTES = 500
"""Beside what the warehouse holds already. What does not fit goes to disk."""
DISK_MEGABYTES, DISK_TIMES = 2_000, 50
"""Disk for what does not fit: this, and so many times the file's size."""


@contextmanager
def limited(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """The limits of the whole database while a file is read, and those from before afterwards."""
    settings = connection.cursor()  # a transaction that has failed takes no more statements
    row = settings.execute(
        "SELECT current_setting('memory_limit'), current_setting('max_temp_directory_size'),"
        " (SELECT coalesce(sum(memory_usage_bytes), 0) FROM duckdb_memory())"
    ).fetchone()
    assert row is not None
    memory, disk, used = row
    settings.execute(f"SET memory_limit = '{MEGABYTES + int(used) // 1_000_000}MB'")
    settings.execute(f"SET max_temp_directory_size = '{DISK_MEGABYTES + DISK_TIMES * _megabytes(path)}MB'")
    try:
        yield
    finally:
        settings.execute(f"SET memory_limit = '{memory}'")
        if disk.endswith("B"):
            settings.execute(f"SET max_temp_directory_size = '{disk}'")
        else:
            settings.execute("RESET max_temp_directory_size")
        settings.close()


def too_large(path: Path) -> BadInput:
    remedy = "Split it, or look at what makes it so large"
    return BadInput(f"{path.name}: its rows need more memory and disk than one file may take. {remedy}.")


def _megabytes(path: Path) -> int:
    return path.stat().st_size // 1_000_000
