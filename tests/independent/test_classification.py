"""Causes against the recorded truth: floors a little below what is reached, so that a change for the worse is seen."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import reduce
from operator import add
from pathlib import Path

import pytest

from tests.independent.report import VARIANTS, main, table
from tests.independent.scoring import Scored, accuracy, precision, recall, score, silenced_faults
from tests.support.replay_worlds import WORLDS

ENOUGH = 30
"""A category with fewer true runs gets no floor: one run would move its share by over 3 %."""
Floors = Mapping[str, float]
EACH: Floors = {"no_data_available": 0.99, "upstream_failure": 0.99, "processing_error": 0.99}
WITHOUT: dict[str, tuple[Floors, float]] = {
    "every error text blanked": ({"no_data_available": 0.98, "upstream_failure": 0.95}, 0.95),
    "error texts in other words": (
        {"no_data_available": 0.98, "upstream_failure": 0.95, "processing_error": 0.98},
        0.97,
    ),
}
"""Recall of runs without a usable category of their own, and the share that is right. Timeouts (2 runs) and refused
validations (9) are too few for a floor."""


def pooled(worlds: list[Path], reword: Callable[[str], str | None] | None = None) -> Scored:
    """A floor is for a rule. One world is one sample of what it meets."""
    return reduce(add, [score(world, reword) for world in worlds])


def assert_at_least(floors: Floors, pairs: Counter[tuple[str, str]]) -> None:
    for category, floor in floors.items():
        assert sum(runs for (true, _), runs in pairs.items() if true == category) >= ENOUGH, category
        assert (recall(pairs, category) or 0) >= floor, category


@pytest.mark.parametrize("worlds", [WORLDS] if WORLDS else [], ids=["all worlds"][: len(WORLDS)])
def test_as_recorded(worlds: list[Path]) -> None:
    scored = pooled(worlds)
    for pairs in (scored.legacy, scored.all_rows):
        assert_at_least(EACH, pairs)
        for category in EACH:
            assert (precision(pairs, category) or 0) >= 0.97, category
        assert silenced_faults(pairs) == 0
    assert_at_least({"timeout": 0.99, "validation_failed": 0.99}, scored.all_rows)


@pytest.mark.parametrize("worlds", [WORLDS] if WORLDS else [], ids=["all worlds"][: len(WORLDS)])
@pytest.mark.parametrize("variant", WITHOUT)
def test_without_the_texts_that_rules_know(worlds: list[Path], variant: str) -> None:
    scored = pooled(worlds, VARIANTS[variant])
    floors, right = WITHOUT[variant]
    assert_at_least(floors, scored.legacy)
    assert accuracy(scored.legacy) >= right
    assert (precision(scored.legacy, "no_data_available") or 0) >= 0.95, "what is silenced is rarely a fault"


_PAIRS = Counter({("timeout", "timeout"): 3, ("timeout", "no_data_available"): 1})
EXAMPLE = Scored(_PAIRS, _PAIRS)


def test_the_table_names_each_category(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tests.independent.report.score", lambda _world, _reword: EXAMPLE)
    monkeypatch.setattr("tests.independent.report.WORLDS", [Path("somewhere")])
    main()
    told = capsys.readouterr().out
    assert told.count("| timeout | 4 | 0.750 | 1.000 |") == len(VARIANTS)
    assert table(EXAMPLE)[-1].startswith("\nall: 0.7500 right; faults taken for no data: 1")
