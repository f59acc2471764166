"""Each recorded world is loaded once for all these tests."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.independent.commands import fireline
from tests.independent.evidence import TextRules
from tests.independent.world import World, read_world
from tests.support.replay_worlds import WORLDS


@pytest.fixture(scope="session")
def rules() -> TextRules:
    return TextRules()


@pytest.fixture(scope="session")
def read() -> Callable[[str], World]:
    """The world of that name, read independently."""
    return cache(lambda name: read_world(_directory(name)))


@pytest.fixture(scope="session")
def home_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A home into which the world of that name was loaded by the command."""

    @cache
    def loaded(name: str) -> Path:
        home = tmp_path_factory.mktemp(name)
        result = fireline("load", str(_directory(name)), home=home)
        assert result.exit_code == 0, result.output
        return home

    return loaded


def _directory(name: str) -> Path:
    found = next((path for path in WORLDS if path.name == name), None)
    return found or pytest.skip(f"not run: there is no recorded world {name} beside the project")
