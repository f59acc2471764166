"""`python -m tests.platforms OUT_DIR --platform shop --seed N`: write a labelled world."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.platforms.fleets import TABLES
from tests.platforms.model import Options
from tests.platforms.world import make


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.platforms", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--platform", choices=sorted(TABLES), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--without", nargs="+", default=[], help="columns of runs, table_loads, raw_files")
    parser.add_argument("--blank", action="store_true", help="no error texts, no categories")
    parser.add_argument("--clean", action="store_true", help="look-alikes only")
    given = parser.parse_args()
    options = Options(given.platform, given.seed, given.days, tuple(given.without), given.blank, given.clean)
    print(f"{given.out}: {make(given.out, options)['runs']} runs")


if __name__ == "__main__":
    main()
