"""Rows of a database as lines of JSON, which are read like any other file of rows."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any


class Lines:
    """Writes rows to a file, a line each; `rows` counts them, `size` their characters."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._names, self._path, self.rows = list(names), path, 0
        self.size = 0

    def __enter__(self) -> "Lines":
        self._stream = self._path.open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self.write(self.line(row))

    def line(self, row: Sequence[Any]) -> str:
        values = [value if type(value) in _COMMON else _plain(value) for value in row]
        return _ENCODER.encode(dict(zip(self._names, values, strict=True)))

    def write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self.rows += 1
        self.size += len(line)


def digest(path: Path) -> str:
    """Of the lines of a file, in whatever order they are: a query gives the same rows in another one."""
    with path.open("rb") as stream:
        total = sum(int.from_bytes(hashlib.sha256(line).digest(), "big") for line in stream)
    return f"{total % 2**256:064x}"


_COMMON = frozenset({str, int, type(None)})
_AS_IT_IS = (str, int, float, bool, type(None))


def _plain(value: Any) -> Any:
    """A moment without an offset is UTC; what JSON has no form for is its text."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if (isinstance(value, float) and value != value) or value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict | list | tuple):
        return _ENCODER.encode(value)
    return str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str, allow_nan=False)
