"""How many rows each registered table of BigQuery has for each date: what proves that data is there."""

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.adapters.sources.bigquery_client import BigQuery
from bot.adapters.sources.bigquery_cost import LEAST_BYTES, monthly
from bot.adapters.sources.bigquery_counts import Counted, Part, Table, by_partition, counting, described, partitions
from bot.adapters.sources.rows import Lines
from bot.domain.counts import plural
from bot.domain.sources import Feed, SourceFailed
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile

COLUMNS = ("table_name", "data_date", "row_count", "loaded_at")


@dataclass(frozen=True)
class Span:
    """`lateness`: dates that lie so far back are looked at each time. `days`: no date that lies further back is told.
    `every`: from one read to the next, which decides what they cost.
    """

    lateness: timedelta
    days: int
    every: timedelta


@dataclass(frozen=True)
class _Position:
    """`counts`: table -> date -> rows, as they were told last, which was at `read_at`."""

    read_at: datetime | None = None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str | None) -> "_Position":
        held = {} if text is None else json.loads(text)
        return cls(datetime.fromisoformat(held["read_at"]), held["counts"]) if "read_at" in held else cls()

    def text(self) -> str:
        return json.dumps({"read_at": self.read_at.isoformat(), "counts": self.counts} if self.read_at else {})


