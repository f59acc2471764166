"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.counts import plural
from bot.views import numbers


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (None, "-"),
        (0, "0.0%"),
        (1, "100.0%"),
        (0.775, "77.5%"),
        (0.9996, ">99.9%"),
        (0.9994, "99.9%"),
        (1 / 3, "33.3%"),
    ],
)
def test_share(rate: float | None, shown: str) -> None:
    assert numbers.share(rate) == shown


@given(st.floats(0, 1, exclude_max=True))
def test_a_failure_is_never_rounded_away(rate: float) -> None:
    assert numbers.share(rate) != "100.0%"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), (0, "0.0s"), (0.04, "0.0s"), (119.94, "119.9s"), (120, "2.0m"), (7199, "120.0m"), (7200, "2.0h"),
     (3.6e7, "10,000.0h")],
)  # fmt: skip
def test_seconds(value: float | None, shown: str) -> None:
    assert numbers.seconds(value) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (999, "999"), (1_000, "1K"), (1_004, "1K"), (12_731, "12.7K"), (270_000, "270K"), (999_499, "999K"),
     (999_500, "1M"), (1_000_000, "1M"), (1_500_000_000, "1.5G"), (5 * 10**12, "5000G")],
)  # fmt: skip
def test_compact(count: int, shown: str) -> None:
    assert numbers.compact(count) == shown


@given(st.integers(0, 10**15))
def test_compact_is_short_and_near(count: int) -> None:
    shown = numbers.compact(count)
    scale = {"K": 1e3, "M": 1e6, "G": 1e9}.get(shown[-1], 1)
    assert "e" not in shown
    assert float(shown.rstrip("KMG")) * scale == pytest.approx(count, rel=0.006)


def test_plural() -> None:
    assert [plural(n, "day") for n in (0, 1, 2, 1_000)] == ["0 days", "1 day", "2 days", "1,000 days"]
