"""Repairs go on: slots, order, ambiguous answers, restarts, what proves a step, circuits, and what people do."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.domain.access import Role
from bot.domain.errors import BadInput
from bot.domain.evidence.runs import Trigger
from bot.domain.reprocessing.execution import Begin, Hold, Leave, Wait, next_steps
from bot.domain.reprocessing.plan import STANDARD, Limits, StepKey
from bot.domain.reprocessing.progress import progress
from bot.domain.reprocessing.receipts import receipts_in, subject_of
from bot.domain.reprocessing.repair import AT_WORK, Repair, RepairState, RepairStep, StepState
from bot.ports.fakes.state import FakeState
from bot.ports.run_control import Order
from bot.services.access import NotAllowed
from tests.support.repair_world import (
    BEN,
    BOUNDARY,
    USUAL,
    World,
    control,
    ended,
    execution,
    flat,
    run_until,
    started_repair,
    states,
)
from tests.support.repairs import CHAIN, LAST, asked, day, planned

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_step_runs_is_checked_and_proved_right() -> None:
    state, world = FakeState(), World()
    repair = started_repair(state)
    run_until(state, world, execution(state, world), HOUR)
    (step,) = state.repairs.steps(repair.id)
    assert (step.state, step.run_id, step.verdict_after, step.rows_after) == (StepState.PROVED, "run-0", "ok", USUAL)
    assert ended(state, repair).state is RepairState.DONE
    assert ended(state, repair).reason == "1 of 1 step proved right"


def test_what_it_is_made_from_comes_first_and_dates_do_not_wait_for_each_other() -> None:
    state, world = FakeState(), World()
    repair = started_repair(state, planned(asked(*CHAIN, dates=3)))
    run_until(state, world, execution(state, world), DAY)
    assert ended(state, repair).state is RepairState.DONE
    begun = {(order.processor, order.data_date): place for place, order in enumerate(world.orders)}
    for back in range(3):
        places = [begun[name, day(back)] for name in CHAIN]
        assert places == sorted(places)
    assert begun["Scraper", day(1)] < begun["Predictions", day(0)]


def test_the_limits_hold_and_a_slot_that_is_free_is_taken() -> None:
    state, world = FakeState(), World(takes=lambda key: timedelta(seconds=30 + 7 * (key.data_date.day % 5)))
    plan, registry = flat(processors=4, dates=6)
    repair = started_repair(state, plan)
    made, most = execution(state, world, Limits(slots=5), registry), Counter[int]()
    while state.repairs.unfinished():
        made.tick()
        steps = [each for each in state.repairs.steps(repair.id) if each.state in AT_WORK - {StepState.CHECKING}]
        of_each = Counter(each.processor for each in steps)
        assert max(of_each.values(), default=0) <= 2
        most[len(steps)] += 1
        world.now += timedelta(seconds=1)
    assert max(most) == 5
    assert ended(state, repair).state is RepairState.DONE


@pytest.mark.parametrize("looks_up", [True, False])
def test_faults_at_the_boundary_lose_nothing_and_double_nothing(looks_up: bool) -> None:
    """R20, of which `make bench` has the thousand: each order has a fault of its own."""
    chance = Random(13)
    state, tries = FakeState(), Counter[str]()

    def boundary(order: Order) -> str:
        tries[order.request_id] += 1
        return chance.choice(BOUNDARY) if tries[order.request_id] <= 2 else "ok"

    world = World(boundary=boundary, looks_up=looks_up, takes=lambda _: timedelta(seconds=5))
    plan, registry = flat(processors=10, dates=12, seconds=5.0)
    repair = started_repair(state, plan)
    made = execution(state, world, Limits(per_processor=10, per_service=10), registry)
    run_until(state, world, made, 30 * DAY, every=timedelta(seconds=30))
    found = Counter(step.state for step in state.repairs.steps(repair.id))
    assert found == {StepState.PROVED: 120}
    assert world.doubled == []
    per_date = Counter((run.processor, run.data_date) for run in world.began.values())
    assert max(per_date.values()) == 1


@pytest.mark.parametrize("looks_up", [True, False])
def test_one_killed_after_the_service_took_it_is_found_again(looks_up: bool) -> None:
    state, world = FakeState(), World(boundary=lambda _: "unheard", looks_up=looks_up)
    repair = started_repair(state)
    execution(state, world).tick()
    (step,) = state.repairs.steps(repair.id)
    assert step.state is StepState.STARTING
    run_until(state, world, execution(state, world), HOUR)  # another process
    assert ended(state, repair).state is RepairState.DONE
    assert len(world.orders) == 1


def test_one_killed_before_it_asked_is_asked_for_again_under_the_same_id() -> None:
    state, world = FakeState(), World(boundary=lambda _: "unclear, not taken")
    repair = started_repair(state)
    execution(state, world).tick()
    world.boundary = lambda _: "ok"
    run_until(state, world, execution(state, world), HOUR)
    assert ended(state, repair).state is RepairState.DONE
    assert len(world.orders) == 2
    assert len({order.request_id for order in world.orders}) == 1


def test_a_service_that_says_not_now_is_asked_again_and_one_that_says_never_is_not() -> None:
    state, world = FakeState(), World(boundary=lambda _: "later")
    repair = started_repair(state)
    made = execution(state, world)
    made.tick()
    made.tick()
    assert len(world.orders) == 1
    world.boundary = lambda _: "never"
    run_until(state, world, made, HOUR)
    (step,) = state.repairs.steps(repair.id)
    assert (step.state, step.cause, step.reason) == (StepState.FAILED, "refused", "HTTP status 403")
    assert len(world.orders) == 2
    assert state.repairs.circuits() == []


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("no rows", "its run says success, and the verdict is processor_failed: 0 rows"),
        ("half", "its run says success, and the verdict is partial: 20 rows"),
        ("wrong date", "its run says success, and the verdict is processor_failed: 0 rows"),
        ("fails", "its run failed: boom"),
    ],
)
def test_success_alone_proves_nothing(outcome: str, says: str) -> None:
    state, world = FakeState(), World(outcome=lambda _: outcome)
    repair = started_repair(state, planned(asked("Gamebook", "Summary")))
    run_until(state, world, execution(state, world), DAY)
    assert states(state, repair) == {"Gamebook": StepState.FAILED, "Summary": StepState.SKIPPED}
    first, second = state.repairs.steps(repair.id)
    assert first.reason == says
    assert second.reason == "what it is made from is not right: Gamebook failed"
    assert ended(state, repair).state is RepairState.FAILED
    assert "repaired" not in {each.said["result"] for each in receipts_in(state.audit_of(subject_of(repair.id)))}


def test_a_table_that_was_right_before_proves_no_run() -> None:
    """Stale: the rows are those of before, nothing was written."""
    state, world = FakeState(), World(outcome=lambda _: "no rows")
    world.tables[StepKey("Gamebook", LAST)] = USUAL, world.now - DAY
    repair = started_repair(state)
    run_until(state, world, execution(state, world), DAY)
    (step,) = state.repairs.steps(repair.id)
    assert (step.state, step.cause) == (StepState.FAILED, "not_proved")
    assert step.reason == "its run says success, and the data of the date were not written since"


def test_an_answer_that_names_an_old_run_or_a_poll_in_between_is_not_believed() -> None:
    state, world = FakeState(), World(outcome=lambda _: "no rows")
    repair = started_repair(state)
    made = execution(state, world)
    made.tick()
    (step,) = state.repairs.steps(repair.id)
    (run,) = world.runs
    old = run._replace(run_id=step.execution, started_at=run.started_at - HOUR, ended_at=run.started_at)
    poll = run._replace(run_id="poll", trigger=Trigger.POLL, ended_at=run.started_at, known_at=run.started_at)
    world.runs[:] = [old, poll]
    world.tables[StepKey("Gamebook", LAST)] = USUAL, world.now - HOUR
    world.now += timedelta(minutes=5)
    made.tick()
    assert states(state, repair) == {"Gamebook": StepState.RUNNING}
    run_until(state, world, made, DAY, every=timedelta(minutes=1))
    assert states(state, repair) == {"Gamebook": StepState.FAILED}


def test_data_that_came_without_a_row_of_a_run_are_right_all_the_same() -> None:
    state, world = FakeState(), World(outcome=lambda _: "no row")
    repair = started_repair(state)
    run_until(state, world, execution(state, world), DAY)
    (step,) = state.repairs.steps(repair.id)
    assert (step.state, step.run_id, step.rows_after) == (StepState.PROVED, "", USUAL)


def test_three_failures_in_a_row_open_the_circuit_and_the_rest_is_left_out() -> None:
    state, world = FakeState(), World(outcome=lambda _: "fails")
    repair = started_repair(state, planned(asked("Gamebook", dates=8)))
    run_until(state, world, execution(state, world), DAY)
    (circuit,) = state.repairs.circuits()
    assert circuit.processor == "Gamebook"
    assert circuit.because.startswith("3 repairs in a row failed")
    found = Counter((step.state, step.cause) for step in state.repairs.steps(repair.id))
    assert found[StepState.SKIPPED, "circuit_open"] >= 4
    assert "circuit_opened" in {link.record.act for link in state.audit_of("circuit:Gamebook")}
    ran, people = len(world.orders), control(state, world)
    assert len(people.progress(ended(state, repair)).barred) == 8 - ran
    with pytest.raises(BadInput, match=r"the circuit of Gamebook is open: .* `/reprocess circuits`"):
        people.retry(repair.id, BEN)
    with state.transaction() as tx:
        tx.repairs.close_circuit("Gamebook")
    world.outcome = lambda _: "ok"
    people.retry(repair.id, BEN)
    run_until(state, world, execution(state, world), DAY)
    assert set(states(state, repair).values()) == {StepState.PROVED}


def test_stopped_at_once_and_all_of_it_can_be_planned_again() -> None:
    state, world = FakeState(), World(takes=lambda _: HOUR)
    repair = started_repair(state, planned(asked("Gamebook", dates=5)))
    made = execution(state, world)
    made.tick()
    assert len(world.orders) == 2
    control(state, world).stop(repair.id, BEN)
    for _ in range(10):
        made.tick()
        world.now += timedelta(seconds=1)
    assert len(world.orders) == 2
    assert set(states(state, repair).values()) == {StepState.CANCELLED}
    assert state.repairs.in_flight() == {}
    with pytest.raises(BadInput, match="R-1 is cancelled: only one that runs or is paused can be stopped"):
        control(state, world).stop(repair.id, BEN)


def test_one_that_is_stopped_while_a_service_is_asked_ends_what_it_took() -> None:
    state, world = FakeState(), World()
    repair = started_repair(state)

    def stops_meanwhile(_: Order) -> str:
        control(state, world).stop(repair.id, BEN)
        return "ok"

    world.boundary = stops_meanwhile
    execution(state, world).tick()
    assert states(state, repair) == {"Gamebook": StepState.CANCELLED}
    assert world.cancelled == ["run-0"]


def test_a_pause_starts_nothing_and_what_runs_is_checked() -> None:
    state, world = FakeState(), World()
    repair = started_repair(state, planned(asked("Gamebook", dates=4)))
    made = execution(state, world)
    made.tick()
    control(state, world).pause(repair.id, BEN)
    for _ in range(120):
        made.tick()
        world.now += timedelta(seconds=1)
    assert Counter(states(state, repair).values()) == {StepState.PROVED: 2, StepState.WAITING: 2}
    control(state, world).resume(repair.id, BEN)
    run_until(state, world, made, HOUR)
    assert ended(state, repair).state is RepairState.DONE


def test_only_what_failed_is_tried_again() -> None:
    bad = {"Gamebook"}
    state, world = FakeState(), World(outcome=lambda key: "half" if key.processor in bad else "ok")
    repair = started_repair(state, planned(asked("Scraper", "Gamebook", "Summary")))
    made = execution(state, world)
    run_until(state, world, made, DAY)
    expected = {"Scraper": StepState.PROVED, "Gamebook": StepState.FAILED, "Summary": StepState.SKIPPED}
    assert states(state, repair) == expected
    bad.clear()
    before = len(world.orders)
    control(state, world).retry(repair.id, BEN)
    run_until(state, world, made, DAY)
    assert [order.processor for order in world.orders[before:]] == ["Gamebook", "Summary"]
    assert len({order.request_id for order in world.orders}) == len(world.orders)
    assert ended(state, repair).state is RepairState.DONE
    with pytest.raises(BadInput, match=r"Nothing of R-1 has failed\."):
        control(state, world).retry(repair.id, BEN)


def test_what_another_repair_runs_meanwhile_is_not_tried_again() -> None:
    state, world = FakeState(), World(boundary=lambda _: "never")
    first = started_repair(state, planned(asked("Gamebook", dates=2)))
    made = execution(state, world)
    world.boundary = lambda order: "never" if order.data_date == LAST else "ok"
    made.tick()
    assert StepState.FAILED in states(state, first).values()
    world.boundary = lambda _: "ok"
    started_repair(state, planned(asked("Gamebook"), plan_id="P2"))
    with pytest.raises(BadInput, match="runs Gamebook"):
        control(state, world).retry(first.id, BEN)


def test_old_failures_are_planned_again_instead() -> None:
    state, world = FakeState(), World(outcome=lambda _: "fails")
    repair = started_repair(state)
    run_until(state, world, execution(state, world), DAY)
    world.now += 2 * HOUR
    with pytest.raises(BadInput, match="ended more than 1 hour ago: plan it again"):
        control(state, world).retry(repair.id, BEN)


@pytest.mark.parametrize("act", ["pause", "resume", "stop", "retry"])
def test_who_may_not_changes_nothing(act: str) -> None:
    state, world = FakeState(), World()
    repair = started_repair(state)
    with pytest.raises(NotAllowed):
        getattr(control(state, world, Role.VIEWER), act)(repair.id, BEN)
    assert ended(state, repair).version == repair.version


def test_why_each_step_waits_has_a_name() -> None:
    state = FakeState()
    repair = started_repair(state, planned(asked(*CHAIN, dates=3)))
    steps = state.repairs.steps(repair.id)
    now = repair.asked_at

    def decided(at: Repair, circuits: dict[str, str] | None = None, limits: Limits = STANDARD) -> Sequence[object]:
        found = next_steps([(at, steps)], circuits or {}, limits, now)
        return [each.hold if isinstance(each, Wait) else type(each) for each in found][:5]

    first = [Begin, Hold.UPSTREAM, Hold.UPSTREAM, Hold.UPSTREAM, Begin]
    assert decided(repair) == first
    assert decided(repair, limits=Limits(slots=1)) == [*first[:4], Hold.SLOTS]
    assert decided(repair, limits=Limits(per_processor=1)) == [*first[:4], Hold.PROCESSOR]
    assert decided(repair, limits=Limits(per_service=1)) == [*first[:4], Hold.SERVICE]
    assert decided(replace(repair, state=RepairState.PAUSED))[0] is Hold.PAUSED
    assert decided(repair, {"Scraper": "3 in a row"})[:2] == [Leave, Leave]


def test_progress_counts_what_was_planned_to_run() -> None:
    state, world = FakeState(), World()
    plan, registry = flat(processors=2, dates=5)
    repair = started_repair(state, plan)
    made = execution(state, world, registry=registry)

    def now() -> tuple[int, ...]:
        found = progress(repair, state.repairs.steps(repair.id), Limits(), world.now)
        return found.total, found.done, found.proved, found.running, found.left

    assert now() == (10, 0, 0, 0, 10)
    made.tick()
    assert now() == (10, 0, 0, 4, 6)
    for _ in range(63):
        world.now += timedelta(seconds=1)
        made.tick()
    assert now() == (10, 4, 4, 4, 2)
    eta = progress(repair, state.repairs.steps(repair.id), Limits(), world.now).eta
    assert eta is not None
    assert timedelta(seconds=100) < eta - world.now < timedelta(seconds=125)


def test_each_step_and_the_repair_leave_a_receipt() -> None:
    state, world = FakeState(), World()
    repair = started_repair(state)
    run_until(state, world, execution(state, world), HOUR)
    step, whole = receipts_in(state.audit_of(subject_of(repair.id)))
    assert step.said["result"] == "repaired"
    assert (step.said["run"], step.said["verdict_before"], step.said["verdict_after"]) == (
        "run-0",
        "processor_failed",
        "ok",
    )
    assert (step.said["rows_before"], step.said["rows_after"]) == (0, USUAL)
    assert (whole.said["result"], whole.said["proved"], whole.said["steps"]) == ("repaired", 1, 1)
    assert whole.said["plan"] == step.said["plan"] == repair.plan.hash
    assert [each["processor"] for each in whole.again] == ["after Gamebook"]


def overtaken(step: RepairStep) -> RepairStep:
    return replace(step, reason="by another process")


def test_two_processes_start_a_step_once(request: pytest.FixtureRequest) -> None:  # noqa: ARG001
    state, world = FakeState(), World()
    started_repair(state, planned(asked("Gamebook", dates=6)))
    one, other = execution(state, world), execution(state, world)
    given: list[Callable[[], None]] = [one.tick, other.tick]
    for turn in range(600):
        given[turn % 2]()
        world.now += timedelta(seconds=1)
    assert state.repairs.unfinished() == []
    assert len(world.orders) == 6
