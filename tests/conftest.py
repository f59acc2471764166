"""What every test shares: no settings from the developer's environment, and the same examples in every run."""

import os

from hypothesis import settings

for name in [name for name in os.environ if name.startswith("FIRELINE_")]:
    del os.environ[name]

settings.register_profile("same examples in every run", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("same examples in every run")