class BigQueryTablesSource:
    """`tables`: those of the registry -> the column of their dates; asked at each read, as the registry may change.

    Only counts that changed become rows. A table that is missing or may not be read is a warning; the others go on.
    """

    def __init__(self, name: str, client: BigQuery, tables: Callable[[], Mapping[str, str]], span: Span) -> None:
        self._name, self._client, self._tables, self._span = name, client, tables, span
        self._described: dict[tuple[str, str], Table] = {}
        self._written: dict[str, datetime] = {}
        """When a table that is counted was last written, as of its last count."""
        self._owed = 0
        """Bytes billed that no batch has told of yet."""

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            yield self._batches(cursor, now, Path(folder) / f"{self._name}.ndjson")

    def check(self, now: datetime) -> str:
        """How many tables there are, how they are counted, and what a read bills."""
        known, failed = self._known()
        _raise_if_nothing(known, failed)
        if not known:
            return "no table: registry.yaml names none (bigquery_table)"
        counted = [each for each in known if not each.by_date]
        datasets = {each.dataset for each in known}
        oldest = (now - self._span.lateness).date()
        read = LEAST_BYTES * len(datasets)
        read += sum(max(LEAST_BYTES, self._client.plan(counting(each, oldest)).bytes) for each in counted)
        tables = f"{plural(len(known), 'table')} in {plural(len(datasets), 'dataset')}"
        found = f"{tables}, {len(counted)} of them counted when they change"
        wrong = "".join(f"; {error.reason}" for error in failed)
        return f"{found}{wrong}; {monthly(read, self._span.every)}"

    def close(self) -> None:
        self._client.close()

    def _batches(self, cursor: str | None, now: datetime, path: Path) -> Iterator[Batch]:
        position = _Position.of(cursor)
        known, failed = self._known()
        written: dict[str, datetime] = {}
        found = dict(self._counts(known, position, now, failed, written))
        _raise_if_nothing(found or self._written, failed)
        warnings = tuple(str(error) for error in failed)
        changed = {
            name: rows for name, each in found.items() if (rows := list(_changed(each, position.counts.get(name, {}))))
        }
        if not changed:
            yield Batch(cursor or position.text(), warnings=warnings)
        else:
            with Lines(path, COLUMNS) as lines:
                for name, rows in changed.items():
                    lines.add((name, each.date, each.rows, each.at) for each in rows)
            held = DataFile(path, Feed.TABLE_LOADS.value, self._name, part=True, once=False)
            yield Batch(_after(position, changed, now, self._horizon(now)).text(), held, self._owed, warnings)
            self._owed = 0
        self._written |= written

    def _known(self) -> tuple[list[Table], list[SourceFailed]]:
        """The tables that are there, and what is wrong with the others."""
        failed: list[SourceFailed] = []
        found = []
        for name, column in self._tables().items():
            try:
                if (name, column) not in self._described:
                    self._described[name, column] = described(name, column, self._client.table(name))
                found.append(self._described[name, column])
            except SourceFailed as error:
                failed.append(error)
        return found, failed

    def _counts(
        self,
        known: Sequence[Table],
        position: _Position,
        now: datetime,
        failed: list[SourceFailed],
        written: dict[str, datetime],
    ) -> Iterator[tuple[str, list[Counted]]]:
        """The counts of each table that may have changed."""
        for dataset in dict.fromkeys(table.dataset for table in known):
            tables = [table for table in known if table.dataset == dataset]
            try:
                parts = self._parts(dataset, tables, position, now)
            except SourceFailed as error:
                failed.append(error)
                self._forget(tables)
                continue
            for table in tables:
                try:
                    counted = self._counted(table, parts[table.id], position, now, written)
                except SourceFailed as error:
                    failed.append(error)
                    self._forget([table])
                    continue
                if counted is not None:
                    yield table.name, counted

    def _parts(
        self, dataset: str, tables: Sequence[Table], position: _Position, now: datetime
    ) -> Mapping[str, list[Part]]:
        since = None if position.read_at is None else position.read_at - self._span.lateness
        oldest = min(self._oldest(table, position, now) for table in tables)
        answer = self._client.ask(partitions(dataset, tables, oldest, since))
        self._owed += answer.billed
        found: dict[str, list[Part]] = defaultdict(list)
        for page in answer.pages:
            for table, partition, rows, at in page:
                found[table].append((partition or "", int(rows or 0), min(at, now)))
        return found

    def _counted(
        self, table: Table, parts: Sequence[Part], position: _Position, now: datetime, written: dict[str, datetime]
    ) -> list[Counted] | None:
        """None: it is as it was. A date that was told and is no longer there has 0 rows."""
        oldest = self._oldest(table, position, now)
        if table.by_date:
            counted = by_partition(parts)
        else:
            at = max((at for _, _, at in parts), default=None)
            if at is not None and self._written.get(table.name) == at and at < now:
                return None
            answer = self._client.ask(counting(table, oldest))
            self._owed += answer.billed
            counted = [Counted(day, int(rows), at or now) for page in answer.pages for day, rows in page]
            if at is not None:
                written[table.name] = at
        horizon = self._horizon(now)
        counted = [each for each in counted if each.date >= horizon]
        there = {each.date for each in counted}
        told = (date.fromisoformat(day) for day, rows in position.counts.get(table.name, {}).items() if rows)
        return [*counted, *(Counted(day, 0, now) for day in told if day >= oldest and day not in there)]

    def _oldest(self, table: Table, position: _Position, now: datetime) -> date:
        """A table that is new to us is looked at as far back as in a first read."""
        if table.name in position.counts:
            return max(self._horizon(now), (now.astimezone(UTC) - self._span.lateness).date())
        return self._horizon(now)

    def _horizon(self, now: datetime) -> date:
        return (now.astimezone(UTC) - timedelta(days=self._span.days)).date()

    def _forget(self, tables: Iterable[Table]) -> None:
        """One that failed may have been made again."""
        names = {table.name for table in tables}
        self._described = {key: table for key, table in self._described.items() if key[0] not in names}


def _raise_if_nothing(found: object, failed: Sequence[SourceFailed]) -> None:
    if failed and not found:
        raise SourceFailed(failed[0].reason, failed[0].remedy)


def _changed(counted: Iterable[Counted], told: Mapping[str, int]) -> Iterator[Counted]:
    return (each for each in counted if told.get(each.date.isoformat()) != each.rows)


def _after(position: _Position, changed: Mapping[str, Sequence[Counted]], now: datetime, horizon: date) -> _Position:
    oldest = horizon.isoformat()
    counts = {name: dict(told) for name, told in position.counts.items()}
    for name, rows in changed.items():
        counts.setdefault(name, {}).update({each.date.isoformat(): each.rows for each in rows})
    return _Position(now, {name: {day: n for day, n in told.items() if day >= oldest} for name, told in counts.items()})
