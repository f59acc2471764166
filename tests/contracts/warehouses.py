"""The four warehouses that the contract suite holds to the same answers, and how rows get into them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Engine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.text_rules import TextRule, category_of
from bot.ports.fakes.warehouse import FakeWarehouse
from bot.ports.warehouse import Hints, LoadReport, Warehouse
from bot.services.loading import find_files
from tests.contracts.bqemulator.emulator import PROJECT
from tests.support.builders import NOW, RULES, World, registry

KINDS = ("fake", "duckdb in memory", "duckdb on file", "bigquery")
_datasets = count(1)


@dataclass(frozen=True)
class Step:
    """One load: the files of a world, the registry of its processors, the rules for error texts."""

    world: World
    rules: Sequence[TextRule] = RULES
    suffix: str = ".ndjson"
    spoil: Callable[[Path], None] = lambda _directory: None
    """Does something to the files after they were written."""


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
    return warehouse.load(list(find_files(directory).values()), facts, hints, NOW, lambda _step, _rows: None)


@contextmanager
def opened(kind: str, directory: Path, cache: Path, endpoint: Callable[[], str]) -> Iterator[Warehouse]:
    """An empty warehouse of a kind. `cache` keeps translated SQL; `endpoint` starts the emulator when it is asked."""
    with ExitStack() as stack:
        if kind == "fake":
            yield FakeWarehouse()
            return
        warehouse = SqlWarehouse(_engine(kind, directory, cache, endpoint))
        stack.callback(warehouse.close)
        yield warehouse


def _engine(kind: str, directory: Path, cache: Path, endpoint: Callable[[], str]) -> Engine:
    if kind == "bigquery":
        return BigQueryEngine(PROJECT, f"contract_{next(_datasets)}", endpoint=endpoint())
    return DuckDBEngine(directory / "w.duckdb" if kind == "duckdb on file" else None, cache_directory=cache)
