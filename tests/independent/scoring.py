"""What the bot makes of every failed run of a world, against the recorded truth."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory

import duckdb

from bot.adapters.warehouse.dialect import Translator
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_text import sql_text
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.domain.evidence.expectation import traits
from bot.domain.evidence.runs import Category, DateState, FailedRun, Input, Traits, classify
from bot.services.loading import LoadingService
from tests.independent.evidence import POLICY

CATEGORIES = [category.value for category in Category]
_LATEST = "e.valid_until = TIMESTAMP '9999-12-31 00:00:00'"
_CELLS = """
SELECT c.run_id, c.processor_name, c.recorded, c.hinted, c.input,
  e.expected, e.filled, e.judged_at IS NOT NULL AS judged
FROM ({cells}) AS c
LEFT JOIN evidence AS e ON e.processor_name = c.processor_name AND e.data_date = c.data_date AND {latest}
WHERE c.status = 'failed'
"""
"""Judged as of long after the world's end, as every slot has passed."""


@dataclass(frozen=True)
class Scored:
    """(true category, given category) of failed runs; `legacy` ones carry no usable category of their own."""

    all_rows: Counter[tuple[str, str]]
    legacy: Counter[tuple[str, str]]

    def __add__(self, other: "Scored") -> "Scored":
        return Scored(self.all_rows + other.all_rows, self.legacy + other.legacy)


def recall(pairs: Counter[tuple[str, str]], category: str) -> float | None:
    true = sum(runs for (truth, _), runs in pairs.items() if truth == category)
    return pairs[category, category] / true if true else None


def precision(pairs: Counter[tuple[str, str]], category: str) -> float | None:
    given = sum(runs for (_, found), runs in pairs.items() if found == category)
    return pairs[category, category] / given if given else None


def accuracy(pairs: Counter[tuple[str, str]]) -> float:
    return sum(runs for (truth, found), runs in pairs.items() if truth == found) / pairs.total()


def silenced_faults(pairs: Counter[tuple[str, str]]) -> int:
    """Runs that failed for a reason and were taken for "no data"."""
    return sum(runs for (truth, found), runs in pairs.items() if found == "no_data_available" != truth)


def score(world: Path, reword: Callable[[str], str | None] | None = None) -> Scored:
    """Classify every failed run; with `reword`, as if their error texts had been other ones."""
    if reword is None:
        return _score(world, world)
    with TemporaryDirectory() as folder:
        for path in world.iterdir():
            if path.stem in ("table_loads", "raw_files", "game_schedule", "registry", "planned_windows"):
                copy2(path, folder)
        _reworded(world / "runs.parquet", Path(folder) / "runs.parquet", reword)
        return _score(world, Path(folder))


def _reworded(source: Path, target: Path, reword: Callable[[str], str | None]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE r AS SELECT * FROM '{source}'")  # noqa: S608 (a path of our own)
        texts = [
            text
            for (text,) in connection.execute("SELECT DISTINCT error_message FROM r WHERE status = 'failed'").fetchall()
        ]
        values = {"old": texts, "new": [reword(text) for text in texts]}
        connection.execute(
            "CREATE TABLE words AS SELECT unnest($old::VARCHAR[]) AS old, unnest($new::VARCHAR[]) AS new", values
        )
        connection.execute("UPDATE r SET error_message = words.new FROM words WHERE r.error_message = words.old")
        connection.execute(f"COPY r TO '{target}' (FORMAT parquet)")


def _score(world: Path, data: Path) -> Scored:
    registry = load_registry(data / "registry.yaml").registry
    engine = DuckDBEngine(None)
    warehouse = SqlWarehouse(engine)
    rules = load_policy(POLICY).failure_text_rules
    LoadingService(warehouse, rules).load(data, registry, datetime.now(UTC), lambda _step, _rows: None)
    character = {processor.name: traits(processor) for processor in registry.processors}
    cells = sql_text("run_cells", runs="runs", evidence="evidence", when=_LATEST)
    statement = _CELLS.format(cells=cells, latest=_LATEST)
    given: dict[str, str] = {}
    with engine.write() as session:
        rows = session.reader().execute(Translator(None).duckdb(statement)).fetchall()
        truth = session.reader().execute(
            f"SELECT run_id, true_category, failure_category FROM '{world / 'truth_categories.parquet'}'"  # noqa: S608
        )
        truths = truth.fetchall()
    warehouse.close()
    for run_id, name, recorded, hinted, ready, expected, filled, judged in rows:
        run = FailedRun(_category(recorded), _category(hinted), Input(ready))
        given[run_id] = classify(run, DateState(expected, filled, judged), character.get(name, Traits())).category
    everything = Counter((true, given[run_id]) for run_id, true, _ in truths)
    legacy = Counter((true, given[run_id]) for run_id, true, shown in truths if shown in (None, "unknown"))
    return Scored(everything, legacy)


def _category(text: str) -> Category | None:
    return Category(text) if text else None
