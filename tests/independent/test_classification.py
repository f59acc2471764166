"""Causes against the recorded truth: floors a little below what is reached, so that a change for the worse is seen."""

from collections import Counter
from pathlib import Path

import pytest

from tests.independent.report import VARIANTS, main, table
from tests.independent.scoring import CATEGORIES, Scored, accuracy, precision, recall, score, silenced_faults
from tests.support.replay_worlds import WORLDS


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_as_recorded(world: Path) -> None:
    scored = score(world)
    for pairs in (scored.legacy, scored.all_rows):
        for category in CATEGORIES:
            assert (recall(pairs, category) or 1) >= 0.99, category
            assert (precision(pairs, category) or 1) >= 0.97, category
        assert silenced_faults(pairs) == 0


WITHOUT = {
    "every error text blanked": ({"no_data_available": 0.98, "upstream_failure": 0.95, "timeout": 0.30}, 0.95),
    "error texts in other words": ({"no_data_available": 0.98, "upstream_failure": 0.95, "timeout": 0.95}, 0.97),
}


@pytest.mark.parametrize("world", WORLDS[1:2], ids=lambda world: world.name)
@pytest.mark.parametrize("variant", WITHOUT)
def test_without_the_texts_that_rules_know(world: Path, variant: str) -> None:
    scored = score(world, VARIANTS[variant])
    floors, right = WITHOUT[variant]
    for category, floor in floors.items():
        assert (recall(scored.legacy, category) or 0) >= floor, category
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
