"""The clock of the simulated world: as fast as told, without a jump, never back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import FASTEST, SimulatedClock

START = datetime(2026, 1, 14, 17, tzinfo=UTC)


class Monotonic:
    def __init__(self) -> None:
        self.at = 500.0

    def __call__(self) -> float:
        return self.at


def test_it_goes_as_fast_as_reported() -> None:
    real = Monotonic()
    clock = SimulatedClock(START, 60, real)
    assert clock.now() == START
    real.at += 2
    assert clock.now() == START + timedelta(minutes=2)
    assert clock.now().tzinfo is UTC


def test_a_limit_is_not_passed_and_what_was_stood_still_for_is_gone() -> None:
    real = Monotonic()
    clock = SimulatedClock(START, 60, real)
    clock.stop_at(START + timedelta(minutes=4))
    real.at += 10
    assert clock.now() == START + timedelta(minutes=4)
    clock.stop_at(START + timedelta(minutes=9))
    real.at += 1
    assert clock.now() == START + timedelta(minutes=5)
    clock.stop_at(START)
    assert clock.now() == START + timedelta(minutes=5), "never back"
    clock.stop_at(None)
    real.at += 60
    assert clock.now() == START + timedelta(minutes=65)


def test_a_change_of_speed_is_no_jump() -> None:
    real = Monotonic()
    clock = SimulatedClock(START, monotonic=real)
    real.at += 10
    clock.speed = 100
    assert (clock.now(), clock.speed) == (START + timedelta(seconds=10), 100)
    real.at += 1
    assert clock.now() == START + timedelta(seconds=110)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, FASTEST)), max_size=20))
def test_it_never_goes_back(steps: list[tuple[float, float]]) -> None:
    real = Monotonic()
    clock, last = SimulatedClock(START, monotonic=real), START
    for passed, speed in steps:
        real.at += passed
        assert clock.now() >= last
        last = clock.now()
        clock.speed = speed
        assert clock.now() == last


@pytest.mark.parametrize("speed", [0, -1, FASTEST + 1, float("nan"), float("inf")])
def test_speeds_that_make_no_sense(speed: float) -> None:
    clock = SimulatedClock(START)
    with pytest.raises(ValueError, match="makes no sense; give one up to 3600"):
        clock.speed = speed
    assert clock.speed == 1
    with pytest.raises(ValueError, match="makes no sense"):
        SimulatedClock(START, speed)
