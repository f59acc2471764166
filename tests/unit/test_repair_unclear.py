"""An order of which nobody knows whether it was taken: one id, looked for, asked for again, and given up in the end."""

from datetime import timedelta

import pytest

from bot.domain.reprocessing.plan import Limits, StepKey
from bot.domain.reprocessing.progress import progress
from bot.domain.reprocessing.repair import RepairState, StepState
from bot.ports.fakes.state import FakeState
from bot.views import reprocessing_progress
from tests.support.repair_world import BEN, USUAL, World, control, ended, execution, run_until, started_repair, states
from tests.support.repairs import LAST, asked, planned

HOUR = timedelta(hours=1)


def test_one_that_was_taken_and_not_seen_is_recognised_when_it_is_asked_for_again() -> None:
    """Its row comes late, and the service keeps ids: the second order begins nothing."""
    state, world = FakeState(), World(boundary=lambda _: "unclear, taken", outcome=lambda _: "no row", looks_up=False)
    repair = started_repair(state)
    made = execution(state, world)
    made.tick()
    world.tables.clear()
    world.boundary = lambda _: "ok"
    while len(world.orders) == 1:
        world.now += timedelta(minutes=1)
        made.tick()
    world.runs[:] = world.began.values()
    world.tables[StepKey("Gamebook", LAST)] = USUAL, world.runs[0].known_at
    run_until(state, world, made, HOUR)
    assert ended(state, repair).state is RepairState.DONE
    assert (len(world.began), len({order.request_id for order in world.orders})) == (1, 1)


@pytest.mark.parametrize("then", ["later", "never"])
def test_a_refusal_after_an_unclear_order_does_not_make_another_id(then: str) -> None:
    """It may be the first order itself that stands in the way."""
    state, world = FakeState(), World(boundary=lambda _: "unclear, taken", outcome=lambda _: "no row", looks_up=False)
    repair = started_repair(state)
    made = execution(state, world)
    made.tick()
    world.tables.clear()
    world.boundary = lambda _: then
    while len(world.orders) == 1:
        world.now += timedelta(minutes=1)
        made.tick()
    world.boundary = lambda _: "ok"
    run_until(state, world, made, 6 * HOUR)
    assert ended(state, repair).is_over
    assert (len(world.began), len({order.request_id for order in world.orders})) == (1, 1)


@pytest.mark.parametrize("looks_up", [True, False])
def test_what_stays_unclear_is_given_up_and_counts_as_a_failure(looks_up: bool) -> None:
    state, world = FakeState(), World(boundary=lambda _: "unclear, not taken", looks_up=looks_up)
    repair = started_repair(state)
    run_until(state, world, execution(state, world), 24 * HOUR)
    (step,) = state.repairs.steps(repair.id)
    assert (step.state, step.cause) == (StepState.FAILED, "no_run")
    assert "nobody knows whether it was taken" in step.reason
    assert len({order.request_id for order in world.orders}) == 1


@pytest.mark.parametrize("looks_up", [True, False])
def test_time_in_which_no_process_was_up_gives_up_nothing(looks_up: bool) -> None:
    state, world = FakeState(), World(boundary=lambda _: "unclear, not taken", looks_up=looks_up)
    repair = started_repair(state)
    execution(state, world).tick()
    world.now += 3 * HOUR
    world.boundary = lambda _: "ok"
    run_until(state, world, execution(state, world), HOUR)
    assert states(state, repair) == {"Gamebook": StepState.PROVED}
    assert len({order.request_id for order in world.orders}) == 1


def test_an_order_that_waited_is_looked_for_before_it_is_asked_for_again() -> None:
    """It was taken, is seen late, and the repair was paused meanwhile."""
    state, world = FakeState(), World(boundary=lambda _: "unclear, taken")
    repair = started_repair(state)
    made = execution(state, world)
    made.tick()
    control(state, world).pause(repair.id, BEN)
    taken, world.began = world.began, {}
    world.now += timedelta(seconds=20)
    made.tick()
    assert states(state, repair) == {"Gamebook": StepState.WAITING}
    world.began = taken
    world.now += timedelta(minutes=30)
    control(state, world).resume(repair.id, BEN)
    run_until(state, world, made, HOUR)
    assert len(world.began) == 1


