"""The README names what the workspace does, all of it and nothing else."""

import re
from pathlib import Path

from sandbox.slack.api import METHODS
from sandbox.slack.blocks import BLOCKS

TEXT = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _row(name: str) -> set[str]:
    [row] = [line for line in TEXT.splitlines() if line.startswith(f"| {name} |")]
    return set(re.findall(r"`([\w.]+)`", row))


def test_methods() -> None:
    assert _row("Web API") == set(METHODS)


def test_blocks() -> None:
    assert _row("blocks") == set(BLOCKS)
