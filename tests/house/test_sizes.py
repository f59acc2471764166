"""Files and functions stay small (docs/adr/0001): a reader holds one in mind."""

import ast
import statistics
from pathlib import Path

import pytest

from tests.house.project import functions, named, sources

FILE_P90, FILE_MOST = 250, 400
FUNCTION_P90, FUNCTION_MOST = 30, 60
LISTENER_MOST = 15


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def p90(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=10, method="inclusive")[-1]


def function_sizes(*folders: str) -> dict[str, int]:
    """Lines of each function, its decorators not counted."""
    return {
        f"{named(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources(*folders)
        for node in functions(path)
    }


def test_files_are_small() -> None:
    sizes = {named(path): lines(path) for path in sources() if lines(path)}
    assert {name: size for name, size in sizes.items() if size > FILE_MOST} == {}
    assert p90(list(sizes.values())) <= FILE_P90


def test_functions_are_small() -> None:
    sizes = function_sizes()
    assert {name: size for name, size in sizes.items() if size > FUNCTION_MOST} == {}
    assert p90(list(sizes.values())) <= FUNCTION_P90


def listeners() -> dict[str, int]:
    """Lines of each listener: a function within a handler's `register`."""
    return {
        f"{named(path)}:{inner.lineno} {inner.name}": (inner.end_lineno or inner.lineno) - inner.lineno + 1
        for path in sources("handlers")
        for outer in functions(path)
        if outer.name == "register"
        for inner in ast.walk(outer)
        if isinstance(inner, ast.AsyncFunctionDef)
    }


def test_listeners_are_small() -> None:
    assert listeners()
    assert {name: size for name, size in listeners().items() if size > LISTENER_MOST} == {}


@pytest.mark.parametrize("folder", ["tests", "sandbox/tests", "benchmarks"])
def test_no_test_or_benchmark_is_a_large_file_either(folder: str) -> None:
    """Tables of cases may be as long as the cases are many."""
    code = [path for path in sources(folder) if folder == "benchmarks" or path.name.startswith("test_")]
    assert {named(path): lines(path) for path in code if lines(path) > FILE_MOST} == {}