def test_what_nobody_can_look_up_is_not_written_down_each_time_it_is_not_seen() -> None:
    """A row for each look cost as much as the repair itself, and 1,000 steps did not end."""
    state, world = FakeState(), World(boundary=lambda _: "unclear, not taken", looks_up=False)
    repair = started_repair(state)
    made = execution(state, world)
    for _ in range(38 * 6):
        made.tick()
        world.now += timedelta(seconds=10)
    [step] = state.repairs.steps(repair.id)
    assert (len(world.orders), step.unclear, step.version < 20) == (1, True, True), step
    found = progress(repair, [step], Limits(), world.now)
    said = "Gamebook 14 Jan: HTTP status 500: whether it was taken is not known, it is looked for"
    assert said in reprocessing_progress.card(repair, found, world.now).text.splitlines()


def test_a_run_of_it_is_seen_as_soon_as_it_is_there() -> None:
    state, world = FakeState(), World(boundary=lambda _: "unclear, not taken", looks_up=False)
    repair = started_repair(state)
    made = execution(state, world)
    for _ in range(120):
        made.tick()
        world.now += timedelta(seconds=10)
    world.boundary = lambda _: "ok"
    world.start(world.orders[0])  # it was taken after all, and begins late
    world.now += timedelta(seconds=3)
    made.tick()
    made.tick()
    assert states(state, repair) == {"Gamebook": StepState.RUNNING}


@pytest.mark.parametrize("boundary", ["ok", "unclear, taken"])
def test_while_the_source_of_runs_is_blind_nothing_is_concluded_or_asked_again(boundary: str) -> None:
    state, world = FakeState(), World(boundary=lambda _: boundary, looks_up=False)
    repair = started_repair(state)
    made = execution(state, world)
    made.tick()
    world.unread = "source history is away"
    for _ in range(300):
        made.tick()
        world.now += timedelta(minutes=1)
    [step] = state.repairs.steps(repair.id)
    assert (len(world.orders), step.ended_at) == (1, None), step
    assert boundary != "ok" or step.reason == "what came of it is not known: source history is away"
    shown = control(state, world).progress(repair)
    text = reprocessing_progress.card(repair, shown, world.now).text
    assert boundary != "ok" or "Gamebook 14 Jan: what came of it is not known: source history is away" in text
    assert boundary != "ok" or shown.eta is None
    world.unread = ""
    run_until(state, world, made, HOUR)
    assert control(state, world).progress(repair).untold == ()
    assert (states(state, repair), len(world.orders)) == ({"Gamebook": StepState.PROVED}, 1)


def test_nothing_begins_while_nobody_would_know_what_came_of_it() -> None:
    state, world = FakeState(), World(unread="source history has not been read for 40 min")
    repair = started_repair(state, planned(asked("Gamebook", dates=2)))
    made = execution(state, world)
    for _ in range(20):
        made.tick()
        world.now += timedelta(seconds=1)
    assert world.orders == []
    at = progress(repair, state.repairs.steps(repair.id), Limits(), world.now)
    assert {each.reason for each in at.untold} == {f"not begun: {world.unread}"}
    assert (len(at.untold), at.eta) == (2, None)
    versions = [step.version for step in state.repairs.steps(repair.id)]
    made.tick()
    assert [step.version for step in state.repairs.steps(repair.id)] == versions, "it is written down once"
    world.unread = ""
    run_until(state, world, made, timedelta(minutes=10))
    assert {step.state for step in state.repairs.steps(repair.id)} == {StepState.PROVED}


@pytest.mark.parametrize("heard", [True, False], ids=["named", "unheard"])
def test_what_was_stopped_by_a_process_that_ended_is_seen_to_by_another(heard: bool) -> None:
    """Whoever stopped it was killed before it asked the service to end what it had begun."""
    state, world = FakeState(), World(boundary=lambda _: "ok" if heard else "unheard")
    repair = started_repair(state)
    execution(state, world).tick()
    control(state, world).stop(repair.id, BEN)
    again = execution(state, world)
    for _ in range(180):
        again.tick()
        world.now += timedelta(seconds=1)
    assert world.cancelled == ["run-0"], "once"
    [step] = state.repairs.steps(repair.id)
    assert (step.state, step.cause) == (StepState.CANCELLED, "")
