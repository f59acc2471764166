"""Runs inside `.venv-bqemulator`: bqemulator without DuckDB's spatial extension, which it would download at start."""

import sys

from bqemulator.cli import main
from bqemulator.storage.engine import DuckDBEngine


def _no_spatial(_engine: DuckDBEngine) -> None:
    """No query of ours is geographic."""


if __name__ == "__main__":
    DuckDBEngine._load_spatial = _no_spatial
    main(["start", *sys.argv[1:]])
