"""Histories shared by the tests: one month at full size, and a few days to go on from."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import yaml

from sandbox.pipeline.database import create
from sandbox.pipeline.history import write_history
from sandbox.pipeline.synthetic import complete
from sandbox.tests.pipeline.bench import Bench

REGISTRY = Path(__file__).parents[3] / "config" / "nba" / "registry.yaml"
MONTH_END = datetime(2026, 3, 18, 22, 7, tzinfo=UTC)
DAYS_END = datetime(2026, 1, 14, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def registry() -> dict[str, Any]:
    return complete(yaml.safe_load(REGISTRY.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, registry: dict[str, Any]) -> tuple[Path, float]:
    """Thirty days up to MONTH_END, the spring clock change among them; and the seconds of work they took."""
    directory = tmp_path_factory.mktemp("month")
    begun = process_time()
    write_history(directory, registry, MONTH_END)
    return directory, process_time() - begun


@pytest.fixture(scope="session")
def month(written: tuple[Path, float]) -> Path:
    return written[0]


@pytest.fixture(scope="session")
def few_days(tmp_path_factory: pytest.TempPathFactory, registry: dict[str, Any]) -> Path:
    """Three days up to noon ET of a game day."""
    directory = tmp_path_factory.mktemp("days")
    write_history(directory, registry, DAYS_END, days=3, seed=7)
    return directory


@pytest.fixture
def bench(few_days: Path, tmp_path: Path) -> Callable[[], Bench]:
    """Makes pipelines on copies of the short history."""
    made = iter(range(100))

    def make() -> Bench:
        directory = tmp_path / f"world{next(made)}"
        shutil.copytree(few_days, directory)
        return Bench(directory)

    return make


@pytest.fixture
def month_bench(month: Path, tmp_path: Path) -> Bench:
    """A pipeline that goes on from the full month."""
    directory = tmp_path / "month"
    directory.mkdir()
    for name in ("registry.yaml", "simulation.json"):
        shutil.copy(month / name, directory / name)
    create(directory)
    return Bench(directory)
