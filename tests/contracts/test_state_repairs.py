"""What every state keeps of repairs: plans, who answers for them, their steps, and open circuits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import StepKey
from bot.domain.reprocessing.progress import cancelled, seen_to
from bot.domain.reprocessing.repair import (
    Circuit,
    Person,
    Repair,
    RepairState,
    StepState,
    approval_asked,
    record_of,
    request_id,
    started,
    steps_of,
    withdrawn,
)
from bot.domain.verdicts.judge import Verdict
from tests.contracts.states import KINDS, Again, opened
from tests.support.repairs import CHAIN, LAST, NOW, asked, day, facts, planned

ANA, BEN = Person("slack:U1", "Ana", "ana@example.com"), Person("slack:U2", "Ben", "")
LATER = NOW + timedelta(minutes=5)
WIDE = planned(asked(*CHAIN[1:], dates=40), {("Gamebook", day(1)): facts(Verdict.OK, "318 rows", rows=318)})


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def repair(plan_id: str = "P1") -> Repair:
    return Repair(plan=replace(WIDE, id=plan_id), asked_by=ANA, asked_at=NOW, incident="I1")


def begin(again: Again, plan_id: str = "P1") -> Repair:
    """Asked for and started, in one transaction."""
    with again().transaction() as tx:
        assert tx.repairs.add(repair(plan_id))
        stored = tx.repairs.put(started(replace(repair(plan_id), version=1), BEN, LATER))
        assert stored is not None
        tx.repairs.add_steps(steps_of(stored.plan, stored.id))
        tx.audit.add(record_of(stored, "started", BEN.key, LATER))
    return stored


def test_a_repair_comes_back_as_it_was_and_is_numbered_when_it_is_more_than_a_plan(again: Again) -> None:
    first, second = again(), again()
    with first.transaction() as tx:
        assert tx.repairs.add(repair())
        assert not tx.repairs.add(replace(repair(), asked_by=BEN))
    known = second.repairs.of("P1")
    assert known == replace(repair(), version=1)
    assert (known.label, second.repairs.latest(5)) == ("Plan", [])
    with second.transaction() as tx:
        waiting = tx.repairs.put(approval_asked(known, NOW))
    assert waiting is not None
    assert (waiting.label, waiting.state, waiting.version) == ("R-1", RepairState.AWAITING_APPROVAL, 2)
    assert first.repairs.numbered(1) == first.repairs.of("P1") == waiting
    with first.transaction() as tx:
        assert tx.repairs.put(started(known, BEN, LATER)) is None  # of the version before
        done = tx.repairs.put(started(waiting, BEN, LATER))
    assert done is not None
    assert second.repairs.latest(5) == second.repairs.unfinished() == [done]
    with first.transaction() as tx:
        assert tx.repairs.set_message("P1", MessageRef("C1", "17.5"))
        assert not tx.repairs.set_message("P9", MessageRef("C1", "17.5"))
        assert tx.repairs.put(done) is not None
    done = second.repairs.of("P1")
    assert done is not None
    assert (done.number, done.approved_by, done.message) == (1, BEN, MessageRef("C1", "17.5"))


def test_approval_and_start_are_kept_together_or_not_at_all(again: Again) -> None:
    state = again()
    with state.transaction() as tx:
        assert tx.repairs.add(repair())
        waiting = tx.repairs.put(approval_asked(replace(repair(), version=1), NOW))
    assert waiting is not None

    def start_in_vain() -> None:
        with state.transaction() as tx:
            assert tx.repairs.put(started(waiting, BEN, LATER))
            tx.repairs.add_steps(steps_of(waiting.plan, waiting.id))
            raise BadInput("no service")

    with pytest.raises(BadInput, match="no service"):
        start_in_vain()
    assert (state.repairs.of("P1"), state.repairs.steps("P1")) == (waiting, [])


def test_steps_are_those_of_the_plan_and_change_one_version_at_a_time(again: Again) -> None:
    begin(again)
    first, second = again(), again()
    steps = second.repairs.steps("P1")
    assert [(each.key, each.state) for each in steps] == [
        (each.key, StepState.WAITING if each.runs else StepState.SKIPPED) for each in WIDE.steps
    ]
    begun = replace(
        steps[0],
        state=StepState.STARTING,
        attempt=1,
        request_id=request_id("P1", 0, 1),
        started_at=LATER,
        reason="it's",
    )
    with first.transaction() as tx:
        assert tx.repairs.put_step(begun)
        assert not tx.repairs.put_step(replace(begun, state=StepState.FAILED))
    assert second.repairs.steps("P1")[0] == replace(begun, version=2)
    assert second.repairs.repaired(LATER) == {steps[0].key: 1}
    assert second.repairs.repaired(LATER + timedelta(seconds=1)) == {}
    flying = second.repairs.in_flight()
    assert (len(flying), flying[steps[0].key]) == (len(WIDE.running), "R-1")
    assert StepKey("Gamebook", day(1)) not in flying


def test_what_is_over_flies_no_more_and_counts_go_on(again: Again) -> None:
    over = begin(again)
    with again().transaction() as tx:
        assert tx.repairs.put(replace(over, state=RepairState.DONE, ended_at=LATER)) is not None
    assert begin(again, "P2").label == "R-2"
    state = again()
    assert [each.label for each in state.repairs.latest(5)] == ["R-2", "R-1"]
    assert [each.label for each in state.repairs.unfinished()] == ["R-2"]
    assert set(state.repairs.in_flight().values()) == {"R-2"}


def test_what_may_go_on_of_a_stopped_repair_is_found_until_it_is_seen_to(again: Again) -> None:
    begun = begin(again)
    steps = again().repairs.steps(begun.id)
    running = [replace(step, state=StepState.RUNNING) for step in steps[1:2]]
    after, stopped = cancelled(begun, [steps[0], *running, *steps[2:]], "Ana", LATER)
    with again().transaction() as tx:
        assert tx.repairs.put(after) is not None
        assert all(tx.repairs.put_step(step) for step in stopped)
    [found] = again().repairs.may_go_on(LATER)
    assert found.seq == 1
    assert again().repairs.may_go_on(LATER + timedelta(seconds=1)) == []
    with again().transaction() as tx:
        assert tx.repairs.put_step(seen_to(found, "its execution is cancelled"))
    assert again().repairs.may_go_on(NOW) == []


def test_the_last_that_ended_of_a_processor_are_those_tried_the_newest_first(again: Again) -> None:
    begin(again)
    ends = (StepState.FAILED, StepState.PROVED, StepState.CANCELLED, StepState.SKIPPED)
    steps = [step for step in again().repairs.steps("P1") if step.processor == "Gamebook"][2:6]
    with again().transaction() as tx:
        for minute, (step, state) in enumerate(zip(steps, ends, strict=True)):
            at = LATER + timedelta(minutes=minute)
            told = replace(step, asked_at=LATER, not_before=at, unclear=True, cause="refused")
            assert tx.repairs.put_step(replace(told, state=state, ended_at=at))
        found = tx.repairs.last_ended("Gamebook", 5)
        assert [(each.seq, each.state) for each in found] == [
            (s.seq, e) for s, e in [*zip(steps, ends, strict=True)][1::-1]
        ]
        assert tx.repairs.last_ended("Gamebook", 1) == found[:1]
    kept = again().repairs.steps("P1")[steps[0].seq]
    assert (kept.asked_at, kept.not_before, kept.unclear, kept.cause) == (LATER, LATER, True, "refused")


def test_two_that_start_at_once_get_two_numbers(again: Again) -> None:
    with ThreadPoolExecutor(4) as pool:
        labels = list(pool.map(lambda at: begin(again, f"P{at}").label, range(4)))
    assert sorted(labels) == ["R-1", "R-2", "R-3", "R-4"]


def test_a_circuit_is_opened_once_and_closed_once(again: Again) -> None:
    state, circuit = (
        again(),
        Circuit(processor="Gamebook", opened_at=NOW, opened_by="Ana", because="3 failures in a row"),
    )
    with state.transaction() as tx:
        assert tx.repairs.open_circuit(circuit)
        assert not tx.repairs.open_circuit(replace(circuit, opened_by="Ben"))
    assert again().repairs.circuits() == [circuit]
    with state.transaction() as tx:
        assert tx.repairs.close_circuit("Gamebook")
        assert not tx.repairs.close_circuit("Gamebook")
    assert again().repairs.circuits() == []


def test_who_asked_does_not_approve_whatever_id_they_come_with() -> None:
    waiting = approval_asked(repair(), NOW)
    for same in (ANA, Person("terminal:ana", "ana", "Ana@example.com")):
        with pytest.raises(BadInput, match=r"A second person has to approve it: 40 dates \(more than 31\)"):
            started(waiting, same, LATER)
    assert started(waiting, BEN, LATER).approved_by == BEN


def test_a_plan_is_good_for_fifteen_minutes_and_is_started_once() -> None:
    with pytest.raises(BadInput, match="older than 15 minutes"):
        approval_asked(repair(), NOW + timedelta(minutes=16))
    waiting = approval_asked(repair(), NOW + timedelta(minutes=14))
    running = started(waiting, BEN, NOW + timedelta(minutes=28))
    with pytest.raises(BadInput, match="older than 15 minutes"):
        started(waiting, BEN, NOW + timedelta(minutes=30))
    with pytest.raises(BadInput, match="is running already"):
        started(running, BEN, NOW + timedelta(minutes=28))
    with pytest.raises(BadInput, match="is running already"):
        withdrawn(running, ANA, LATER)
    assert withdrawn(waiting, ANA, LATER).reason == "withdrawn by Ana"


def test_a_small_plan_needs_nobody_else() -> None:
    small = replace(repair(), plan=planned(asked()))
    assert started(small, ANA, LATER).approved_by is None
    with pytest.raises(BadInput, match="It needs no second person: start it"):
        approval_asked(small, NOW)
    assert small.plan.steps[0].data_date == LAST
