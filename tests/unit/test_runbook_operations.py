"""What a runbook has done to a service is an operation like any other: asked for once, approved, checked."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access import Actor
from bot.domain.errors import BadInput
from bot.domain.operations.operation import Kind, Stage
from bot.domain.reprocessing.repair import Person
from bot.domain.runbooks import engine
from bot.domain.runbooks.registry import ACTIONS
from bot.domain.runbooks.run import Run, Subject
from bot.services.runbook_actions import Hands, Order, RunbookActions
from bot.services.runbook_operations import KINDS, on_services
from tests.support.cloud_run import CLEANUP, RAW
from tests.support.deploys import NOW
from tests.support.operations_bench import ANA, BEN, FLEET, VIEWER, OperationsBench, day, operations_bench
from tests.support.runbook_texts import FRONT, runbook


@pytest.fixture
def bench() -> Iterator[OperationsBench]:
    with operations_bench() as found:
        yield found


def person(who: Actor) -> Person:
    return Person(who.key, who.name)


def order(call: str, *people: Actor, more: str = "") -> Order:
    """The step after each of these has pressed its button."""
    text = f"1. Do it.\n\n   ```action {call}\n{more}   ```\n2. See.\n\n   ```check rows\n   expect: = 0\n   ```\n"
    subject = Subject(processor="Gamebook", data_date=day())
    run: Run = engine.begun(call, runbook(FRONT + text), subject, person(ANA), NOW).run
    for who in people:
        run = engine.wanted(run, 1, person(who), NOW).run
    step, state = run.step(1)
    return Order(run, step, state, people[-1], NOW)


def do(bench: OperationsBench, asked: Order, service: str = RAW.name) -> str:
    return on_services(lambda: bench.people)[asked.step.call](service, asked)


def test_a_rollback_is_asked_for_by_one_and_approved_by_the_other_and_is_there_once(bench: OperationsBench) -> None:
    asked = order("rollback", ANA, BEN)
    said = do(bench, asked)
    assert said.startswith(f"asked to roll {RAW.name} back from revision 3 to revision 2")
    assert do(bench, asked) == said
    [operation] = bench.state.deploys.at_work()
    assert (operation.stage, operation.asked_by.name) == (Stage.DUE, "Ana")
    assert operation.approved_by is not None
    assert operation.approved_by.name == "Ben"
    bench.work(times=3)
    assert do(bench, asked) == "all traffic is at revision 2; /health answers HTTP status 200"
    assert bench.cloud.server.asked.count("UpdateService") == 1


def test_a_restart_a_limit_and_a_marker(bench: OperationsBench) -> None:
    assert do(bench, order("restart", ANA)).startswith(f"asked to restart {RAW.name}")
    bench.work(minutes=1, times=8)
    assert "from" in do(bench, order("raise_timeout", ANA, BEN, more="   seconds: 1800\n"))
    bench.work(minutes=1, times=8)
    assert "clear the done-marker of Gamebook" in do(bench, order("clear_marker", ANA))
    job = order("run_maintenance", ANA, more=f"   service: {CLEANUP.name}\n")
    assert do(bench, job, CLEANUP.name).startswith(f"asked to run {CLEANUP.name}")
    bench.work(times=2)
    assert bench.cloud.server.asked.count("RunJob") == 1


def test_what_is_refused_says_why_and_may_be_asked_for_again(bench: OperationsBench) -> None:
    asked = order("restart", ANA)
    bench.running = ["Gamebook 2026-01-05 since 10:00 UTC (backfill)"]
    with pytest.raises(BadInput, match=r"^cancel the execution of") as error:
        do(bench, order("cancel_execution", ANA), CLEANUP.name)
    assert CLEANUP.name in str(error.value)
    with pytest.raises(BadInput, match="You are a viewer"):
        do(bench, replace(asked, who=VIEWER))


def test_a_circuit_is_opened_and_closed_however_often_it_is_tried(bench: OperationsBench) -> None:
    nobody: Any = None
    actions = RunbookActions(Hands(FLEET, nobody, nobody, circuits=lambda: bench.people.circuits))
    for _ in range(2):
        said = actions.do(order("open_circuit", ANA, more="   reason: it loops\n"))
        assert said == "repairs of Gamebook are stopped: `/reprocess circuits` lets them go on"
    [found] = bench.people.circuits.all()
    assert (found.opened_by, found.because.endswith(": it loops")) == ("Ana", True)
    for _ in range(2):
        assert actions.do(order("close_circuit", ANA)) == "repairs of Gamebook may go on"
    assert list(bench.people.circuits.all()) == []
    with pytest.raises(BadInput, match="You are a viewer"):
        actions.do(replace(order("open_circuit", ANA, more="   reason: it loops\n"), who=VIEWER))


def test_every_action_on_a_service_has_a_hand() -> None:
    assert set(KINDS) == {name for name, each in ACTIONS.items() if "service" in each.takes}
    assert {Kind.ROLLBACK, Kind.TIMEOUT} == {
        KINDS[name] for name, each in ACTIONS.items() if each.least == "second_person"
    }
