"""One contract for every state: a delivery changes something once, and leaves no trace when it comes again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.audit import record
from bot.ports.inbox import DELIVERY, AlreadyHandled
from bot.ports.state import State
from tests.contracts.states import KINDS, SQL_KINDS, Again, opened
from tests.support.gate_story import START

LATER = START + timedelta(days=8)


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


@contextmanager
def delivered(name: str) -> Iterator[None]:
    token = DELIVERY.set(name)
    try:
        yield
    finally:
        DELIVERY.reset(token)


def change(state: State, delivery: str, act: str = "acknowledged", *, days: int = 0) -> bool:
    """Whether it was made, and not handled before."""
    with delivered(delivery):
        try:
            with state.transaction() as tx:
                tx.audit.add(record(START + timedelta(days=days), "Ana", act, "incident:I1", {}))
        except AlreadyHandled:
            return False
    return True


def test_a_delivery_changes_the_same_once_on_every_replica_and_after_a_restart(again: Again) -> None:
    assert not again().handled("D1")
    assert change(again(), "D1")
    assert [change(again(), "D1") for _ in range(3)] == [False] * 3
    assert again().handled("D1")
    assert change(again(), "D2")
    assert [link.seq for link in again().audit_after(0)] == [1, 2]


def test_a_delivery_that_was_cut_off_between_two_changes_makes_the_other(again: Again) -> None:
    assert change(again(), "D1")
    assert change(again(), "D1", "mitigated")
    assert not change(again(), "D1", "mitigated")


def test_what_no_delivery_brought_is_not_counted(again: Again) -> None:
    assert change(again(), "")
    assert change(again(), "")
    assert not again().handled("")


@pytest.mark.parametrize("again", SQL_KINDS, indirect=True)
def test_deliveries_are_kept_for_seven_days(again: Again) -> None:
    assert change(again(), "D1")
    assert change(again(), "D2", days=7)
    assert again().handled("D1")
    assert change(again(), "D3", days=8)
    assert (again().handled("D1"), again().handled("D2")) == (False, True)


@pytest.mark.parametrize("again", SQL_KINDS, indirect=True)
def test_of_deliveries_at_the_same_moment_one_counts(again: Again) -> None:
    states = [again() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda n: copy_context().run(change, states[n % 4], f"D{n // 8}"), range(32)))
    assert sum(made) == 4
    assert len(list(states[0].audit_after(0))) == 4
