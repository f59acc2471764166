"""One person's flood: a burst is served, then a pace, and the person is told once."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.allowance import BURST, MOST_PEOPLE, PER_S, SAY_AGAIN_S, Allowance, Taken


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_fifteen_hundred_at_once_are_fifteen_and_one_answer() -> None:
    allowance = Allowance(Clock())
    taken = Counter(allowance.take("U1") for _ in range(1_500))
    assert taken == {Taken.SERVED: BURST, Taken.TOO_MANY: 1, Taken.TOO_MANY_STILL: 1_500 - BURST - 1}


def test_others_are_served_meanwhile() -> None:
    allowance = Allowance(Clock())
    for _ in range(1_500):
        allowance.take("U1")
    assert allowance.take("U2") is Taken.SERVED


def test_who_waits_is_served_again_and_a_flood_that_goes_on_is_answered_once_a_minute() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    for _ in range(BURST + 1):
        allowance.take("U1")
    clock.now = 1 / PER_S
    assert allowance.take("U1") is Taken.SERVED
    assert allowance.take("U1") is Taken.TOO_MANY_STILL
    clock.now += SAY_AGAIN_S
    answers = [allowance.take("U1") for _ in range(100)]
    assert answers.count(Taken.TOO_MANY) == 1


def test_memory_is_bounded() -> None:
    allowance = Allowance(Clock())
    for number in range(3 * MOST_PEOPLE):
        allowance.take(f"U{number}")
    assert len(allowance._buckets) == MOST_PEOPLE


@given(st.lists(st.floats(0, 30), max_size=200))
def test_however_it_is_spread_no_more_is_served_than_burst_and_pace(pauses: list[float]) -> None:
    clock = Clock()
    allowance = Allowance(clock)
    served = 0
    for pause in pauses:
        clock.now += pause
        served += allowance.take("U1") is Taken.SERVED
    assert served <= BURST + clock.now * PER_S + 1e-6
