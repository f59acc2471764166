"""A repair and a change of the code of its service never begin both, however they meet: on both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, cast

import pytest

from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.errors import BadInput
from bot.domain.operations.operation import Kind, Stage
from bot.domain.platform.registry import Service
from bot.domain.reprocessing.plan import Limits, Plan
from bot.domain.reprocessing.repair import Person, Repair, RepairState, StepState, steps_of
from bot.ports.cloud_run import CloudRun, CloudRunUnclear
from bot.ports.health_probe import HealthProbe
from bot.ports.run_control import Answer, Taken
from bot.ports.state import State
from bot.services.operating import Operating, Reach
from bot.services.repair_control import RepairControl
from bot.services.repair_plans import RepairPlans
from bot.services.reprocessing import RepairService
from tests.contracts.states import KINDS, SQL_KINDS, Again, opened
from tests.support.deploys import operation
from tests.support.repairs import NOW, asked, planned

ANA = Actor("U1", "Ana")
ROUNDS = 15
SERVICES = [f"s{number}" for number in range(ROUNDS)]


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


@pytest.fixture(params=SQL_KINDS)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


class Same:
    """Plans that never change, each of a service of its own."""

    def __init__(self) -> None:
        base = planned(asked("Gamebook"))
        (step,) = base.steps
        self.made: dict[datetime, Plan] = {}
        for place, name in enumerate(SERVICES):
            now = NOW + timedelta(seconds=place)
            day = step.data_date - timedelta(days=place)
            request = replace(asked("Gamebook"), first=day, last=day)
            steps = (replace(step, service=name, data_date=day),)
            self.made[now] = replace(base, id=f"P{place}", steps=steps, request=request)

    def of(self, _request: object, now: datetime) -> Plan:
        return self.made[now]


def identify(_: Actor) -> Identity:
    return Identity(Origin.MEMBER, Role.RESPONDER)


class Silent:
    """Cloud Run that never says whether it took it: what has begun goes on."""

    def restart(self, *_: object) -> None:
        raise CloudRunUnclear("nothing was heard")


def lane(state: State) -> Operating:
    named: Callable[[str], Service | None] = lambda name: Service(name=name, project="nba", region="west")  # noqa: E731
    answer, health = Answer(taken=Taken.ACCEPTED), cast(HealthProbe, None)
    reach = Reach(cast(CloudRun, Silent()), None, named, health, lambda *_: answer, "C1", lambda: NOW)
    return Operating(state, reach, lambda: NOW)


def begun(state: State, service: str) -> bool:
    return any(link.record.act == "restart_begun" for link in state.audit_of(f"service:{service}"))


def tried(work: Callable[[], object]) -> bool:
    try:
        work()
    except BadInput:
        return False
    return True


def failed_repair(state: State, plan: Plan) -> Repair:
    person = Person("slack:U1", "Ana")
    with state.transaction() as tx:
        tx.repairs.add(Repair(plan=plan, asked_by=person, asked_at=NOW))
        known = Repair(plan=plan, asked_by=person, asked_at=NOW, version=1, state=RepairState.FAILED)
        made = tx.repairs.put(replace(known, started_at=NOW, ended_at=NOW))
        assert made is not None
        tx.repairs.add_steps(replace(step, state=StepState.FAILED) for step in steps_of(plan, plan.id))
    return made


@pytest.mark.parametrize("how", ["start", "retry"])
def test_of_a_repair_and_a_restart_that_meet_one_begins(stored: Again, how: str) -> None:
    first, second = stored(), stored()
    same = Same()
    service = RepairService(first, cast(RepairPlans, same), identify)
    control, changes = RepairControl(first, identify, lambda: NOW, Limits), lane(second)
    both, neither = [], 0
    with ThreadPoolExecutor(2) as pool:
        for place, name in enumerate(SERVICES):
            now = NOW + timedelta(seconds=place)
            if how == "start":
                plan_id = service.propose(same.made[now].request, ANA, now).id
                repair = partial(service.start, plan_id, ANA, now)
            else:
                repair = partial(control.retry, failed_repair(first, same.made[now]).id, ANA)
            due = replace(operation(Kind.RESTART, f"O{place}", name), stage=Stage.SHOWN)
            with second.transaction() as tx:
                assert tx.deploys.add(due)
            meet = Barrier(2)

            def change(due: Any = due, meet: Barrier = meet) -> None:
                meet.wait()
                with second.transaction() as tx:
                    assert tx.deploys.change(replace(due, version=1, stage=Stage.DUE))
                changes.look()

            asked_for = pool.submit(change)
            meet.wait()
            runs = tried(repair)
            asked_for.result()
            both += [name] if runs and begun(second, name) else []
            neither += not runs and not begun(second, name)
    assert (both, neither) == ([], 0)


def test_nothing_is_tried_again_while_the_code_of_its_service_is_changed(again: Again) -> None:
    state, plan = again(), Same().made[NOW]
    failed_repair(state, plan)
    with state.transaction() as tx:
        tx.deploys.add(operation(Kind.ROLLBACK, "O1", SERVICES[0]))
    with state.transaction() as tx:
        changed = tx.deploys.change(replace(operation(Kind.ROLLBACK, "O1", SERVICES[0]), version=1, stage=Stage.DUE))
        assert changed is not None
        assert [each.id for each in tx.deploys.at_work()] == ["O1"]
    control = RepairControl(state, identify, lambda: NOW, Limits)
    with pytest.raises(BadInput, match=r"Somebody is about to roll s0 back .* Start it when that is over"):
        control.retry(plan.id, ANA)
    with state.transaction() as tx:
        tx.deploys.change(replace(changed, stage=Stage.DONE))
    assert control.retry(plan.id, ANA).state is RepairState.RUNNING
    with state.transaction() as tx:
        assert tx.repairs.on_service(SERVICES[0]) == state.repairs.on_service(SERVICES[0]) == ["R-1"]
        assert tx.repairs.on_service("other") == []


def test_each_retry_is_a_repair_of_its_own_and_the_third_needs_a_second_person(again: Again) -> None:
    state, plan = again(), Same().made[NOW]
    repair, now = failed_repair(state, plan), NOW
    control = RepairControl(state, identify, lambda: now, Limits)

    def fails() -> None:
        (step,) = state.repairs.steps(plan.id)
        known = state.repairs.of(plan.id)
        assert known is not None
        with state.transaction() as tx:
            assert tx.repairs.put_step(replace(step, state=StepState.FAILED, started_at=now, attempt=step.attempt + 3))
            assert tx.repairs.put(replace(known, state=RepairState.FAILED, ended_at=now))

    fails()
    assert state.repairs.repaired(NOW) == {plan.steps[0].key: 1}  # asked for three times, which is one repair
    now += timedelta(minutes=1)
    assert control.retry(repair.id, ANA).state is RepairState.RUNNING
    assert state.repairs.repaired(NOW) == {plan.steps[0].key: 1}
    fails()
    assert state.repairs.repaired(NOW) == {plan.steps[0].key: 2}
    assert state.repairs.repaired(now) == {plan.steps[0].key: 1}
    with pytest.raises(BadInput, match=r"Not tried again: third repair in 7 days: Gamebook 2026-01-14\. Plan what"):
        control.retry(repair.id, ANA)
    assert state.repairs.steps(plan.id)[0].state is StepState.FAILED
