"""Detection on generated worlds: each is replayed with `fireline replay` and scored with the replay's own scorer."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.replay_worlds import PROJECT
from tests.worlds.model import Options
from tests.worlds.world import make

SCORER = PROJECT.parent / "shared" / "replay" / "score.py"
CLEAN: frozenset[str] = frozenset()
WORLDS = (
    ("hard", Options(902, hard=True)),
    ("clean", Options(903, faults=CLEAN)),
    ("hard, other texts", Options(904, hard=True, texts="b")),
    ("hard, no texts", Options(904, hard=True, texts="blank")),
    ("normal", Options(901)),
    ("clean, hard", Options(905, hard=True, faults=CLEAN)),
    ("normal, third texts", Options(906, texts="c")),
    ("hard again", Options(907, hard=True)),
)
"""Seeds on which nothing was tuned. The third and the fourth are one world in other words."""


@dataclass(frozen=True)
class WorldScore:
    """`seconds`: of the whole command, loading included; `figures`: what the scorer says, empty without a scorer."""

    name: str
    seconds: float
    figures: dict[str, Any]

    @property
    def clean(self) -> bool:
        return self.figures.get("incidents") == 0


def measure(worlds: int) -> Iterator[WorldScore]:
    """The first so many of the worlds, one after the other."""
    for name, options in WORLDS[:worlds]:
        with TemporaryDirectory(prefix="fireline-world-") as made:
            folder = Path(made) / "world"
            make(folder, options)
            yield replayed(name, folder)


def replayed(name: str, folder: Path) -> WorldScore:
    told = folder.with_name("told.jsonl")
    began = time.perf_counter()
    _run([str(Path(sys.executable).with_name("fireline")), "replay", "--data", str(folder), "--out", str(told)])
    seconds = time.perf_counter() - began
    scored = _run([sys.executable, str(SCORER), str(folder), str(told), "--json"]) if SCORER.exists() else "{}"
    return WorldScore(name, seconds, json.loads(scored))


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, f"{' '.join(command)} failed: {done.stderr}"
    return done.stdout
