"""What every test shares: no settings from the developer's environment, the same examples in every run, an order."""

import atexit
import gc
import os
import sys
from functools import cache

import pytest
import typer.main
import typer.testing
from hypothesis import settings

from bot.adapters.state import migrate as migrating
from tests.support.migrated_state import upgrade

for name in [name for name in os.environ if name.startswith("FIRELINE_") and name != "FIRELINE_UPDATE_GOLDEN"]:
    del os.environ[name]

settings.register_profile("same examples in every run", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("same examples in every run")

vars(typer.testing)["_get_command"] = cache(typer.main.get_command)
"""The runner of the tests would build the whole tree of commands anew for each command that it runs."""

vars(migrating)["upgrade"] = upgrade
"""A new SQLite file takes half a second to migrate, and each command of the tests in a folder of its own makes one."""

LONGEST = (
    "tests/e2e/test_demo.py",
    "tests/contracts/test_warehouse.py",
    "tests/house/test_documents.py",
    "tests/contracts/test_sources.py",
    "tests/scenarios/test_live_incident.py",
    "tests/scenarios/test_blind_sources.py",
    "tests/contracts/test_running_troubles.py",
    "sandbox/tests/page/test_messages.py",
    "sandbox/tests/page/test_panel.py",
    "sandbox/tests/page/test_places.py",
)
"""Files of 20 s and more come first: begun last, one would keep a process at work while the other is done."""
ENDED: list[pytest.Session] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))


def pytest_collection_finish() -> None:
    """Thousands of collected tests, and all modules, stay to the end: no collection of garbage looks at them again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    ENDED.append(session)


@atexit.register
def end_with_the_closing_line() -> None:
    """Leave without taking the interpreter apart. Beyond its end, something in the tests still refers to DuckDB, whose
    binding would complain of that at length below pytest's last line.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if ENDED:
        os._exit(ENDED[-1].exitstatus)
