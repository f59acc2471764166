"""A file of very many rows in parts that are stored one by one, which cost less memory than the whole."""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb

from bot.domain.sources import SourceFailed

PART_ROWS = 250_000
LINE_FILE_BYTES = 100_000_000
"""A file of lines that is smaller is one part."""
PARQUET_BYTES = 1_000_000
"""The same of Parquet: to count the rows of a small file takes longer than to read it."""
_LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "128MB", "threads": 1}


class Part(NamedTuple):
    path: Path
    is_last: bool


@contextmanager
def parts_of(path: Path) -> Iterator[Iterator[Part]]:
    """The file itself, or one after the other its parts: the same ones each time. Each is gone with the next."""
    is_large = path.stat().st_size > PARQUET_BYTES
    if path.suffix.casefold() == ".parquet" and is_large and _rows_of(path) > 2 * PART_ROWS:
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            yield _of_parquet(path, Path(folder) / "parts")
    elif path.suffix.casefold() in (".ndjson", ".jsonl") and path.stat().st_size > LINE_FILE_BYTES:
        made = tempfile.TemporaryDirectory(prefix="fireline-")
        with made as folder, closing(_of_lines(path, Path(folder) / f"part{path.suffix}")) as parts:
            yield parts
    else:
        yield iter([Part(path, is_last=True)])


def _rows_of(path: Path) -> int:
    """0 for a file that is no Parquet: whoever loads it says what is wrong with it."""
    with duckdb.connect(config=_LIMITS) as connection:
        try:
            found = connection.execute("SELECT num_rows FROM parquet_file_metadata(?)", [str(path)]).fetchone()
        except duckdb.Error:
            return 0
    return 0 if found is None else int(found[0])


def _of_parquet(path: Path, folder: Path) -> Iterator[Part]:
    options = f"FORMAT parquet, ROW_GROUP_SIZE {PART_ROWS}, ROW_GROUPS_PER_FILE 1"
    try:
        with duckdb.connect(config=_LIMITS) as connection:
            select = "SELECT * FROM read_parquet(getvariable('path'))"
            connection.execute("SET VARIABLE path = ?", [str(path)])
            connection.execute(f"COPY ({select}) TO '{folder}' ({options})")
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise SourceFailed(f"{path.name} cannot be read in parts: {reason}", "Is there space for a copy?") from error
    parts = sorted(folder.iterdir(), key=lambda part: int(part.stem.rpartition("_")[2]))
    for part in parts:
        yield Part(part, part == parts[-1])
        part.unlink()


def _of_lines(path: Path, part: Path) -> Generator[Part]:
    with path.open("rb") as stream:
        lines = list(islice(stream, PART_ROWS))
        while lines:
            part.write_bytes(b"".join(lines))
            lines = list(islice(stream, PART_ROWS))
            yield Part(part, not lines)
