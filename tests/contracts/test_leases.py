"""One of several processes does a work; when it is killed, frozen or cut off, another does it soon, and never both."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.clock import monotonic_seconds, system_clock
from bot.adapters.state.database import open_engine
from bot.adapters.state.database_clock import DatabaseClock
from bot.domain.errors import StateUnavailable
from bot.ports.leases import Lease
from bot.ports.state import State
from bot.services.holding import BEAT_EVERY, KEPT_S, SILENT_S, Holding
from bot.services.told import Reading, Told
from tests.contracts.postgres import new_database
from tests.contracts.states import KINDS, Again, opened
from tests.support.gate_story import START

WORK = "watching"
TAKEN_OVER_S = 60.0
STEP_S = BEAT_EVERY.total_seconds()


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def put(state: State, before: Lease | None, after: Lease) -> bool:
    with state.transaction() as tx:
        return tx.leases.put(before, after)


def test_a_lease_is_put_in_place_of_what_was_seen_alone(again: Again) -> None:
    state, first, second = again(), Lease(WORK, "a", 1, "said"), Lease(WORK, "b", 2)
    assert state.lease(WORK) is None
    assert put(state, None, first)
    assert again().lease(WORK) == first
    assert not put(state, None, second)
    assert put(state, first, second)
    assert not put(state, first, Lease(WORK, "a", 2))
    with state.transaction() as tx:
        assert (tx.leases.holds(WORK, "a"), tx.leases.holds(WORK, "b"), tx.leases.holds("other", "b")) == (
            False,
            True,
            False,
        )


class Workers:
    """Three of them, each with a clock of its own that began at another time; `frozen` ones do nothing."""

    def __init__(self, again: Again) -> None:
        self.passed, self.frozen = 0.0, set[str]()
        self.of = {
            name: Holding(again(), WORK, name, lambda offset=at * 1_000.0: self.passed + offset)  # type: ignore[misc]
            for at, name in enumerate("abc")
        }

    def live(self, seconds: float) -> None:
        until = self.passed + seconds
        while self.passed < until:
            for name, worker in self.of.items():
                if name not in self.frozen:
                    worker.beat()
            assert len(self.holders) <= 1
            self.passed += STEP_S

    @property
    def holders(self) -> list[str]:
        return [name for name, worker in self.of.items() if worker.held()]


def test_one_of_three_works_and_stays_at_it(again: Again) -> None:
    workers = Workers(again)
    for _ in range(10):
        workers.live(10)
        assert workers.holders == ["a"]


def test_a_killed_one_is_followed_within_a_minute(again: Again) -> None:
    workers = Workers(again)
    workers.live(10)
    del workers.of["a"]
    workers.live(TAKEN_OVER_S)
    assert workers.holders == ["b"]


def test_a_frozen_one_has_stopped_before_another_begins_and_stands_by_when_it_wakes(again: Again) -> None:
    workers = Workers(again)
    workers.live(10)
    frozen = workers.of["a"]
    workers.frozen.add("a")
    workers.live(TAKEN_OVER_S)
    assert workers.holders == ["b"]
    with again().transaction() as tx:
        assert not frozen.is_ours(tx)
    workers.frozen.clear()
    workers.live(10)
    assert workers.holders == ["b"]
    assert KEPT_S + STEP_S < SILENT_S


def test_one_that_is_stopped_is_followed_at_once(again: Again) -> None:
    workers = Workers(again)
    workers.live(10)
    workers.of.pop("a").give_up()
    workers.live(STEP_S)
    assert workers.holders == ["b"]


def test_without_the_database_nobody_works_and_afterwards_one_does(again: Again) -> None:
    workers = Workers(again)
    workers.live(10)
    for worker in workers.of.values():
        worker._state, worker.kept = Away(), worker._state  # type: ignore[assignment, attr-defined]
        with pytest.raises(StateUnavailable):
            worker.beat()
    workers.passed += KEPT_S
    assert workers.holders == []
    workers.passed += 600
    for worker in workers.of.values():
        worker._state = worker.kept  # type: ignore[attr-defined]
    workers.live(10)
    assert len(workers.holders) == 1


class Away:
    def lease(self, _work: str) -> Lease | None:
        raise StateUnavailable("no answer")


def test_the_others_hear_what_the_holder_tells(again: Again) -> None:
    workers, told = Workers(again), Told({"history": Reading(synced_at=START, error="refused")}, {"history": 3})
    workers.of["a"].note = told.text
    workers.live(10)
    assert Told.of(workers.of["b"].heard()) == told
    assert workers.of["a"].glance() == "watching: done by this process"
    assert workers.of["b"].glance() == "watching: done by a; this process stands by"


def test_what_another_release_tells_is_not_understood_and_harms_nobody() -> None:
    assert Told.of('{"reads": [1], "held": {}}') == Told.of("") == Told()
    assert Told.of('{"held": {"a": 1}, "newer": true}') == Told(held={"a": 1})


def test_machines_whose_clocks_differ_agree_on_the_database_s_time(postgres_folder: str) -> None:
    first, second = (
        DatabaseClock(open_engine(new_database(postgres_folder)), lambda ahead=ahead: monotonic_seconds() + ahead)  # type: ignore[misc]
        for ahead in (0.0, 86_400.0)
    )
    assert abs(first() - second()) < timedelta(seconds=1)
    assert abs(first() - system_clock()) < timedelta(seconds=1), "the database runs on this machine"
    with pytest.raises(StateUnavailable):
        DatabaseClock(open_engine("postgresql://nobody@/none?host=/nowhere"), monotonic_seconds)
    for clock in (first, second):
        clock.close()
