"""One contract for every state: a runbook that was started is stored whole, and changed by one at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.repair import Person
from bot.domain.runbooks import engine
from bot.domain.runbooks.expectation import Fit, Measured
from bot.domain.runbooks.run import Run, RunState, Subject
from bot.ports.runbook_runs import by_step
from bot.ports.state import State
from bot.services.gate import GateService
from tests.contracts.states import KINDS, SQL_KINDS, Again, opened
from tests.support.gate_story import RULES, START, finding
from tests.support.runbook_texts import runbook

ANA = Person("slack:U1", "Ana \U0001f6a8")


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def begun(name: str, processor: str = "Box") -> Run:
    subject = Subject(processor=processor, data_date=date(2026, 3, 2))
    return replace(engine.begun(name, runbook(), subject, ANA, START).run, channel="C1", thread="1.2")


def added(state: State, run: Run) -> Run | None:
    with state.transaction() as tx:
        return tx.runbooks.add(run)


def put(state: State, run: Run) -> bool:
    with state.transaction() as tx:
        return tx.runbooks.put(run)


def measured(run: Run) -> Run:
    found = engine.measured(run, 1, Measured("partial", "12 of 14", START, "two are missing"), Fit.NOT_MET, START)
    assert found is not None
    return found.run


def test_when_each_was_started_last(again: Again) -> None:
    assert again().runbooks.last_started() == {}
    for name, processor, hours in (("a", "Box", 0), ("b", "Other", 2), ("c", "Third", 1)):
        assert added(again(), replace(begun(name, processor), started_at=START + timedelta(hours=hours)))
    assert again().runbooks.last_started() == {runbook().id: START + timedelta(hours=2)}


def test_it_is_stored_whole_with_a_number_and_grants(again: Again) -> None:
    made = added(again(), begun("a"))
    assert made is not None
    assert (made.label, made.version) == ("RB-1", 1)
    assert again().runbooks.run("a") == made
    assert again().runbooks.numbered(1) == made
    grants = by_step(again().runbooks.grants("a"))
    assert list(grants) == [0, 1, 2, 3, 4]
    found = again().runbooks.grant(grants[3])
    assert found is not None
    assert (found.run, found.step) == ("a", 3)
    assert again().runbooks.grant("made up") is None
    assert again().runbooks.run("made up") is None


def test_the_same_for_the_same_is_started_once(again: Again) -> None:
    first, other = added(again(), begun("a")), added(again(), begun("c", "Summary"))
    assert first is not None
    assert other is not None
    assert other.label == "RB-2"
    assert added(again(), begun("b")) is None
    put(again(), engine.stopped(first, ANA, START).run)
    assert added(again(), begun("b")) is not None


def test_a_change_of_an_older_version_is_none(again: Again) -> None:
    made = added(again(), begun("a"))
    assert made is not None
    after = measured(made)
    assert put(again(), after)
    assert not put(again(), engine.stopped(made, ANA, START).run)
    stored = again().runbooks.run("a")
    assert stored == replace(after, version=2)


def test_those_of_an_incident_are_found(again: Again) -> None:
    GateService(again(), RULES).tick(START, [finding("Box")])
    incident = again().open_incidents()[0].id
    for name, about in (("a", incident), ("b", "")):
        assert added(again(), replace(begun(name, name), incident=about)) is not None
    assert [each.id for each in again().runbooks.of_incident(incident)] == ["a"]
    assert again().runbooks.of_incident("another") == []


def test_what_is_due_and_what_is_to_be_shown(again: Again) -> None:
    made = added(again(), begun("a"))
    assert made is not None
    assert again().runbooks.due(START - timedelta(seconds=1)) == []
    assert again().runbooks.due(START) == [made]
    assert again().runbooks.to_show() == [made]
    with again().transaction() as tx:
        assert tx.runbooks.trying(made, START)
    with again().transaction() as tx:
        assert not tx.runbooks.trying(made, START)
        tx.runbooks.showed("a", MessageRef("C1", "1.3"), 1)
    assert again().runbooks.to_show() == []
    assert put(again(), measured(made))
    [changed] = again().runbooks.to_show()
    assert (changed.message, changed.shown, changed.version) == (MessageRef("C1", "1.3"), 1, 2)
    assert again().runbooks.due(START) == []
    assert again().runbooks.due(START + timedelta(minutes=30)) == [changed]
    assert put(again(), engine.stopped(changed, ANA, START).run)
    assert again().runbooks.running() == []
    assert again().runbooks.due(START + timedelta(days=1)) == []


@pytest.mark.parametrize("again", SQL_KINDS, indirect=True)
def test_of_many_at_once_one_starts_it_and_one_changes_it(again: Again) -> None:
    states = [again() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda pair: added(pair[1], begun(f"r{pair[0]}")), enumerate(states)))
    started = [each for each in made if each is not None]
    assert len(started) == 1
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda state: put(state, engine.stopped(started[0], ANA, START).run), states))
    assert sorted(done) == [False, False, False, True]
    ended = again().runbooks.run(started[0].id)
    assert ended is not None
    assert ended.state is RunState.STOPPED
