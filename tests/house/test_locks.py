"""What is installed is locked: exact versions with hashes, all that is asked for, each once."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.project import ROOT

LOCKS = sorted(ROOT.glob("requirements*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]+\])?==([^ ;\\]+)", re.IGNORECASE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(lock: Path) -> dict[str, str]:
    return {match[1].lower(): match[2] for line in lock.read_text().splitlines() if (match := PIN.match(line))}


def asked_for(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_entry_is_an_exact_version_with_hashes(lock: Path) -> None:
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(), flags=re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    assert entries
    assert not [entry[:60] for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_host(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    product, development = pins(ROOT / "requirements.txt"), pins(ROOT / "requirements-dev.txt")
    assert asked_for(PROJECT["dependencies"]) <= product.keys()
    assert asked_for(PROJECT["optional-dependencies"]["dev"]) <= development.keys()
    assert {name: development.get(name) for name in product} == product
