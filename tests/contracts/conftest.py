"""The servers that contract suites talk to, each started once and only when a test asks for it."""

from collections.abc import Iterator

import pytest

from tests.contracts.bqemulator import emulator
from tests.contracts.postgres import postgres


@pytest.fixture(scope="session")
def bigquery_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a BigQuery emulator. It asks DuckDB by one connection from several threads, without a lock where
    it reads: of two requests at once one may get the rows of the other, which its client takes for too short.
    """
    with emulator.running(tmp_path_factory.mktemp("bqemulator") / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    """Where a PostgreSQL listens."""
    with postgres() as folder:
        yield folder
