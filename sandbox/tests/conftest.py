"""What every test shares (`tests/support/session.py`)."""

from tests.support.session import pytest_collection_finish as pytest_collection_finish
from tests.support.session import pytest_sessionfinish as pytest_sessionfinish
