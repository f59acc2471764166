"""What every test shares: no settings from the developer's environment, and the same examples in every run."""

import atexit
import os
import sys
from pathlib import Path

from hypothesis import settings

TESTS = str(Path(__file__).parent) + os.sep

for name in [name for name in os.environ if name.startswith("FIRELINE_")]:
    del os.environ[name]

settings.register_profile("same examples in every run", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("same examples in every run")


@atexit.register
def let_go_of_the_test_modules() -> None:
    """hypothesis keeps strategies, and with them test modules and DuckDB, beyond the end of the interpreter; DuckDB's
    binding would complain of that at length below pytest's last line.
    """
    for module in list(sys.modules.values()):
        if (getattr(module, "__file__", None) or "").startswith(TESTS) and module.__name__ != __name__:
            vars(module).clear()
