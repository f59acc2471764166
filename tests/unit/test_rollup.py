"""Sketches: quantiles within 1 % of the true nearest-rank value, whatever the values and however merged."""

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.health.sketch import GAMMA, RELATIVE_ERROR, SMALLEST, ZERO_BUCKET, Sketch, value_of
from bot.domain.statistics import nearest_rank

VALUES = st.floats(0, 1e9, allow_nan=False)
QUANTILES = (0.0, 0.5, 0.95, 0.99, 1.0)


def bucket_of(value: float) -> int:
    """The bucket of a value >= 0, as the queries count it."""
    return ZERO_BUCKET if value <= SMALLEST else math.ceil(math.log(value) / math.log(GAMMA))


def sketch(values: list[float]) -> Sketch:
    counted = sorted(Counter(map(bucket_of, values)).items())
    return Sketch([bucket for bucket, _ in counted], [count for _, count in counted])


def close(found: float, true: float) -> bool:
    return abs(found - true) <= max(RELATIVE_ERROR * true * (1 + 1e-9), SMALLEST)


@given(VALUES)
def test_a_bucket_represents_its_values(value: float) -> None:
    assert close(value_of(bucket_of(value)), value)


@given(st.integers(-600, 2000))
def test_the_edges_of_a_bucket(bucket: int) -> None:
    middle = value_of(bucket)
    assert bucket_of(middle) == bucket
    assert bucket_of(middle * (1 + 3 * RELATIVE_ERROR)) > bucket
    assert bucket_of(middle * (1 - 3 * RELATIVE_ERROR)) < bucket


@given(st.lists(VALUES, min_size=1, max_size=300))
def test_quantiles_are_within_one_percent_of_the_nearest_rank_value(values: list[float]) -> None:
    ordered = sorted(values)
    for quantile, found in zip(QUANTILES, sketch(values).quantiles(QUANTILES), strict=True):
        assert close(found, ordered[nearest_rank(quantile, len(ordered))])


@given(st.lists(st.lists(VALUES, min_size=1, max_size=30), min_size=1, max_size=8))
def test_merging_pieces_is_sketching_the_whole(pieces: list[list[float]]) -> None:
    assert Sketch.merged(map(sketch, pieces)) == sketch([value for piece in pieces for value in piece])


def test_nothing_falls_between_zero_and_the_smallest_bucket() -> None:
    assert bucket_of(0.0) == bucket_of(SMALLEST) == ZERO_BUCKET
    assert bucket_of(math.nextafter(SMALLEST, 1)) > ZERO_BUCKET
    assert value_of(ZERO_BUCKET) == 0.0
