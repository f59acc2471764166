"""Rows of a database as lines of JSON, which are read like any other file of rows."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from json.encoder import encode_basestring
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any

AT_ONCE = 1_000


class Lines:
    """Writes rows to a file, a line each; `rows` counts them, `size` their characters."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._path, self.rows, self.size = path, 0, 0
        named = (_ENCODER.encode(name).replace("%", "%%") for name in names)
        self._line = "{" + ", ".join(f"{name}: %s" for name in named) + "}"

    def __enter__(self) -> "Lines":
        self._stream = self._path.open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            self.write(self.lines(some))

    def lines(self, rows: Sequence[Sequence[Any]]) -> list[str]:
        """A line for each row. They are made column by column: most hold values of one type."""
        return [self._line % values for values in zip(*map(_texts, zip(*rows, strict=True)), strict=True)]

    def write(self, lines: Sequence[str]) -> None:
        self._stream.writelines(f"{line}\n" for line in lines)
        self.rows += len(lines)
        self.size += sum(map(len, lines))


def digest(path: Path) -> str:
    """Of the lines of a file, in whatever order they are: a query gives the same rows in another one."""
    with path.open("rb") as stream:
        total = sum(int.from_bytes(hashlib.sha256(line).digest(), "big") for line in stream)
    return f"{total % 2**256:064x}"


def _texts(column: Sequence[Any]) -> Iterable[str]:
    """The values of a column as JSON."""
    kinds = set(map(type, column))
    if len(kinds) == 1 and (text := _TEXTS.get(kinds.pop())):
        return map(text, column)
    return [_TEXTS.get(type(value), _text)(value) for value in column]


def _text(value: Any) -> str:
    return _ENCODER.encode(_plain(value))


_AS_IT_IS = (str, int, float, bool, type(None))


def _plain(value: Any) -> Any:
    """What JSON has no form for is its text; a moment without an offset stays without one."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, datetime | date | time):
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
_TEXTS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    type(None): lambda _: "null",
    float: lambda value: float.__repr__(value) if isfinite(value) else f'"{value}"',
    datetime: lambda value: f'"{value.isoformat()}"',
}
"""What is most often there; anything else is looked at more closely."""
