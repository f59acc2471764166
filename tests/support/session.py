"""What every test shares: no settings from the developer's environment, and the same examples in every run."""

import atexit
import os
import sys

import pytest
from hypothesis import settings

for name in [name for name in os.environ if name.startswith("FIRELINE_") and name != "FIRELINE_UPDATE_GOLDEN"]:
    del os.environ[name]

settings.register_profile("same examples in every run", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("same examples in every run")

ENDED: list[pytest.Session] = []


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
