"""Threads that have read the same outbox: each try of a page is made by one of them."""

from dataclasses import replace

from bot.services.page_ways import PageWays
from tests.support.page_endpoints import page


def test_a_try_that_was_claimed_is_not_begun_by_another_thread() -> None:
    ways, tried = PageWays(lambda: 0.0), page(name="a")
    assert ways.enter(tried)
    assert not ways.enter(tried)
    ways.leave(tried, claimed=True)
    assert not ways.enter(tried)
    assert ways.enter(replace(tried, attempts=tried.attempts + 1))


def test_a_try_that_was_not_claimed_is_begun_again() -> None:
    ways, held = PageWays(lambda: 0.0), page(name="a")
    assert ways.enter(held)
    ways.leave(held, claimed=False)
    assert ways.enter(held)
