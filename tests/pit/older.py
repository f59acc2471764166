"""Processes of an older release: the code of another folder, over the same state and vendors."""

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.pit.engine import Setup
from tests.pit.story import Story

RUN = "import pickle, sys; from tests.pit.engine import run; run(pickle.load(sys.stdin.buffer))"
MIGRATE = """
import sys
from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
migrate(open_engine(sys.argv[1]))
"""


class Older:
    """As a process of multiprocessing, to whoever only asks whether it lives, and ends it."""

    def __init__(self, folder: Path, setup: Setup) -> None:
        story = Story(setup.story.incidents, setup.story.over_s, setup.story.seed)  # without what is known of it by now
        self._process = subprocess.Popen([sys.executable, "-B", "-c", RUN], cwd=folder, stdin=subprocess.PIPE)
        assert self._process.stdin is not None
        pickle.dump(replace(setup, story=story), self._process.stdin)
        self._process.stdin.close()
        self.pid: int | None = self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()

    def join(self) -> None:
        self._process.wait()


def migrate_as(folder: Path, database: str) -> None:
    """To the tables of that release."""
    subprocess.run([sys.executable, "-B", "-c", MIGRATE, database], cwd=folder, check=True)
