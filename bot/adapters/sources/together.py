"""Many small files as one: each would cost a load of its own, and most of that is not its rows."""

import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from bot.domain.counts import plural
from bot.domain.sources import Feed
from bot.ports.warehouse import DataFile, Piece

SMALL_BYTES = 1_000_000
"""A larger file is worth a load of its own."""
FEW = 12
MOST_FILES = 200
MOST_BYTES = 32_000_000
_ADDED_UP = frozenset({Feed.RUNS.value, Feed.TABLE_LOADS.value, Feed.RAW_FILES.value})
"""Of these it makes no difference which file a row is in; a later calendar takes the place of an earlier one."""
_LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "128MB", "threads": 1}
_PATTERN = re.compile(r"[*?\[]")


class _Form(NamedTuple):
    """`key`: what files must have in common to be one. `rows`: how many this one has. `lines`: of text, its rows."""

    key: Hashable
    rows: int
    lines: str = ""


@dataclass(frozen=True)
class Group:
    """Files that can be read as one: all in one form; or one file."""

    files: tuple[DataFile, ...]
    forms: tuple[_Form, ...] = ()

    @property
    def smaller(self) -> "list[Group]":
        """Halves, and of few files each by itself: where one cannot be taken with others, more often cannot."""
        step = len(self.files) // 2 + len(self.files) % 2 if len(self.files) > FEW else 1
        starts = range(0, len(self.files), step)
        return [Group(self.files[at : at + step], self.forms[at : at + step]) for at in starts]

    def as_one(self, path: Path) -> DataFile:
        """Written to `path`, whose suffix follows; the file itself where it is one."""
        first = self.files[0]
        if len(self.files) == 1:
            return first
        written = path.with_suffix(".ndjson" if first.path.suffix.casefold() == ".json" else first.path.suffix)
        if self.forms[0].lines:
            head = f"{self.forms[0].key[-1]}\n" if _suffix(first) == ".csv" else ""  # type: ignore[index]
            written.write_text(head + "".join(form.lines for form in self.forms), encoding="utf-8", newline="")
        else:
            _write_parquet([file.path for file in self.files], written)
        pieces = tuple(Piece(file, form.rows) for file, form in zip(self.files, self.forms, strict=True))
        named = f"{first.name} and {plural(len(self.files) - 1, 'file')} more"
        return replace(first, path=written, name=named, pieces=pieces)


def groups(files: Sequence[DataFile]) -> Iterator[Group]:
    """Every file is in one group, the largest first. One that cannot be read as it stands is alone: who loads it says
    what is wrong.
    """
    alike = defaultdict[Hashable, list[tuple[DataFile, _Form]]](list)
    parquet = _parquet_forms([file.path for file in files if _suffix(file) == ".parquet"])
    for at, file in enumerate(files):
        form = _form(file, parquet) if file.kind in _ADDED_UP and len(files) > 1 else None
        key = at if form is None else (file.kind, *sorted(file.columns.items()), form.key)
        alike[key].append((file, form or _Form(at, 0)))
    for found in sorted(alike.values(), key=len, reverse=True):
        yield Group(tuple(file for file, _ in found), tuple(form for _, form in found))


def _suffix(file: DataFile) -> str:
    return file.path.suffix.casefold()


def _form(file: DataFile, parquet: Mapping[Path, _Form]) -> _Form | None:
    if _suffix(file) == ".parquet":
        return parquet.get(file.path)
    try:
        text = file.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if "\r" in text or "\0" in text:
        return None
    return _csv_form(text) if _suffix(file) == ".csv" else _json_form(text.strip())


def _csv_form(text: str) -> _Form | None:
    """Only where each line is a row: in one that is not, quotes are open at its end."""
    head, _, body = text.partition("\n")
    lines = body.rstrip("\n").split("\n")
    if not all(line.strip() and line.count('"') % 2 == 0 for line in (head, *lines)):
        return None
    return _Form((".csv", head), len(lines), "\n".join([*lines, ""]))


def _json_form(text: str) -> _Form | None:
    """Only where each line is an object, or all of it is one array of them."""
    lines = text.split("\n")
    if text.startswith("["):
        try:
            rows = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refused)
            lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
        except (ValueError, RecursionError):
            return None
    if not all(line.startswith("{") and line.rstrip().endswith("}") for line in lines):
        return None
    return _Form(".json", len(lines), "\n".join([*lines, ""])) if lines else None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for an object that has a key twice: the reader tells of it."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refused(constant: str) -> None:
    raise ValueError(constant)


def _parquet_forms(paths: Iterable[Path]) -> dict[Path, _Form]:
    """None of any where one is damaged."""
    given = [str(path) for path in paths if not _PATTERN.search(str(path))]
    if len(given) < 2:
        return {}
    columns = defaultdict[str, list[tuple[Any, ...]]](list)
    with duckdb.connect(config=_LIMITS) as connection:
        try:
            of_schema = "name, type, type_length, repetition_type, num_children, converted_type, scale, precision"
            schema = f"SELECT file_name, {of_schema}, logical_type FROM parquet_schema(?)"  # noqa: S608 (our own)
            for path, *column in connection.execute(schema, [given]).fetchall():
                columns[path].append(tuple(column))
            counted = connection.execute("SELECT file_name, num_rows FROM parquet_file_metadata(?)", [given]).fetchall()
        except duckdb.Error:
            return {}
    return {
        Path(path): _Form((".parquet", *columns[path]), int(rows))
        for path, rows in counted
        if len({column[0].casefold() for column in columns[path]}) == len(columns[path])
    }


def _write_parquet(paths: Sequence[Path], written: Path) -> None:
    with duckdb.connect(config=_LIMITS) as connection:
        connection.execute("SET VARIABLE paths = ?", [[str(path) for path in paths]])
        select = "SELECT * FROM read_parquet(getvariable('paths'), hive_partitioning = false)"
        connection.execute(f"COPY ({select}) TO '{written}' (FORMAT parquet)")
