"""The layers of docs/adr/0001, as far as `.importlinter` cannot say them."""

import configparser
import re

import grimp
import pytest

from tests.house.project import PACKAGES, ROOT, imported, module_name, named, sources

CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter")
LAYERS = {*re.findall(r"[\w.]+", CONTRACTS["importlinter:contract:layers"]["layers"]), "sandbox"}
PURE = ("bot.domain", "bot.ports", "bot.services", "bot.views")
NO_NAME = re.compile(r"\b(utils?|helpers?|common|misc|shared|stuff|base)\b")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("bot", "handlers", "sandbox", cache_dir=None)


def test_the_product_is_three_packages() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests", "benchmarks"} == set(PACKAGES)


def has_a_layer(module: str) -> bool:
    return module in (*PACKAGES, "bot.slack") or any(f"{module}.".startswith(f"{layer}.") for layer in LAYERS)


def test_every_module_has_a_layer() -> None:
    """A new part of the product takes its place in `.importlinter` first."""
    assert [module for module in map(module_name, sources()) if not has_a_layer(module)] == []


def test_the_vendor_contract_covers_every_pure_layer() -> None:
    there = {name for name in PURE if (ROOT / name.replace(".", "/")).exists()}
    covered = set(CONTRACTS["importlinter:contract:vendors"]["source_modules"].split())
    assert covered == there


def test_only_the_demo_and_tests_use_the_sandbox(graph: grimp.ImportGraph) -> None:
    """It stands in for Slack and the pipeline. The contracts keep the rest of the product away from it."""
    inside = {name for name in graph.modules if f"{name}.".startswith("sandbox.")}
    users = {found for name in inside for found in graph.find_modules_that_directly_import(name)} - inside
    assert users
    assert not {name for name in users if not name.startswith("bot.cli.demo")}


def test_nothing_in_the_product_imports_its_tests() -> None:
    found = [f"{named(path)}:{line}" for path in sources() for line, name in imported(path) if name.startswith("tests")]
    assert not found


def test_files_and_functions_are_named_for_what_they_do() -> None:
    assert not [named(path) for path in sources() if NO_NAME.search(path.stem.replace("_", " "))]
