"""Reads the data files of a fake warehouse: CSV and JSON, no Parquet."""

import csv
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.domain.errors import BadInput
from bot.ports.warehouse import RejectedRow

Row = dict[str, Any]
STEMS = ("game_schedule", "raw_files", "table_loads", "planned_windows", "runs")
"""In loading order: evidence first."""
_NOTHING = {"", "null", "none", "nan", "nat"}


@dataclass(frozen=True)
class ReadFile:
    """Typed rows (None: nothing given), the rows set aside, and the optional columns that are not there."""

    rows: list[Row]
    rejected: tuple[RejectedRow, ...]
    missing: tuple[str, ...]


def read_file(path: Path) -> ReadFile:
    """Raises BadInput with the file's name when the file as a whole makes no sense."""
    columns = _COLUMNS[path.stem]
    lines, broken = _lines(path)
    found = {key for _, line in lines for key in line} or set(columns)
    for name, (_, aliases, required) in columns.items():
        if required and not found & {name, *aliases}:
            raise BadInput(f"{path.name}: has no column {name}")
    rows, rejected = [], list(broken)
    for number, line in lines:
        row, fault = _typed(columns, line)
        if fault:
            label = str(line.get(next(iter(columns))) or "")
            rejected.append(RejectedRow(path.name, number, label, fault))
        else:
            rows.append(row)
    if not rows and (rejected or path.stem == "runs"):
        raise BadInput(f"{path.name}: none of its {len(rejected)} rows can be used")
    missing = [
        name for name, (_, aliases, required) in columns.items() if not required and not found & {name, *aliases}
    ]
    return ReadFile(rows, tuple(sorted(rejected, key=lambda row: row.row)), tuple(missing))


def _lines(path: Path) -> tuple[list[tuple[int, Row]], list[RejectedRow]]:
    if path.suffix == ".csv":
        with path.open(newline="") as stream:
            return list(enumerate(csv.DictReader(stream), 1)), []
    if path.suffix == ".json":
        return _objects(path, enumerate(json.loads(path.read_text() or "[]"), 1))
    if path.suffix in (".ndjson", ".jsonl"):
        return _objects(path, enumerate(map(_parsed, path.read_text().splitlines()), 1))
    raise BadInput(f"{path.name}: the fake warehouse reads CSV and JSON only")


def _objects(path: Path, items: Iterable[tuple[int, Any]]) -> tuple[list[tuple[int, Row]], list[RejectedRow]]:
    good: list[tuple[int, Row]] = []
    broken: list[RejectedRow] = []
    for number, item in items:
        if isinstance(item, dict):
            good.append((number, item))
        else:
            broken.append(RejectedRow(path.name, number, "", "not a JSON object"))
    return good, broken


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def _typed(columns: "dict[str, _Column]", line: Row) -> tuple[Row, str]:
    """The row, or the first fault in it."""
    row: Row = {}
    for name, (read, aliases, required) in columns.items():
        given = next((text for key in (name, *aliases) if (text := _text(line.get(key))) is not None), None)
        row[name] = None if given is None else read(given)
        if given is None and required:
            return row, f"{name} is missing"
        if given is not None and row[name] is None:
            return row, f"{name} {given!r} makes no sense"
    return row, ""


def _text(value: Any) -> str | None:
    text = value.strip() if isinstance(value, str) else json.dumps(value)
    return None if text.casefold() in _NOTHING else text


def _whole(text: str) -> int | None:
    number = _number(text)
    return None if number is None or number != math.floor(number) else int(number)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _count(text: str) -> int | None:
    number = _whole(text)
    return number if number is not None and number >= 0 else None


def _seconds(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and number >= 0 else None


def _time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _date(text: str) -> date | None:
    moment = _time(text)
    return moment.date() if moment is not None and 1970 <= moment.year < 2100 else None


def _status(text: str) -> str | None:
    return text.lower() if text.lower() in ("success", "failed", "skipped", "running") else None


_Column = tuple[Callable[[str], Any], tuple[str, ...], bool]
"""How a value is read, other names of the column, whether it must be there."""
_COLUMNS: dict[str, dict[str, _Column]] = {
    "runs": {
        "run_id": (str, (), False),
        "processor_name": (str, ("scraper_name",), True),
        "phase": (_whole, (), False),
        "data_date": (_date, ("analysis_date", "execution_date"), True),
        "started_at": (_time, (), True),
        "completed_at": (_time, (), False),
        "status": (_status, (), True),
        "records_processed": (_count, ("record_count",), False),
        "duration_seconds": (_seconds, (), False),
        "failure_category": (str, (), False),
        "error_message": (str, (), False),
        "attempt": (_whole, (), False),
        "trigger": (str, (), False),
        "last_heartbeat_at": (_time, (), False),
        "inserted_at": (_time, (), False),
    },
    "table_loads": {
        "table_name": (str, (), True),
        "data_date": (_date, (), True),
        "row_count": (_count, (), True),
        "loaded_at": (_time, (), True),
    },
    "raw_files": {
        "source": (str, (), True),
        "data_date": (_date, (), True),
        "path": (str, (), True),
        "size_bytes": (_count, (), True),
        "created_at": (_time, (), True),
    },
    "game_schedule": {
        "game_id": (str, (), True),
        "game_date": (_date, (), True),
        "start_utc": (_time, (), False),
        "final_utc": (_time, (), False),
        "status": (str, (), False),
    },
    "planned_windows": {
        "kind": (str, (), True),
        "processors": (str, (), True),
        "start_at": (_time, ("start",), True),
        "end_at": (_time, ("end",), True),
        "announced_at": (_time, (), True),
        "note": (str, (), False),
    },
}
