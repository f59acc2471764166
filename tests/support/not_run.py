"""What a machine lacks is named as not run, with how to install it; on CI (CI=true) it is a failure."""

import os
from typing import NoReturn

import pytest


def need(what: str, how_to_install: str) -> NoReturn:
    """Call where something is missing: ends the test, as failed on CI and as skipped with a text elsewhere."""
    text = f"not run, for want of {what}. To run it: {how_to_install}"
    if os.environ.get("CI") == "true":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
