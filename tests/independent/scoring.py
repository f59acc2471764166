"""What the bot makes of every failed run of a world, against the recorded truth."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.warehouse.dialect import Translator
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_text import sql_text
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.domain.evidence.expectation import traits
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.runs import Category, DateState, FailedRun, Input, Traits, classify
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import DataFile
from bot.services.loading import find_files, hints_of
from tests.independent.evidence import POLICY

Reword = Callable[[str], str | None]
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


def score(world: Path, variants: Sequence[Reword | None]) -> list[Scored]:
    """Classify every failed run; for each way of rewording, as if the error texts had been other ones. The world is
    loaded once: error texts count by what the rules say of them, and by nothing else.
    """
    registry = load_registry(world / "registry.yaml").registry
    engine = DuckDBEngine(None)
    hints = hints_of(load_policy(POLICY).failure_text_rules, Vocabulary.standard())
    files = [DataFile.of(path) for path in find_files(world).values()]
    found = []
    with closing(SqlWarehouse(engine)) as warehouse:
        for place, reword in enumerate(variants):
            meaning = replace(hints, of=_reworded(hints.of, reword), fingerprint=f"{place}")
            warehouse.load(files, platform_facts(registry), meaning, datetime.now(UTC), lambda _step, _rows: None)
            found.append(_scored(world, engine, registry))
    return found


def _reworded(of: Callable[[str], str], reword: Reword | None) -> Callable[[str], str]:
    return of if reword is None else lambda text: of(reword(text) or "")


def _scored(world: Path, engine: DuckDBEngine, registry: Registry) -> Scored:
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
    for run_id, name, recorded, hinted, ready, expected, filled, judged in rows:
        run = FailedRun(_category(recorded), _category(hinted), Input(ready))
        given[run_id] = classify(run, DateState(expected, filled, judged), character.get(name, Traits())).category
    everything = Counter((true, given[run_id]) for run_id, true, _ in truths)
    legacy = Counter((true, given[run_id]) for run_id, true, shown in truths if shown in (None, "unknown"))
    return Scored(everything, legacy)


def _category(text: str) -> Category | None:
    return Category(text) if text else None
