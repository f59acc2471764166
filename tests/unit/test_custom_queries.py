"""Queries of a team's own: what is said of those that cannot be run. What they give is in the warehouses' contract."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from bot.adapters.warehouse.custom_query import MOST_ROWS, day_values, refuse_above
from bot.domain.errors import BadInput
from bot.domain.reports.named_objectives import DayValues
from bot.domain.slo import CustomQuery
from bot.ports.warehouse import Warehouse
from tests.contracts.answers import CUSTOM, EVER
from tests.support import builders

WRONG = {
    "no column": "its query names column hit, which is not there",
    "no table": "its query names table graded, which is not there",
    "other columns": "its query gives other columns: select day, good, total, the first a DATE",
    "no SELECT": "its query is not one SELECT",
    "two": "its query is not one SELECT",
    "a file": "its query reads `/etc/passwd`, which is no table",
    "a function": "its query reads read_text('/etc/passwd'), which is no table",
    "no such parameter": "its query binds @x: only @since and @until are given",
}
ENDLESS = "SELECT DATE '2026-01-01' AS day, COUNT(*) AS good, 1 AS total FROM {}"


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with closing(builders.warehouse()) as opened:
        yield opened


def said(warehouse: Warehouse, query: CustomQuery) -> str:
    try:
        warehouse.explain(query, *EVER)
        day_values(query, [(date(2026, 1, 1),)])
    except BadInput as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_it_in_one_line(warehouse: Warehouse, name: str) -> None:
    assert said(warehouse, CUSTOM[name]) == WRONG[name]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT day, good, total FROM `my-project.nba.graded`", "table graded"),
        ("SELECT day, good, total FROM nba.graded", "table graded"),
        ("SELECT t.hit AS day, 1 AS good, 1 AS total FROM daily_counts AS t", "column hit"),
    ],
)
def test_a_name_that_is_not_there_is_named_as_it_is_written(warehouse: Warehouse, sql: str, why: str) -> None:
    assert said(warehouse, CustomQuery("q", sql)) == f"its query names {why}, which is not there"


def test_every_query_that_cannot_be_run_is_among_them() -> None:
    assert set(CUSTOM) - set(WRONG) == {"good of total", "a value"}


def test_one_that_takes_too_long_is_ended(warehouse: Warehouse) -> None:
    numbers = "UNNEST(GENERATE_ARRAY(1, 100000))"
    slow = CustomQuery("slow", ENDLESS.format(f"{numbers} AS a, {numbers} AS b, {numbers} AS c"), timeout_s=0.05)
    with pytest.raises(BadInput, match=r"its query took longer than 0\.05 s"):
        warehouse.day_values(slow, *EVER)


def test_more_bytes_than_it_may_read_are_refused() -> None:
    with pytest.raises(BadInput, match=r"would read 2,000 bytes, more than `max_bytes` \(1,000\)"):
        refuse_above(CustomQuery("big", "SELECT 1", max_bytes=1_000), 2_000)


def test_rows_of_another_shape_are_refused() -> None:
    query, day = CUSTOM["good of total"], date(2026, 1, 1)
    assert day_values(query, [(day, 3, None)]) == [DayValues(day, 3.0, None)]
    with pytest.raises(BadInput, match="gives 'many' where a number is wanted"):
        day_values(query, [(day, "many", 1)])
    with pytest.raises(BadInput, match="more than 1,000 rows"):
        day_values(query, [(day, 1, 1)] * (MOST_ROWS + 1))
