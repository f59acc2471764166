"""What every state keeps of deployments and operations: one thing at a time is done to a service."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.deploys.seen import Served, unread
from bot.domain.operations.operation import Operation, Stage, approved, asked, begun, ended, taken
from tests.contracts.states import KINDS, Again, opened
from tests.support.deploys import ANA, BEN, NOW, operation, seen

LATER = NOW + timedelta(minutes=5)


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def store(again: Again, after: Operation) -> Operation | None:
    with again().transaction() as tx:
        return tx.deploys.change(after)


def waiting(again: Again, operation_id: str) -> Operation:
    with again().transaction() as tx:
        assert tx.deploys.add(operation(operation_id=operation_id))
    found = store(again, asked(replace(operation(operation_id=operation_id), version=1), ANA, NOW))
    assert found is not None
    return found


def due(given: Operation) -> Operation:
    return approved(given, BEN, given.wanted.hash, LATER)


def test_what_was_read_last_replaces_what_was_read_before(again: Again) -> None:
    state = again()
    assert state.deploys.seen() == {}
    first = seen(None, Served("raw-00003-abc", NOW))
    with state.transaction() as tx:
        tx.deploys.put(first)
    assert again().deploys.seen() == {"raw": first}
    failed = unread(first, "no answer", "look", LATER)
    with state.transaction() as tx:
        tx.deploys.put(failed)
    assert again().deploys.seen() == {"raw": failed}


def test_an_operation_comes_back_as_it_was(again: Again) -> None:
    given = waiting(again, "O1")
    with again().transaction() as tx:
        assert not tx.deploys.add(given)
    assert again().deploys.operation("O1") == given
    assert again().deploys.operation("O2") is None
    assert again().deploys.at_work() == []
    after = store(again, due(given))
    assert after is not None
    assert again().deploys.at_work() == [after]
    assert again().deploys.operation("O1") == after
    assert store(again, due(given)) is None


def test_one_thing_at_a_time_is_done_to_a_service(again: Again) -> None:
    first, second = waiting(again, "O1"), waiting(again, "O2")
    stored = store(again, due(first))
    assert stored is not None
    assert store(again, due(second)) is None
    done = store(again, ended(taken(begun(stored, LATER), LATER), LATER, "it serves", well=True))
    assert done is not None
    earlier = done.asked_at
    assert again().deploys.done_for(done.incident, earlier) == [done]
    assert again().deploys.done_for("another", earlier) == []
    assert again().deploys.done_for(done.incident, LATER) == []
    assert done.stage is Stage.DONE
    assert store(again, due(second)) is not None
    assert [each.id for each in again().deploys.operations("raw", 5)] == ["O2", "O1"]
    assert [each.id for each in again().deploys.operations("raw", 1)] == ["O2"]
    assert again().deploys.operations("analytics", 5) == []


def test_of_many_who_approve_at_once_one_is_taken(again: Again) -> None:
    given, states = waiting(again, "O1"), [again() for _ in range(4)]

    def approve(at: int) -> bool:
        with states[at].transaction() as tx:
            return tx.deploys.change(due(given)) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(approve, range(4))) == [False, False, False, True]
