"""Runs inside `.venv-bqemulator`: bqemulator without DuckDB's spatial extension, which it would download at start, and
with each text parsed once: it parses every query some eighteen times, which is most of what a query costs there. The
trees are thousands of small objects that die at once: garbage is looked for rarely.
"""

import gc
import sys
from functools import lru_cache
from typing import Any

from bqemulator.cli import main
from bqemulator.storage.engine import DuckDBEngine
from sqlglot.dialects.dialect import Dialect

_parse = Dialect.parse


def _no_spatial(_engine: DuckDBEngine) -> None:
    """No query of ours is geographic."""


@lru_cache(maxsize=64)
def _parsed(dialect: Dialect, sql: str, options: tuple[tuple[str, Any], ...]) -> list[Any]:
    return _parse(dialect, sql, **dict(options))


def _parsed_once(self: Dialect, sql: str, **options: Any) -> list[Any]:
    """Trees of the caller's own, who changes them."""
    return [tree and tree.copy() for tree in _parsed(self, sql, tuple(options.items()))]


if __name__ == "__main__":
    DuckDBEngine._load_spatial = _no_spatial
    Dialect.parse = _parsed_once  # type: ignore[method-assign]
    gc.freeze()
    gc.set_threshold(50_000)
    main(["start", *sys.argv[1:]])
