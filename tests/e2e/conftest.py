"""One browser for all tests of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import Windows, chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed with the last test here: Playwright keeps an event loop running in this thread, where the tests after it
    run loops of their own.
    """
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    return Windows(browser)
