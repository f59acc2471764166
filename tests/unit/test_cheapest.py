"""The cheapest order: as good as the best of all orders of a few steps, and never worse than first in, first out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.platform.registry import Criticality, Processor, Registry
from bot.domain.reprocessing.cheapest import Cheapest, Due, cheapest
from bot.domain.reprocessing.plan import Deadline, Limits, StepKey
from bot.ports.fakes.state import FakeState
from bot.views import reprocessing_words
from bot.views.incident import PLAIN
from tests.support.builders import DAY
from tests.support.repair_service import NOW, PIPELINE, WORLD, repairing
from tests.support.repairs import LAST, asked, planned
from tests.support.repairs import NOW as PLANNED_AT
from tests.support.storms import Storm, storm
from tests.unit.test_reprocessing_service import ONE

SMALL, STORMS = 30, 4


def found(of: Storm) -> Cheapest:
    return cheapest(of.steps, of.limits, of.due)


def saved(of: Storm) -> int:
    return sum(of.due[each.key].weight for each in found(of).saved)


def test_small_graphs_are_saved_as_well_as_by_the_best_of_all_orders() -> None:
    made = [storm(seed, 5) for seed in range(SMALL)]
    assert sum(map(saved, made)) >= 0.99 * sum(each.best() for each in made)


def test_storms_are_never_worse_than_first_in_first_out() -> None:
    made = [storm(seed, 40, slots=4) for seed in range(STORMS)]
    assert [each for each in made if saved(each) < each.first_in_first_out()] == []
    assert sum(map(saved, made)) > sum(each.first_in_first_out() for each in made)


def test_every_step_stays_in_it_and_what_is_said_is_what_happens() -> None:
    made = storm(3, 30, slots=3)
    order = found(made)
    assert sorted(order.order) == sorted(step.key for step in made.steps)
    place = {step.key: index for index, step in enumerate(made.steps)}
    assert made.saves([place[key] for key in order.order]) == saved(made)
    assert {*order.saved, *order.given_up} == set(order.met)
    assert order.spare == min(each.spare for each in order.saved)


def test_without_deadlines_the_order_stays() -> None:
    made = storm(1, 8)
    order = cheapest(made.steps, made.limits, {StepKey("P999", LAST): Due(seconds=9)})
    assert (order.order, order.met, order.better, order.spare) == (tuple(s.key for s in made.steps), (), False, None)


CROWD = Registry(
    processors=(
        Processor(name="Slow", service="a"),
        Processor(name="Quick", service="a", criticality=Criticality.CRITICAL),
        Processor(name="Never", service="a"),
    )
)


def test_a_plan_runs_first_what_saves_a_deadline_and_says_so() -> None:
    """One slot: Slow takes 10 min, Quick 2 min and is due in 5; Never takes 20 and is due in 10."""
    minutes = {"Quick": 5, "Never": 10}
    due = {StepKey(name, LAST): PLANNED_AT + timedelta(minutes=after) for name, after in minutes.items()}
    seconds = {"Slow": 600.0, "Quick": 120.0, "Never": 1_200.0}
    request = asked("Slow", "Quick", "Never")
    plan = planned(request, registry=CROWD, seconds=seconds, due=due, limits=Limits(slots=1))
    assert plan.steps[0].processor == "Quick"
    assert plan.by_deadlines
    assert plan.hash == planned(request, registry=CROWD, seconds=seconds, limits=Limits(slots=1)).hash
    assert plan.deadlines[0] == Deadline("Quick", LAST, due[StepKey("Quick", LAST)], PLANNED_AT + timedelta(minutes=2))
    first, second = reprocessing_words.deadlines(plan, PLAIN)
    assert first == ("This order saves Quick, due 2026-01-15 12:05 UTC, if it starts by 2026-01-15 12:03 UTC.")
    assert second.startswith("Given up: Never, due 2026-01-15 12:10 UTC, would be ")


def test_a_deadline_of_what_was_not_asked_for_is_named_with_the_offer(tmp_path: Path) -> None:
    timed = [{**one, **({"sla_completion_time": "20:00 ET"} if one["name"] == "Summary" else {})} for one in PIPELINE]
    made = repairing(tmp_path, FakeState(), WORLD.but(processors=timed))
    now = NOW.replace(day=16, hour=22)
    plan = made.plans.of(ONE, now)
    assert plan.downstream is not None
    assert plan.downstream.due is not None
    assert plan.downstream.due[0] == "Summary"
    assert "Summary, due 2026-01-17 01:00 UTC" in reprocessing_words.offers(plan, PLAIN)[0]
    (deadline,) = made.plans.of(replace(ONE, downstream=True), now).deadlines
    assert (deadline.processor, deadline.data_date, deadline.spare > timedelta()) == ("Summary", DAY, True)
    made.warehouse.close()
