"""Causes against the recorded truth: floors a little below what is reached, so that a change for the worse is seen."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.independent.report import VARIANTS, main, pooled, table
from tests.independent.scoring import Scored, accuracy, precision, recall, silenced_faults
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


@pytest.fixture(scope="module")
def scored() -> dict[str, Scored]:
    """By variant, over the worlds with most faults: a floor is for a rule, and every one has enough runs of its own."""
    return pooled(WORLDS[1:]) if WORLDS else pytest.skip("not run: there are no recorded worlds beside the project")


def assert_at_least(floors: Floors, pairs: Counter[tuple[str, str]]) -> None:
    for category, floor in floors.items():
        assert sum(runs for (true, _), runs in pairs.items() if true == category) >= ENOUGH, category
        assert (recall(pairs, category) or 0) >= floor, category


def test_as_recorded(scored: dict[str, Scored]) -> None:
    found = scored["error texts as recorded"]
    for pairs in (found.legacy, found.all_rows):
        assert_at_least(EACH, pairs)
        for category in EACH:
            assert (precision(pairs, category) or 0) >= 0.97, category
        assert silenced_faults(pairs) == 0
    assert_at_least({"timeout": 0.99, "validation_failed": 0.99}, found.all_rows)


@pytest.mark.parametrize("variant", WITHOUT)
def test_without_the_texts_that_rules_know(scored: dict[str, Scored], variant: str) -> None:
    found = scored[variant].legacy
    floors, right = WITHOUT[variant]
    assert_at_least(floors, found)
    assert accuracy(found) >= right
    assert (precision(found, "no_data_available") or 0) >= 0.95, "what is silenced is rarely a fault"


_PAIRS = Counter({("timeout", "timeout"): 3, ("timeout", "no_data_available"): 1})
EXAMPLE = Scored(_PAIRS, _PAIRS)


def test_the_table_names_each_category(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tests.independent.report.score", lambda _world, variants: [EXAMPLE] * len(variants))
    monkeypatch.setattr("tests.independent.report.WORLDS", [Path("somewhere")])
    main()
    told = capsys.readouterr().out
    assert told.count("| timeout | 4 | 0.750 | 1.000 |") == len(VARIANTS)
    assert table(EXAMPLE)[-1].startswith("\nall: 0.7500 right; faults taken for no data: 1")
