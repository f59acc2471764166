"""Decisions are pure: no clock, no input or output below the edges; time comes in as an argument."""

import ast
from pathlib import Path

from tests.house.project import imported, named, sources, tree

CLOCK_EDGES = {"bot/cli/context.py", "bot/adapters/clock.py", "bot/recorder/clock.py"}
"""The only files of Fireline that may ask what time it is; the sandbox is the outside world."""
OUTSIDE_WORLD = "sandbox/"
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.sleep"),
}
OUTSIDE_MODULES = {
    *("asyncio", "glob", "io", "logging", "multiprocessing", "os", "random", "secrets", "shutil", "socket", "sqlite3"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib", "http", "warnings", "concurrent", "pathlib"),
}
OUTSIDE_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the expression datetime.now; the last two names of a longer one; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return ".".join(filter(None, [dotted(node.value).rpartition(".")[2], node.attr]))
    return ""


def clocks(path: Path) -> list[str]:
    """Where a file names a clock, whether it reads it or hands it on."""
    nodes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    return [f"{named(path)}:{node.lineno}: {dotted(node)}" for node in nodes if dotted(node) in CLOCKS]


def calls(path: Path) -> list[str]:
    """Where a file calls a built-in function that reaches outside."""
    nodes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [f"{named(path)}:{node.lineno}: {dotted(node.func)}" for node in nodes if dotted(node.func) in OUTSIDE_CALLS]


def test_time_is_an_argument() -> None:
    ours = [path for path in sources() if not named(path).startswith(OUTSIDE_WORLD) and named(path) not in CLOCK_EDGES]
    assert [use for path in ours for use in clocks(path)] == []


def test_the_domain_touches_nothing_outside() -> None:
    assert [use for path in sources("bot/domain") for use in calls(path)] == []


def test_the_domain_imports_nothing_that_could() -> None:
    imports = [(named(path), line, name) for path in sources("bot/domain") for line, name in imported(path)]
    assert [found for found in imports if found[2].split(".")[0] in OUTSIDE_MODULES] == []
