"""Answers about days that have passed are kept, and dropped by whatever touches those days."""

from datetime import UTC, datetime, timedelta

from bot.adapters.warehouse.settled import FOREVER, MOST, Settled

DAY = datetime(2026, 1, 15, tzinfo=UTC)


class Asked:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_an_answer_is_asked_for_once() -> None:
    settled, ask = Settled(keeps=True), Asked()
    assert [settled.get("a", DAY, ask) for _ in range(3)] == [1, 1, 1]
    assert settled.get("b", DAY, ask) == 2


def test_nothing_is_kept_where_others_write_too() -> None:
    settled, ask = Settled(keeps=False), Asked()
    assert [settled.get("a", DAY, ask) for _ in range(3)] == [1, 2, 3]


def test_a_change_drops_what_reaches_beyond_it() -> None:
    settled, ask = Settled(keeps=True), Asked()
    for name, until in (("before", DAY - timedelta(days=1)), ("until", DAY), ("beyond", DAY + timedelta(hours=1))):
        settled.get(name, until, ask)
    settled.get("always", FOREVER, ask)
    settled.forget(DAY)
    assert [settled.get(name, DAY, ask) for name in ("before", "until", "beyond", "always")] == [1, 2, 5, 6]


def test_an_answer_asked_for_while_a_change_came_is_not_kept() -> None:
    settled, ask = Settled(keeps=True), Asked()

    def overtaken() -> int:
        settled.forget(DAY - timedelta(days=9))
        return ask()

    assert settled.get("a", DAY, overtaken) == 1
    assert settled.get("a", DAY, ask) == 2


def test_only_so_many_are_kept() -> None:
    settled, ask = Settled(keeps=True), Asked()
    for name in range(MOST + 1):
        settled.get(name, DAY, ask)
    asked = ask.times
    settled.get(MOST, DAY, ask)
    assert ask.times == asked, "the newest is kept"
    settled.get(0, DAY, ask)
    assert ask.times == asked + 1, "the oldest is not"
