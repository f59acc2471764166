"""A workspace in a background thread, one for all tests that only ask it questions."""

from collections.abc import Iterator

import pytest

from .live import Live, started


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    with started() as running:
        yield running
