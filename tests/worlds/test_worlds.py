"""The generator keeps its word: same seed same world, labels backed by rows, silence where silence is due."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import duckdb
import pytest

from tests.worlds.audit import audit
from tests.worlds.broken import WAYS, damage
from tests.worlds.incidents import PLANS
from tests.worlds.model import Options
from tests.worlds.texts import WORDINGS
from tests.worlds.world import generate, make

VOLUME = 0.02


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worlds") / "hard"
    make(folder, Options(21, volume=VOLUME, hard=True))
    return folder


def test_the_same_options_make_the_same_world() -> None:
    options = Options(5, volume=VOLUME)
    first, second = generate(options), generate(options)
    assert first[1].runs == second[1].runs
    assert first[2] == second[2]
    assert generate(Options(6, volume=VOLUME))[2] != first[2]


def test_every_kind_of_incident_is_made_and_explained(hard: Path) -> None:
    kinds = {one["kind"] for one in json.loads((hard / "labels.json").read_text())["incidents"]}
    assert kinds == set(PLANS)
    assert audit(hard) == []


def test_an_unlabelled_loss_is_noticed(hard: Path, tmp_path: Path) -> None:
    for path in hard.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    labels = json.loads((tmp_path / "labels.json").read_text())
    for kind in ("partial_coverage", "missing_run", "upstream_cascade", "repeated_failure"):
        kept = [one for one in labels["incidents"] if one["kind"] != kind]
        (tmp_path / "labels.json").write_text(json.dumps({**labels, "incidents": kept}))
        assert audit(tmp_path), kind


def test_a_clean_world_has_look_alikes_only(tmp_path: Path) -> None:
    found = make(tmp_path, Options(31, volume=VOLUME, hard=True, faults=frozenset()))
    assert found["incidents"] == []
    assert audit(tmp_path) == []


def test_other_wordings_change_nothing_but_the_words() -> None:
    worlds = [generate(Options(7, volume=VOLUME, texts=name)) for name in WORDINGS]
    for _, pieces, labels in worlds:
        assert {**labels, "templates": ""} == {**worlds[0][2], "templates": ""}
        assert [row.inserted for row in pieces.runs] == [row.inserted for row in worlds[0][1].runs]
    assert all(row.text is None for row in worlds[list(WORDINGS).index("blank")][1].runs)


def test_wordings_share_no_text() -> None:
    spoken = [words for words in WORDINGS.values() if words]
    for one, other in combinations(spoken, 2):
        assert set(one) == set(other)
        assert not {text for texts in one.values() for text in texts} & {
            text for texts in other.values() for text in texts
        }


@pytest.mark.parametrize("way", sorted(WAYS))
def test_damage_changes_the_files(hard: Path, tmp_path: Path, way: str) -> None:
    for path in hard.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    damage(tmp_path, way, 3)
    before, after = ({path.name: path.read_bytes() for path in one.iterdir()} for one in (hard, tmp_path))
    assert before != after
    assert not list(tmp_path.glob("*.draft"))
    columns = duckdb.read_parquet(str(hard / "runs.parquet")).columns
    assert duckdb.read_parquet(str(tmp_path / "runs.parquet")).columns == columns
