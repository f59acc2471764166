"""How a BigQuery source asks for what is new: from which cursor on, over which partitions."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.sources.bigquery_client import Asked
from bot.adapters.sources.bigquery_cost import Budget
from bot.adapters.sources.sql_moments import UNSAID, earlier

SWEEP_EVERY = timedelta(hours=6)
"""So often older partitions are looked through for rows that came since; seldomer where that costs much."""
MOMENTS = ("DATE", "TIMESTAMP", "DATETIME")
CURSORS = ("TIMESTAMP", "DATETIME", "DATE", "INT64", "STRING")
_SINCE = re.compile(r"(?<![:\w]):since\b")
_FROM = re.compile(r"(?<![:\w]):from\b")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Question:
    """`of`: a table or view `dataset.table`, or a SELECT. `cursor`: a column of it that grows; None: everything is
    read each time. `partition`: the column it is partitioned by; None: a table says so itself.

    `lateness`: rows may appear so much later than their cursor says. `reach`: the partition of a new row may lie so
    far before its cursor; what lies further back is found within SWEEP_EVERY. `days`: the first read goes back so far.
    `every`: from one read to the next, `budget`: what they may cost. `zone`: of moments without an offset.
    """

    of: str
    is_query: bool
    cursor: str | None
    partition: str | None
    lateness: timedelta
    reach: timedelta
    days: int
    every: timedelta
    budget: Budget
    zone: ZoneInfo = UNSAID


@dataclass(frozen=True)
class Shape:
    """`columns`: those that are read; none: all of them. The cursor and the partition column come with their types;
    `types`: of every column that there is.
    """

    columns: Sequence[str]
    cursor: tuple[str, str] | None
    partition: tuple[str, str] | None
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def read(self) -> dict[str, str]:
        """What the query gives: column -> type."""
        return {name: self.types[name] for name in self.columns or self.types}


@dataclass(frozen=True)
class Position:
    """`value`: of the cursor, up to which all was read. `swept`: the value when older partitions were last looked
    through, which was at `swept_at`; None: the first read, which `began` then, is not over, and goes on with the
    partitions of `through`.
    """

    value: Any = None
    through: datetime | None = None
    began: datetime | None = None
    swept: Any = None
    swept_at: datetime | None = None

    @classmethod
    def of(cls, text: str | None) -> "Position":
        held = {} if text is None else json.loads(text)
        return cls(**{name: _read(value) for name, value in held.items()})

    def text(self) -> str:
        return json.dumps({name: _written(value) for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class Step:
    """One query, and the position once all its rows are stored, but for the cursor: that moves to the newest of them,
    at most to `until`; None: it stays.
    """

    asked: Asked
    after: Position
    until: datetime | None


def steps(
    question: Question, shape: Shape, position: Position, now: datetime, reads: Callable[[Asked], int]
) -> Iterator[Step]:
    """The queries of one read, in order. `reads`: the bytes that one would read: a large one is cut up."""
    if shape.cursor is None:
        start = _midnight(now) - timedelta(days=question.days)
        yield Step(_asked(question, shape, None, (start, None)), position, None)
    elif position.swept_at is None:
        yield from _first(question, shape, position, now, reads)
    else:
        yield from _next(question, shape, position, now, reads)


def _first(
    question: Question, shape: Shape, position: Position, now: datetime, reads: Callable[[Asked], int]
) -> Iterator[Step]:
    """It goes partition by partition: one that is cut off goes on where it was. What is written while it goes on is
    read again by the next one."""
    start, began = _midnight(now) - timedelta(days=question.days), position.began or now
    if shape.partition is None:
        since = start if shape.cursor is not None and shape.cursor[1] in MOMENTS else None
        yield Step(_asked(question, shape, since, None, exactly=True), Position(swept_at=began), began)
        return
    start = position.through or start
    whole = _asked(question, shape, None, (start, None))
    for first, end in _spans(start, _midnight(now) + timedelta(days=1), question, reads(whole)):
        after = Position(swept_at=began) if end is None else Position(through=end, began=began)
        yield Step(_asked(question, shape, None, (first, end)), after, began)


def _next(
    question: Question, shape: Shape, position: Position, now: datetime, reads: Callable[[Asked], int]
) -> Iterator[Step]:
    value, swept_at = position.value, position.swept_at or now
    recent = min(_moment(value) or swept_at, now) - question.lateness
    by_cursor = shape.partition is not None and shape.partition[:1] == (shape.cursor or ())[:1]
    if shape.partition is None or by_cursor:
        span = None if value is not None else (recent, None)
        yield Step(_asked(question, shape, value, span), position, now)
        return
    recent -= question.reach
    yield Step(_asked(question, shape, value, (recent, None)), position, now)
    if now - swept_at < SWEEP_EVERY:
        return
    oldest = _midnight(now) - timedelta(days=question.days)
    size = reads(_asked(question, shape, position.swept, (oldest, recent)))
    if now - swept_at >= question.budget.between_sweeps(size):
        for start, end in _spans(oldest, recent, question, size):
            after = position if end is not None else replace(position, swept=value, swept_at=now)
            yield Step(_asked(question, shape, position.swept, (start, end or recent)), after, None)


def moved(step: Step, position: Position, newest: Any) -> Position:
    """The position once all rows of a step are stored. `newest`: of their cursors; `position`: the one before it."""
    value = position.value if step.until is None else _later(newest, position.value, step.until)
    first_is_over = position.swept_at is None and step.after.swept_at is not None
    return replace(step.after, value=value, swept=value if first_is_over else step.after.swept)


def _spans(
    start: datetime, until: datetime, question: Question, size: int
) -> Iterator[tuple[datetime, datetime | None]]:
    """Whole days, in so many spans that none comes near what one query may bill; the last has no end."""
    pieces = -(-4 * size // question.budget.max_bytes)
    if question.is_query and _FROM.search(question.of):
        pieces = 1  # it has no end to be given
    width = timedelta(days=max(1, -(-(until - start).days // max(1, pieces))))
    while start + width < until:
        yield start, start + width
        start += width
    yield start, None


def _asked(
    question: Question,
    shape: Shape,
    value: Any,
    span: tuple[datetime, datetime | None] | None,
    *,
    exactly: bool = False,
) -> Asked:
    """Every query filters the partition column, also one that has to. Rows without a value there are given, too."""
    parameters: list[tuple[str, str, Any]] = []
    conditions: list[str] = []
    text, since_inside, from_inside = _inner(question)
    if shape.cursor is not None and (value is not None or since_inside):
        name, kind = shape.cursor
        since = value if exactly else _earlier(value, kind, question)
        parameters.append(("since", kind, _typed(since, kind)))
        if not since_inside:
            conditions.append(f"(`{name}` >= @since OR `{name}` IS NULL)")
    if shape.partition is not None and span is not None:
        name, kind = shape.partition
        first, end = span
        parameters.append(("dates_from", kind, _typed(first, kind)))
        if end is not None and not from_inside:
            parameters.append(("dates_until", kind, _typed(end, kind)))
            conditions.append(f"(`{name}` >= @dates_from AND `{name}` < @dates_until)")
        elif not from_inside:
            conditions.append(f"(`{name}` >= @dates_from OR `{name}` IS NULL)")
    chosen = ", ".join(f"`{name}`" for name in shape.columns) or "*"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return Asked(f"SELECT {chosen} FROM {text}{where}", tuple(parameters))  # noqa: S608 (the team's own names)


def _inner(question: Question) -> tuple[str, bool, bool]:
    """What is selected from, and whether `:since` and `:from` are in it."""
    if not question.is_query:
        return f"`{question.of}`", False, False
    text, sinces = _SINCE.subn("@since", question.of.strip().rstrip(";"))
    text, froms = _FROM.subn("@dates_from", text)
    return f"({text}) AS asked", bool(sinces), bool(froms)


def probes(question: Question, now: datetime) -> Iterator[tuple[str, Asked]]:
    """(type of the partition column, query): one of them tells the columns of a SELECT; the others do not fit."""
    span = None if question.partition is None else (_midnight(now), None)
    for kind in MOMENTS if question.partition is not None else MOMENTS[:1]:
        for of_cursor in CURSORS if question.cursor is not None and _SINCE.search(question.of) else CURSORS[:1]:
            cursor = None if question.cursor is None else (question.cursor, of_cursor)
            partition = None if question.partition is None else (question.partition, kind)
            yield kind, _asked(question, Shape((), cursor, partition), None, span)


def _earlier(value: Any, kind: str, question: Question) -> Any:
    if value is None:
        return {"INT64": 0, "NUMERIC": 0, "FLOAT64": 0, "STRING": ""}.get(kind, _BEGINNING)
    moment = _moment(value)
    if moment is None or kind not in MOMENTS:
        return value
    return earlier(moment, question.lateness, question.zone if kind == "DATETIME" else UNSAID)


def _typed(value: Any, kind: str) -> Any:
    """As the column's type compares it."""
    moment = _moment(value)
    if moment is None or kind not in MOMENTS:
        return value
    if kind == "DATE":
        return moment.date()
    return moment if kind == "TIMESTAMP" else moment.replace(tzinfo=None)


def _later(newest: Any, held: Any, until: datetime) -> Any:
    """A clock that runs ahead does not carry the cursor past `until`."""
    known = [_comparable(value) for value in (newest, held) if value is not None]
    found = max(known, default=None)
    return min(found, until) if isinstance(found, datetime) else found


def _comparable(value: Any) -> Any:
    moment = _moment(value)
    if moment is not None:
        return moment
    return float(value) if isinstance(value, Decimal) else value


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _written(value: Any) -> Any:
    return {"time": value.isoformat()} if isinstance(value, datetime) else value


def _read(value: Any) -> Any:
    return datetime.fromisoformat(value["time"]) if isinstance(value, Mapping) else value
