"""The generator of other platforms keeps its word: same seed same world, every kind, labels backed by rows."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

import pytest

from tests.platforms.fleets import TABLES
from tests.platforms.model import Options
from tests.platforms.world import KINDS, make

HERE = Path(__file__).parent


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_shares_nothing_with_what_it_judges() -> None:
    names = [
        getattr(node, "module", None) or node.names[0].name
        for path in HERE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not {name.split(".")[0] for name in names} & {"bot", "handlers", "sandbox"}


def test_the_same_options_make_the_same_world(tmp_path: Path) -> None:
    for name in "ab":
        make(tmp_path / name, Options("bank", 7))
    assert all((tmp_path / "b" / path.name).read_bytes() == path.read_bytes() for path in (tmp_path / "a").iterdir())


@pytest.mark.parametrize("platform", ["bank", "weekly"])
def test_each_incident_has_its_time_and_its_rows(platform: str, tmp_path: Path) -> None:
    labels = make(tmp_path, Options(platform, 8, days=91))
    runs = _lines(tmp_path / "runs.csv")
    incidents = json.loads((tmp_path / "labels.json").read_text())["incidents"]
    assert len(incidents) > 8
    for one in incidents:
        assert one["kind"] in KINDS
        assert one["start"] <= one["detectable_at"] <= one["end"] < str(labels["eval_end"])
        failed = [run for run in runs if run["processor_name"] in one["processors"] and run["status"] != "success"]
        blind = one["kind"] in ("missing_run", "source_blind", "partial_coverage", "zero_records_processor")
        assert blind or any(run["started_at"][:10] >= one["start"][:10] for run in failed)


def test_what_is_left_out_is_not_there(tmp_path: Path) -> None:
    make(tmp_path, Options("weekly", 9, without=("trigger", "raw_files"), blank=True, clean=True))
    runs = _lines(tmp_path / "runs.csv")
    assert "trigger" not in runs[0]
    assert not any(run["error_message"] for run in runs)
    assert not (tmp_path / "raw_files.csv").exists()
    assert set(TABLES) == {"shop", "bank", "devices", "weekly"}
