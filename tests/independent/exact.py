"""Health over a window, counted run by run. Definitions: PRODUCT.md, capability 3."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.independent.evidence import Known, TextRules, category_of, known_of
from tests.independent.world import World


@dataclass
class Row:
    """One processor or phase."""

    runs: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_category: Counter[str] = field(default_factory=Counter)
    zero_on_game_days: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def answer(self) -> dict[str, int | float | None]:
        """In the words of the command's JSON."""
        failed = self.by_status["failed"]
        expected, unknown = self.by_category["no_data_available"], self.by_category["unknown"]
        real, succeeded = failed - expected - unknown, self.by_status["success"]
        tried = succeeded + real + unknown
        return {
            "runs": self.runs,
            "succeeded": succeeded,
            "skipped": self.by_status["skipped"],
            "failed": failed,
            "expected": expected,
            "real": real,
            "unknown": unknown,
            "success_rate": succeeded / tried if tried else None,
            "zero_on_game_days": self.zero_on_game_days,
            **{f"p{share}_s": self._nearest_rank(share) for share in (50, 95, 99)},
        }

    def _nearest_rank(self, percent: int) -> float | None:
        ordered = sorted(self.seconds)
        return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


@dataclass(frozen=True)
class Exact:
    processors: dict[str, Row]
    phases: dict[int, Row]
    total: Row


def health(
    world: World, rules: TextRules, span: tuple[datetime, datetime], judged_at: datetime, known_at: datetime
) -> Exact:
    """Runs started in [span) and recorded by `known_at`, judged at `judged_at` by what was then known."""
    since, until = span
    processors = {name: Row() for name in world.processors}
    phases: dict[int, Row] = defaultdict(Row)
    total = Row()
    seen: dict[tuple[str, object], Known] = {}
    for run in world.runs:
        if not since <= run.started_at < until or run.inserted_at > known_at:
            continue
        entry = world.processors[run.processor]
        key = (run.processor, run.data_date)
        if key not in seen:
            seen[key] = known_of(world, *key, judged_at, known_at)
        category = category_of(run, entry, seen[key], rules) if run.status == "failed" else None
        zero = run.status == "success" and run.records == 0 and seen[key].expected is True
        for row in (processors[run.processor], phases[entry["phase"]], total):
            _add(row, run.status, category, zero, run.seconds)
    return Exact(processors, dict(phases), total)


def _add(row: Row, status: str, category: str | None, zero: bool, seconds: float | None) -> None:
    row.runs += 1
    row.by_status[status] += 1
    row.zero_on_game_days += zero
    if category is not None:
        row.by_category[category] += 1
    if status == "success" and seconds is not None:
        row.seconds.append(seconds)


def differences(told: dict[str, object], row: Row, relative: float = 0.0) -> list[str]:
    """How an answer differs from the truth; durations may differ by that share."""
    wrong = []
    for name, true in row.answer.items():
        value = told[name]
        close = (
            name.endswith("_s")
            and true is not None
            and isinstance(value, float)
            and math.isclose(value, true, rel_tol=relative)
        )
        if value != true and not close:
            wrong.append(f"{name} is {value}, truly {true}")
    return wrong


def all_differences(answer: dict[str, list[dict[str, object]]], exact: Exact, relative: float = 0.0) -> Iterable[str]:
    """Every difference of a whole answer, rows without a counterpart included."""
    for told in answer["processors"]:
        row = exact.processors.get(str(told["name"]))
        yield from (
            f"{told['name']}: {wrong}" for wrong in (differences(told, row, relative) if row else ["not registered"])
        )
    for told in answer["phases"]:
        row = exact.phases.get(int(str(told["phase"])), Row())
        yield from (f"phase {told['phase']}: {wrong}" for wrong in differences(told, row, relative))
