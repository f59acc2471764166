"""The warehouses that the contract suite holds to the same answers, and how rows get into them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Engine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.text_rules import TextRule, category_of
from bot.ports.warehouse import DataFile, Hints, LoadReport, SourceMark, SourceRead, Warehouse
from bot.services.loading import find_files
from tests.contracts.bqemulator.emulator import PROJECT
from tests.support.builders import NOW, RULES, World, loaded, registry, write_rows

REFERENCE = "duckdb in memory"
"""What the tests of services use; the others must answer the same."""
KINDS = (REFERENCE, "duckdb on file", "bigquery")
_datasets = count(1)


@dataclass(frozen=True)
class Step:
    """One load: the files of a world, the registry of its processors, the rules for error texts."""

    world: World
    rules: Sequence[TextRule] = RULES
    suffix: str = ".ndjson"
    spoil: Callable[[Path], None] = lambda _directory: None
    """Does something to the files after they were written."""
    now: datetime = NOW


@dataclass
class Played:
    """A warehouse after its steps, with what each load reported."""

    warehouse: Warehouse
    directory: Path
    reports: list[LoadReport] = field(default_factory=list)

    def load(self, step: Step) -> LoadReport:
        directory = self.directory / f"step-{len(self.reports)}"
        step.world.write(directory, step.suffix)
        step.spoil(directory)
        self.reports.append(load(self.warehouse, directory, step))
        return self.reports[-1]


def load(warehouse: Warehouse, directory: Path, step: Step) -> LoadReport:
    rules = tuple(step.rules)
    hints = Hints(lambda text: category_of(text, rules) or "", repr(rules))
    facts = platform_facts(registry(step.world.processors))
    return warehouse.load(
        [DataFile.of(path) for path in find_files(directory).values()],
        facts,
        hints,
        step.now,
        lambda _step, _rows: None,
    )


def brought(
    warehouse: Warehouse, directory: Path, step: Step
) -> tuple[Mapping[str, SourceMark], Mapping[str, SourceRead]]:
    """How far a source has been read after it has brought a row, and how its reads go once one has failed."""
    path = directory / "part.ndjson"
    write_rows(path, [loaded("raw.elsewhere", hours=50)])
    part = DataFile(path, "table_loads", "history", part=True, once=False)
    mark = SourceMark("history", "here", step.now, bytes_billed=7)
    hints = Hints(lambda text: category_of(text, step.rules) or "", repr(tuple(step.rules)))
    facts = platform_facts(registry(step.world.processors))
    warehouse.load([part], facts, hints, step.now, lambda _step, _rows: None, mark)
    for read in (SourceRead("history", step.now), SourceRead("history", step.now, step.now, "refused")):
        warehouse.remember_read(read)
    return warehouse.source_marks(), warehouse.source_reads()


class _Noting:
    """Notes which methods of a warehouse are called."""

    def __init__(self, warehouse: Warehouse, asked: set[str]) -> None:
        self._warehouse, self._asked = warehouse, asked

    def __getattr__(self, name: str) -> Any:
        self._asked.add(name)
        return getattr(self._warehouse, name)


def noting(warehouse: Warehouse, asked: set[str]) -> Warehouse:
    """The same warehouse; the names of the methods that are called come into `asked`."""
    return cast(Warehouse, _Noting(warehouse, asked))


@contextmanager
def opened(kind: str, directory: Path, cache: Path, endpoint: Callable[[], str]) -> Iterator[Warehouse]:
    """An empty warehouse of a kind. `cache` keeps translated SQL; `endpoint` starts the emulator when it is asked."""
    with closing(SqlWarehouse(_engine(kind, directory, cache, endpoint))) as warehouse:
        yield warehouse


def _engine(kind: str, directory: Path, cache: Path, endpoint: Callable[[], str]) -> Engine:
    if kind == "bigquery":
        return BigQueryEngine(PROJECT, f"contract_{next(_datasets)}", endpoint=endpoint())
    return DuckDBEngine(directory / "w.duckdb" if kind == "duckdb on file" else None, cache_directory=cache)
