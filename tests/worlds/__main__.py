"""`python -m tests.worlds OUT_DIR --seed N`: write a labelled world."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.worlds.broken import WAYS, damage
from tests.worlds.incidents import PLANS
from tests.worlds.model import Options
from tests.worlds.texts import WORDINGS
from tests.worlds.world import make


def main() -> None:
    """Parse the command line and write the world."""
    parser = argparse.ArgumentParser(prog="python -m tests.worlds", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to write the world to")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--volume", type=float, default=0.25, help="share of the platform's polls")
    parser.add_argument("--hard", action="store_true", help="magnitudes near the edge, overlaps, more look-alikes")
    parser.add_argument("--texts", choices=sorted(WORDINGS), default="a")
    parser.add_argument("--faults", nargs="+", default=["all"], choices=["all", "none", *PLANS], metavar="KIND")
    parser.add_argument("--broken", nargs="+", default=[], choices=sorted(WAYS), metavar="WAY")
    given = parser.parse_args()
    faults = None if "all" in given.faults else frozenset(given.faults) - {"none"}
    options = Options(given.seed, given.days, given.volume, given.hard, given.texts, faults)
    found = make(given.out, options)
    for way in given.broken:
        damage(given.out, way, given.seed)
    incidents, silent = found["incidents"], found["silent"]
    assert isinstance(incidents, list)
    assert isinstance(silent, list)
    print(f"{given.out}: {found['runs']} runs, {len(incidents)} incidents, {len(silent)} silent windows")


if __name__ == "__main__":
    main()
