"""The servers that the pit's processes share; `make pit` runs it, `make test` does not: it takes minutes."""

from tests.contracts.conftest import bigquery_endpoint as bigquery_endpoint
from tests.contracts.conftest import postgres_folder as postgres_folder
