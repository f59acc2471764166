"""What a load may cost in memory and disk: a small file can hold very much, and a large history fills every cache."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from bot.adapters.warehouse.engine import NeedsRoom
from bot.domain.errors import BadInput
from bot.ports.warehouse import DataFile, GivenTable

MEGABYTES = 500
"""Beside what the warehouse holds already. What does not fit goes to disk."""
DISK_MEGABYTES, DISK_TIMES = 2_000, 50
"""Disk for what does not fit: this, and so many times the file's size."""
LARGE_BYTES = 4_000_000
"""Files of a load that are larger in all are read thriftily."""
THRIFTY_MEGABYTES, A_THREAD = 150, 64
"""The cache and all that is worked on, while a large load goes on: what DuckDB needs for so many threads at least."""
_KEPT = "SELECT coalesce(sum(memory_usage_bytes), 0) FROM duckdb_memory()"
_MUST = f"{_KEPT} WHERE tag NOT IN ('BASE_TABLE', 'EXTERNAL_FILE_CACHE')"
"""What is held, and of it what no cache can let go."""
_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


class Thrift:
    """Holds the memory of a warehouse down while a large load goes on: its cache would keep what nobody asks for. Where
    the load, or a question meanwhile, needs more than that, or disk that is not there, it is given up for good.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._holds = False
        self._given_up = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raises NeedsRoom for what may succeed without this."""
        if self._given_up or not self._hold():
            yield
            return
        try:
            yield
        except Exception as error:
            if self.given_up_for(error):
                raise NeedsRoom from error
            raise
        finally:
            self._let_go()

    def given_up_for(self, error: BaseException) -> bool:
        """Was the error for want of room while this held? It holds no more then."""
        if not self._holds or not _is_of_room(error):
            return False
        self._given_up = True
        self._let_go()
        return True

    def _hold(self) -> bool:
        with closing(self._connection.cursor()) as settings:
            asked = f"SELECT current_setting('memory_limit'), current_setting('threads'), ({_MUST})"
            memory, threads, must = settings.execute(asked).fetchall()[0]
            megabytes = max(THRIFTY_MEGABYTES, A_THREAD * threads) + int(must) // 1_000_000
            if megabytes * 1_000_000 >= _bytes(memory):
                return False
            try:
                settings.execute(f"SET memory_limit = '{megabytes}MB'")
            except duckdb.OutOfMemoryException:
                return False
            self._holds = True
            return True

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            with closing(self._connection.cursor()) as settings:
                settings.execute("RESET memory_limit")


def is_large(files: Sequence[DataFile | GivenTable]) -> bool:
    return sum(file.path.stat().st_size for file in files if isinstance(file, DataFile)) > LARGE_BYTES


def _is_of_room(error: BaseException | None) -> bool:
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException | MemoryError):
        return True
    return error is not None and error.__cause__ is not None and _is_of_room(error.__cause__)


def _bytes(size: str) -> int:
    """`18.8 GiB` -> so many bytes."""
    number, unit = size.split()
    return int(float(number) * _UNITS[unit])


@contextmanager
def limited(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """The limits of the whole database while a file is read, and those from before afterwards."""
    settings = connection.cursor()  # a transaction that has failed takes no more statements
    row = settings.execute(
        f"SELECT current_setting('memory_limit'), current_setting('max_temp_directory_size'), ({_KEPT})"
    ).fetchone()
    assert row is not None
    memory, disk, used = row
    megabytes = MEGABYTES + int(used) // 1_000_000
    lowered = megabytes * 1_000_000 < _bytes(memory)
    if lowered:
        settings.execute(f"SET memory_limit = '{megabytes}MB'")
    settings.execute(f"SET max_temp_directory_size = '{DISK_MEGABYTES + DISK_TIMES * _megabytes(path)}MB'")
    try:
        yield
    finally:
        if lowered:
            settings.execute("RESET memory_limit")
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
