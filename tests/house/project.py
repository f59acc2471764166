"""The project as files: its modules, what is tracked, what is text. Shared by the house tests."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "handlers", "sandbox")


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """The Python files of the given folders, or of the whole product."""
    found = (path for folder in folders or PACKAGES for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if folders or "tests" not in path.relative_to(ROOT).parts))


def named(path: Path) -> str:
    """A path as people write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git tracks, and new ones that it does not ignore; without a checkout, all but what make makes."""
    listed = _listed_by_git()
    names = _found() if listed is None else sorted(set(listed))
    return tuple(path for name in names if (path := ROOT / name).is_file())


def _listed_by_git() -> list[str] | None:
    if shutil.which("git") is None:
        return None
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    return None if done.returncode else [name for name in done.stdout.split("\0") if name]


def _found() -> list[str]:
    patterns = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line]
    return [
        named(path)
        for path in sorted(ROOT.rglob("*"))
        if not any(fnmatch(part, pattern) for part in path.relative_to(ROOT).parts for pattern in [*patterns, ".git"])
    ]
