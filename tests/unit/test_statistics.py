"""Quantiles by nearest rank, and how sure a share is."""

import math
from fractions import Fraction
from random import Random

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.statistics import (
    ONE_SIDED_95,
    TWO_SIDED_95,
    nearest_rank,
    quantile_margin,
    wilson_interval,
    wilson_lower,
)


@pytest.mark.parametrize(
    ("quantile", "count", "rank"),
    [(0.5, 1, 0), (0.5, 2, 0), (0.5, 3, 1), (0.5, 4, 1), (0.95, 20, 18), (0.95, 21, 19), (0.99, 100, 98), (1.0, 5, 4)],
)
def test_the_nearest_rank(quantile: float, count: int, rank: int) -> None:
    assert nearest_rank(quantile, count) == rank


@given(st.integers(0, 100), st.integers(1, 100_000))
def test_it_is_the_smallest_value_with_at_least_that_share(percent: int, count: int) -> None:
    rank = nearest_rank(percent / 100, count)
    assert 0 <= rank < count
    assert Fraction(rank + 1, count) >= Fraction(percent, 100)
    assert rank == 0 or Fraction(rank, count) < Fraction(percent, 100)


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 40, 99, 100, 101, 200])
def test_a_database_gives_the_same_value(count: int) -> None:
    """SQL's PERCENTILE_DISC; DuckDB calls it quantile_disc."""
    asked = "SELECT quantile_disc(value, [0.5, 0.95, 0.99]) FROM range(?) AS t(value)"
    ((found,),) = duckdb.execute(asked, [count]).fetchall()
    assert found == [nearest_rank(quantile, count) for quantile in (0.5, 0.95, 0.99)]


@given(st.integers(0, 500), st.integers(0, 500), st.sampled_from([ONE_SIDED_95, TWO_SIDED_95]))
def test_the_bound_lies_below_the_share_and_nears_it_with_more_trials(hits: int, misses: int, z: float) -> None:
    trials = hits + misses
    bound = wilson_lower(hits, trials, z)
    assert 0 <= bound <= (hits / trials if trials else 0)
    if hits and misses:
        assert wilson_lower(hits * 100, trials * 100, z) >= bound


def test_the_interval_as_published() -> None:
    """Newcombe 1998, table I: 81 of 263 has the 95 % interval 0.2553 to 0.3662."""
    low, high = wilson_interval(81 / 263, 263, TWO_SIDED_95)
    assert math.isclose(low, 0.2553, abs_tol=5e-5)
    assert math.isclose(high, 0.3662, abs_tol=5e-5)


def test_nothing_is_known_without_trials() -> None:
    assert wilson_interval(0.0, 0, TWO_SIDED_95) == (0.0, 1.0)


def test_the_margin_of_a_quantile_covers_it_in_most_samples() -> None:
    """Of exponential values the 99th percentile is ln 100: of 100 values the nearest rank mostly lies below it."""
    chance, covered, alone = Random(7), 0, 0
    for _ in range(400):
        ordered = sorted(chance.expovariate(1) for _ in range(100))
        rank = ordered[nearest_rank(0.99, 100)]
        alone += rank >= math.log(100)
        covered += rank + quantile_margin(ordered, 0.99, 0.9, ONE_SIDED_95) >= math.log(100)
    assert covered > 0.8 * 400 > 0.4 * 400 > alone


def test_values_that_are_all_alike_leave_no_margin() -> None:
    assert quantile_margin([600.0] * 50, 0.99, 0.9, ONE_SIDED_95) == 0.0
