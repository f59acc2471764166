"""How sure and how large a drift of durations has to be before it is a line in the digest."""

from datetime import UTC, datetime, timedelta
from math import log

import pytest

from bot.domain.detection.pace import degraded, drifting

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOISE = (0.25, -0.25, 0.05, -0.15, 0.15, -0.05)
"""Of the logarithm, over and over: as much as durations spread."""


def took(a_day: int, factor: float, days: int = 8) -> list[tuple[datetime, float]]:
    """So many runs a day for 38 days; those of the last `days` take so many times as long."""
    starts = [NOW - timedelta(days=38) + n * timedelta(days=1) / a_day for n in range(38 * a_day)]
    slow_from = NOW - timedelta(days=days)
    return [
        (start, log(90) + NOISE[n % len(NOISE)] + (log(factor) if start >= slow_from else 0))
        for n, start in enumerate(starts)
    ]


@pytest.mark.parametrize(
    ("a_day", "factor", "told"),
    [
        (1, 1.0, False),
        (1, 1.2, False),
        (1, 1.5, True),
        (3, 1.22, False),
        (3, 1.3, True),
        (24, 1.22, False),
        (24, 1.3, True),
    ],
)
def test_a_drift_is_reported_when_it_is_sure_and_worth_a_line(a_day: int, factor: float, told: bool) -> None:
    """Twenty-four runs a day make 1.22 times the usual certain, and it is no more than that."""
    found = drifting("Box", took(a_day, factor), NOW)
    assert (found is not None) == told


def test_what_has_stopped_running_drifts_no_more() -> None:
    assert drifting("Box", took(3, 1.5), NOW + timedelta(days=3)) is None


def two_speeds(*last: float, spell: int = 0) -> list[tuple[datetime, float]]:
    """Hourly runs for 20 days, three in ten four times as long, no two of them in a row; then the `last`. `spell`: so
    many long ones in a row instead.
    """
    slow = [n % 10 in (0, 3, 6) for n in range(480)] if not spell else [200 <= n < 200 + spell for n in range(480)]
    took = [(4.0 if each else 1.0) * 1.1 ** (n % 3 - 1) for n, each in enumerate(slow)] + [*last]
    return [(NOW - timedelta(hours=len(took) - n), log(60 * each)) for n, each in enumerate(took)]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (two_speeds(4, 4, 3.8), False),
        (two_speeds(7, 7), True),
        (two_speeds(4, 4, spell=8), True),
        (two_speeds(*[4] * 9), True),
    ],
)
def test_a_job_of_two_speeds_is_slow_when_it_is_so_more_often_than_by_chance(
    known: list[tuple[datetime, float]], told: bool
) -> None:
    """One spell of slow runs weeks ago is no second speed."""
    assert (degraded("Box", known, NOW) is not None) == told
