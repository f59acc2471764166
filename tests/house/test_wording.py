"""Code and documents name no package registry's host and no path of the machine they were written on."""

import re
from pathlib import Path

import pytest

from tests.house.project import ROOT, named, tracked

HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs\.|deb\.debian\.org")
MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users|opt)/[\w.]")
BRIEFING = re.compile(r"\bshared/(?:replay|hooks|[A-Z]+\.md)|\.\./shared\b|\bslack_rules\.md\b")
THIS = Path(__file__).resolve()
MAY_READ_THE_BRIEFING = ("tests/", "sandbox/tests/", "benchmarks/")


def texts() -> list[Path]:
    """Pictures have no words; error texts in golden files and this file have to have these."""
    golden = ROOT / "tests" / "golden"
    return [
        path
        for path in tracked()
        if path.suffix not in (".png", ".ttf") and path != THIS and golden not in path.parents
    ]


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    hits = ((path, number, line) for path in paths for number, line in enumerate(path.read_text().splitlines(), 1))
    return [f"{named(path)}:{number}: {line.strip()[:80]}" for path, number, line in hits if pattern.search(line)]


@pytest.mark.parametrize("pattern", [HOSTS, MACHINE], ids=["hosts", "machine"])
def test_no_text_names_where_it_was_written(pattern: re.Pattern[str]) -> None:
    assert not found(pattern, texts())


def test_only_tests_and_benchmarks_know_the_recorded_worlds() -> None:
    assert not found(BRIEFING, [path for path in texts() if not named(path).startswith(MAY_READ_THE_BRIEFING)])
