"""Documents stay true: what they print is what the commands print, and what they point at is there.

After a change of what a command prints: `UPDATE_DOCS=1 make test ARGS='-k documents'`, and read the difference.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config.settings import Settings
from tests.house.console_blocks import LOADED, Command, commands, prepare, run, take
from tests.house.project import ROOT, named

DOCUMENTS = sorted([*ROOT.glob("*.md"), ROOT / "sandbox" / "README.md", *(ROOT / "docs").rglob("*.md")])
WITH_COMMANDS = [path for path in DOCUMENTS if any(commands(path.read_text()))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PLACEHOLDERS = re.compile(r"\b(?:FEATURE|NAME|PROCESSOR)\b")
PATH_NAMED = re.compile(r"`((?:\.ci|benchmarks|bot|config|docs|handlers|runbooks|sandbox|tests)/[\w./-]+)`")
ADR = re.compile(r"\d{4}-[a-z0-9-]+")


@pytest.fixture(scope="module")
def sql_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sql-cache")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, sql_cache: Path) -> Path:
    """A folder in which the example was loaded, once for all documents that begin with it."""
    folder = prepare(tmp_path_factory.mktemp("loaded"), sql_cache)
    assert run(Command(LOADED, ""), folder) == ""
    return folder


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=named)
def test_commands_print_what_the_document_says(path: Path, tmp_path: Path, sql_cache: Path, loaded: Path) -> None:
    text, folder = path.read_text(), prepare(tmp_path, sql_cache)
    differing, at = [], 0
    for command in commands(text):
        at = text.index(command.text, at)
        if command.line == LOADED:
            take(loaded, folder)
            continue
        output = run(command, folder)
        if not command.matches(output):
            differing.append(replace(command, printed=output).text)
            text = text[:at] + differing[-1] + text[at + len(command.text) :]
        at += 1
    if differing and os.environ.get("UPDATE_DOCS"):
        path.write_text(text)
    assert not differing, f"{named(path)} should say:\n" + "\n".join(differing)


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_and_paths_lead_somewhere(path: Path) -> None:
    text = path.read_text()
    dead = [link for link in LINK.findall(text) if not (path.parent / link).exists()]
    paths = [name for name in PATH_NAMED.findall(text) if not PLACEHOLDERS.search(name)]
    assert dead + [name for name in paths if not (ROOT / name).exists()] == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    mentioned = {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z]+)", path.read_text())}
    assert mentioned <= targets


def test_every_setting_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in Settings.model_fields if f"`FIRELINE_{name.upper()}`" not in operations] == []


def test_decisions_are_numbered_and_shaped_alike() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.stem[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        assert ADR.fullmatch(path.stem), path.name
        headings = re.findall(r"^## (.+)$", path.read_text(), flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
