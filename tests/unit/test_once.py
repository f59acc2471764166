"""Keys count once within their time; memory stays bounded."""

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.once import Once


class Ticking:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_within_its_time_a_key_counts_once() -> None:
    clock = Ticking()
    once = Once(600, 10, clock)
    assert once.first("a")
    clock.at += 599
    assert not once.first("a")
    assert once.first("b")
    clock.at += 1
    assert once.first("a")
    assert len(once) == 2


def test_what_had_no_effect_counts_again() -> None:
    once = Once(600, 10, Ticking())
    once.forget("a")
    assert once.first("a")
    once.forget("a")
    assert once.first("a")
    assert not once.first("a")


def test_a_flood_forgets_the_oldest_only() -> None:
    once = Once(600, 100, Ticking())
    assert all(once.first(str(n)) for n in range(5_000))
    assert len(once) == 100
    assert not any(once.first(str(n)) for n in range(4_900, 5_000))
    assert once.first("0")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 20))))
def test_as_a_list_of_times_would_say(steps: list[tuple[str, float]]) -> None:
    clock = Ticking()
    once, last = Once(10, 100, clock), dict[str, float]()
    for key, passed in steps:
        clock.at += passed
        fresh = key not in last or last[key] <= clock.at - 10
        assert once.first(key) is fresh
        if fresh:
            last[key] = clock.at
