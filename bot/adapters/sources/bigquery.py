"""A table, a view or a query of BigQuery: what is new by its cursor, within its partitions."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.adapters.sources.bigquery_asked import MOMENTS, Position, Question, Shape, Step, moved, probes, steps
from bot.adapters.sources.bigquery_client import PAGE_ROWS, Answer, Asked, BigQuery, columns_of
from bot.adapters.sources.bigquery_cost import LEAST_BYTES, billed, monthly, size
from bot.adapters.sources.bigquery_inside import Beside, Inside, Staged
from bot.adapters.sources.rows import Lines, digest
from bot.domain.sources import Feed, SourceFailed
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile, GivenTable

BATCH_ROWS = 100_000
"""So many rows are stored at once."""
_OF_INGESTION = ("_PARTITIONTIME", "TIMESTAMP")
"""The partition column of a table that is partitioned by the time of loading: it is not among its columns."""
Piece = tuple[DataFile | GivenTable | None, str, Position]
"""Rows, what tells them from other ones, and the position once they are stored."""
Chosen = Callable[[Sequence[str]], Sequence[str]]
"""Of the columns that are there, those that tell something. Raises BadInput where a mapped one is missing."""


class BigQuerySource:
    """Nothing is written to BigQuery. Of a table only the columns that are used are read, and paid for."""

    def __init__(
        self,
        name: str,
        feeds: Feed,
        client: BigQuery,
        question: Question,
        columns: Mapping[str, str],
        chosen: Chosen,
        batch_rows: int = BATCH_ROWS,
        beside: Beside | None = None,
        remarks: Callable[[Mapping[str, str], datetime], str] = lambda _types, _now: "",
    ) -> None:
        """`beside`: where the warehouse is, when it is in BigQuery, too. `remarks`: what there is to say of columns of
        these types.
        """
        self._name, self._feeds, self._client, self._batch_rows = name, feeds, client, batch_rows
        self._question, self._columns, self._chosen, self._remarks = question, columns, chosen, remarks
        self._inside = None if beside is None else Inside(name, client, beside)
        self._apart = dict[str, None]()
        """Why the rows of this read come through this process, where the warehouse could take them by itself."""
        self._stored: frozenset[str] = frozenset()
        """Of the last read: most reads find nothing but the rows of the overlap."""
        self._owed = 0
        """Bytes billed that no batch has told of yet."""
        self._rest: tuple[datetime, str] | None = None
        """Until when nothing is read, so that the month stays within the budget, and why."""

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            yield self._batches(cursor, now, Path(folder) / f"{self._name}.ndjson")

    def check(self, now: datetime) -> str:
        """The columns that are read, and what it bills. Raises SourceFailed when it cannot be asked."""
        shape = self._shape(now)
        settled = Position(value=None, swept_at=now)
        if shape.cursor is not None and shape.cursor[1] in MOMENTS:
            settled = replace(settled, value=now, swept=now)
        step = next(steps(self._question, shape, settled, now, lambda _whole: 0))
        read = self._client.plan(step.asked)
        if read.bytes > self._question.budget.max_bytes:
            over = f"a read would bill {size(read.bytes)}, and max_bytes is {size(self._question.budget.max_bytes)}"
            raise SourceFailed(over, "Set `partition`, or raise `max_bytes`.")
        names = ", ".join(shape.columns or read.columns)
        partition = f", partitioned by {shape.partition[0]}" if shape.partition is not None else ""
        bills = billed(read.bytes) + (LEAST_BYTES if self._inside is not None else 0)
        pause = max(self._question.every, self._question.budget.between_reads(bills))
        said = f"columns {names}{partition}; {monthly(bills, pause)}"
        return "; ".join(filter(None, (said, self._remarks(shape.read or read.columns, now))))

    def close(self) -> None:
        self._client.close()

    def _batches(self, cursor: str | None, now: datetime, path: Path) -> Iterator[Batch]:
        if self._rest is not None and now < self._rest[0]:
            yield Batch(cursor or Position().text(), warnings=(self._rest[1],))
            return
        shape, position = self._shape(now), Position.of(cursor)
        seen: set[str] = set()
        self._apart.clear()
        for step in steps(self._question, shape, position, now, self._reads):
            pieces, bills = self._asked(step, shape, position, path, now)
            self._owed += bills
            if position.swept_at is not None and step.until is not None:
                self._rested(bills, now)
            for held, content, after in pieces:
                if held is not None and content not in self._stored:
                    cursor = after.text()
                    yield self._batch(after, held)
                seen.add(content)
                position = after
        if self._apart or position.text() != (cursor or Position().text()):
            yield replace(self._batch(position), warnings=tuple(self._apart))
        self._stored = frozenset(seen)

    def _asked(
        self, step: Step, shape: Shape, position: Position, path: Path, now: datetime
    ) -> tuple[Iterator[Piece], int]:
        """What one query gives, and the bytes it billed."""
        staged = None if self._inside is None else self._staged(self._inside, step, shape, now)
        spent = 0
        if self._inside is not None:
            spent, self._inside.spent = self._inside.spent, 0
        if staged is not None:
            return self._given(step, staged, shape, position, path), spent
        answer = self._client.ask(step.asked, min(PAGE_ROWS, self._batch_rows))
        return self._files(step, answer, shape, position, path), spent + answer.billed

    def _staged(self, inside: Inside, step: Step, shape: Shape, now: datetime) -> Staged | None:
        cursor = None if shape.cursor is None else shape.cursor[0]
        try:
            return inside.stage(step.asked, cursor, shape.read, now, min(PAGE_ROWS, self._batch_rows))
        except SourceFailed as error:
            self._apart[f"its rows come through this machine: {error}"] = None
            return None

    def _given(self, step: Step, staged: Staged, shape: Shape, position: Position, path: Path) -> Iterator[Piece]:
        """The rows that need reading; then the others, which move the position."""
        content = staged.digest
        if staged.doubtful is not None:
            with Lines(path, staged.doubtful.names) as lines:
                for page in staged.doubtful.pages:
                    lines.add(page)
            content += (read := digest(path))
            yield self._file(path), read, position
        after = moved(step, position, staged.newest)
        if shape.cursor is None:
            after = replace(after, value=content)
        feeds = self._feeds.value
        held = GivenTable(staged.table, shape.read, staged.plain, feeds, self._name, self._columns)
        yield held if staged.plain else None, staged.digest, after

    def _reads(self, whole: Asked) -> int:
        return self._client.plan(whole).bytes

    def _rested(self, read: int, now: datetime) -> None:
        """After a read that billed much the next one waits."""
        pause = self._question.budget.between_reads(read)
        self._rest = None
        if pause > self._question.every:
            until = now + pause
            budget = f"a read bills {size(read)}, and usd_a_month is {self._question.budget.usd:g}"
            remedy = "Partition the table by the hour of its cursor, or raise usd_a_month."
            self._rest = until, f"{self._name} is read again at {until:%H:%M} UTC: {budget}. {remedy}"

    def _files(self, step: Step, answer: Answer, shape: Shape, position: Position, path: Path) -> Iterator[Piece]:
        """Of one query, a file at a time; only its last one moves the position, as rows come in no order."""
        place = None if shape.cursor is None else _place(answer.names, shape.cursor[0])
        newest: Any = None
        is_last = False
        while not is_last:
            is_last = True
            with Lines(path, answer.names) as lines:
                for page in answer.pages:
                    lines.add(page)
                    newest = _newest(page, place, newest)
                    if lines.rows >= self._batch_rows:
                        is_last = False
                        break
            after = moved(step, position, newest) if is_last else position
            content = digest(path)
            if shape.cursor is None and lines.rows:
                after = replace(after, value=content)
            yield self._file(path) if lines.rows else None, content, after

    def _file(self, path: Path) -> DataFile:
        return DataFile(path, self._feeds.value, self._name, self._columns, part=True, once=False)

    def _batch(self, after: Position, held: DataFile | GivenTable | None = None) -> Batch:
        bills, self._owed = self._owed, 0
        return Batch(after.text(), held, bills)

    def _shape(self, now: datetime) -> Shape:
        """What there is to read, as it is now: columns come and go."""
        if self._question.is_query:
            types, partition = self._of_query(now)
            columns: Sequence[str] = ()
        else:
            types, partition = self._of_table()
            columns = list(self._chosen(list(types)))
        cursor = None
        if self._question.cursor is not None:
            name = _named(types, self._question.cursor)
            if name is None:
                listed = ", ".join(types) or "nothing"
                raise SourceFailed(f"cursor is {self._question.cursor}, which is not there", f"There is {listed}.")
            cursor = (name, types[name])
            columns = [*columns, name] if columns and name not in columns else columns
        return Shape(columns, cursor, partition, types)

    def _of_table(self) -> tuple[dict[str, str], tuple[str, str] | None]:
        table = self._client.table(self._question.of)
        types, by = columns_of(table.schema), table.time_partitioning
        given = self._question.partition or (None if by is None else by.field or _OF_INGESTION[0])
        if given is None:
            return types, None
        name = _named(types, given)
        if name is not None:
            return types, (name, types[name])
        if given.upper() in ("_PARTITIONTIME", "_PARTITIONDATE"):
            return types, (given.upper(), "DATE" if given.upper().endswith("DATE") else "TIMESTAMP")
        raise SourceFailed(f"partition is {given}, which is not there", f"There is {', '.join(types)}.")

    def _of_query(self, now: datetime) -> tuple[dict[str, str], tuple[str, str] | None]:
        failure: SourceFailed | None = None
        for kind, asked in probes(self._question, now):
            try:
                types = self._client.plan(asked).columns
            except SourceFailed as error:
                failure = failure or error
                if "matching signature" not in str(error):
                    break
                continue
            if self._question.partition is None:
                return types, None
            name = _named(types, self._question.partition)
            return types, (self._question.partition, kind if name is None else types[name])
        raise failure or SourceFailed("the query gives nothing")


def _named(types: Mapping[str, str], wanted: str) -> str | None:
    """Names of columns are the same in any case."""
    return next((name for name in types if name.casefold() == wanted.casefold()), None)


def _newest(page: Sequence[Sequence[Any]], place: int | None, held: Any) -> Any:
    values = [row[place] for row in page if row[place] is not None] if place is not None else []
    return max(values if held is None else [*values, held], default=None)


def _place(names: Sequence[str], name: str) -> int:
    return [each.casefold() for each in names].index(name.casefold())
