"""Where `fireline init` finds a history in a database with schemas."""

import psycopg
import pytest

from bot.domain.errors import BadInput
from bot.first_source import Wish, recognised
from tests.contracts.postgres import new_database

HISTORY = (
    "run_id text, processor_name text, data_date date, started_at timestamptz, status text, updated_at timestamptz"
)
LOADS = "table_name text, data_date date, row_count int, loaded_at timestamptz"


@pytest.fixture
def address(postgres_folder: str) -> str:
    return new_database(postgres_folder)


def made(address: str, **tables: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute('CREATE SCHEMA "Ops"; CREATE SCHEMA other')
        for name, columns in tables.items():
            connection.execute(f"CREATE TABLE {name} ({columns})".encode())


def test_a_history_in_a_schema_of_its_own_is_found_with_what_stands_beside_it(address: str) -> None:
    made(
        address, users="name text", **{'"Ops"."Runs"': HISTORY, '"Ops".table_loads': LOADS, "other.raw_files": "a int"}
    )
    found = recognised(address, Wish(), "", "")
    assert found.fields["query"] == 'SELECT * FROM "Ops"."Runs"'
    assert [each["query"] for each in found.others] == ['SELECT * FROM "Ops".table_loads']
    assert found.missing == (), "what another schema holds is not of this history"
    assert recognised(address, Wish(table="Ops.Runs"), "", "").fields == found.fields


def test_a_history_in_the_usual_schema_comes_first_and_a_wrong_name_lists_all(address: str) -> None:
    made(address, **{'"Runs"': HISTORY, '"Ops".runs': HISTORY})
    assert recognised(address, Wish(), "", "").fields["query"] == 'SELECT * FROM "Runs"'
    with pytest.raises(BadInput, match=r"There is no table 'runs'. There are Ops.runs, Runs."):
        recognised(address, Wish(table="runs"), "", "")


def test_an_empty_database_has_none(address: str) -> None:
    with pytest.raises(BadInput, match=r"No table has the columns of a run history\. Say what each is called"):
        recognised(address, Wish(), "", "")
