"""Plans over a real warehouse, and what is refused: bad input, a plan gone stale, one person where two are needed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.access import Actor, Role
from bot.domain.errors import BadInput
from bot.domain.operations.operation import Kind, Stage
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Service
from bot.domain.reprocessing.plan import Mode, Plan, Request, SkipReason, StepKey
from bot.domain.reprocessing.repair import Circuit, RepairState, StepState
from bot.domain.slo import ServiceLevels
from bot.domain.sources import Feed, SourcePlan, SourceStatus
from bot.ports.fakes.state import FakeState
from bot.services.access import NotAllowed
from bot.services.blindness import Blindness
from bot.services.health import HealthService
from bot.services.repair_plans import RepairPlans
from bot.services.reprocessing import PlanChanged, RepairService
from bot.services.validation import ValidationService
from tests.support.builders import DAY, failed, loaded, registry
from tests.support.deploys import operation
from tests.support.repair_service import (
    ANA,
    AT_TERMINAL,
    BEFORE,
    BEN,
    NEXT,
    NOW,
    PIPELINE,
    WORLD,
    Repairing,
    filled,
    identify,
    repairing,
    running,
)

CLEO, EVE = Actor("U3", "Cleo"), Actor("U4", "Eve")
ONE = Request(processors=("Box",), first=DAY, last=DAY)
WIDE = replace(ONE, downstream=True, first=BEFORE[-1], last=NEXT)


@pytest.fixture
def state() -> FakeState:
    return FakeState()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlWarehouse]:
    made = filled(tmp_path_factory.mktemp("filled"))
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path, state: FakeState, full: SqlWarehouse) -> Repairing:
    """Over data that does not change."""
    return repairing(tmp_path, state, into=full)


@pytest.fixture
def living(tmp_path: Path, state: FakeState) -> Iterator[Repairing]:
    """Over data that goes on."""
    made = repairing(tmp_path, state)
    yield made
    made.warehouse.close()


def test_a_plan_says_what_the_verdicts_say(bench: Repairing) -> None:
    plan = bench.plans.of(replace(WIDE, first=DAY), NOW)
    assert [(each.processor, each.data_date, each.skip) for each in plan.steps] == [
        ("Box", NEXT, SkipReason.ALREADY_OK),
        ("Summary", NEXT, SkipReason.ALREADY_OK),
        ("Box", DAY, None),
        ("Summary", DAY, None),
    ]
    assert plan.estimate.seconds == pytest.approx(120, rel=0.02)  # the roll-up is exact to 1 %
    box, summary = plan.running
    assert (box.rows, box.service, summary.after) == (0, "raw", ("Box",))
    assert "processor_failed" in box.verdict


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (replace(ONE, processors=("Bxo",)), "There is no processor 'Bxo'. Did you mean Box"),
        (replace(ONE, processors=()), "Which processor"),
        (replace(ONE, first=NEXT), "2026-01-16 comes after 2026-01-15. Write the earlier date first."),
        (replace(ONE, first=date(2026, 1, 19), last=date(2026, 1, 20)), "2026-01-19 lies ahead: today is 2026-01-18"),
        (replace(ONE, first=date(2020, 1, 1)), "are 2,207 dates; reprocess at most 366"),
        (replace(ONE, first=date(2026, 1, 1)), "it begins with 2026-01-07. Write 2026-01-07..2026-01-15."),
        (replace(ONE, first=date(2026, 1, 1), last=date(2026, 1, 1)), "Write 2026-01-07 or a later date."),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_write(bench: Repairing, request_: Request, why: str) -> None:
    with pytest.raises(BadInput, match=why.replace("(", r"\(").replace(".", r"\.")):
        bench.plans.of(request_, NOW)


def test_who_has_no_service_is_named_with_what_to_write(tmp_path: Path, state: FakeState) -> None:
    lacking = [{name: value for name, value in one.items() if name != "service"} for one in PIPELINE[:2]]
    made = repairing(tmp_path, state, WORLD.but(processors=[*lacking, *PIPELINE[2:]]))
    with pytest.raises(BadInput, match=r"Box has no service: nobody can start it. Write `service: NAME` for it in reg"):
        made.plans.of(ONE, NOW)
    assert made.plans.of(replace(ONE, first=NEXT, last=NEXT), NOW).steps[0].skip is SkipReason.ALREADY_OK


def test_a_service_that_cannot_be_asked_is_named_before_anything_starts(bench: Repairing) -> None:
    known = bench.plans.registry
    bench.plans.registry = known.model_validate({**dict(known), "services": (Service(name="raw"),)})
    with pytest.raises(BadInput, match=r"Nobody can start Box: service raw has no address and no request in reg"):
        bench.plans.of(ONE, NOW)


def test_a_run_that_somebody_else_started_is_in_flight(living: Repairing) -> None:
    living.more("running", runs=[running()])
    (step,) = living.plans.of(ONE, NOW).steps
    assert (step.skip, step.because) == (SkipReason.IN_FLIGHT, "run other is under way since 11:54 UTC (backfill)")
    (made_from_it,) = living.plans.of(replace(ONE, processors=("Summary",)), NOW).steps
    assert (made_from_it.skip, made_from_it.because) == (SkipReason.IN_FLIGHT, f"it is made from Box: {step.because}")


def test_by_what_a_run_was_started_is_said_where_it_is_known(living: Repairing) -> None:
    living.more("untold", runs=[{**running(), "trigger": None}])
    assert living.plans.of(ONE, NOW).steps[0].because == "run other is under way since 11:54 UTC"


def test_while_the_source_of_runs_is_blind_a_second_person_has_to_start_it(full: SqlWarehouse) -> None:
    known, state = registry(WORLD.processors), FakeState()
    source = SourcePlan("history", "sql", Feed.RUNS, timedelta(minutes=1), timedelta())
    statuses = [SourceStatus(source, NOW, synced_at=NOW)]
    health = HealthService(full, known, ServiceLevels(()))
    validation = ValidationService(full, known, health, AcceptedLosses(), blindness=Blindness(lambda: statuses))
    plans = RepairPlans(full, known, validation, state.repairs)
    service = RepairService(state, plans, identify, lambda _: "", Role.APPROVER)
    made = service.propose(ONE, ANA, NOW)
    assert made.plan.needs_second == ()
    statuses[:] = [SourceStatus(source, NOW, synced_at=NOW - timedelta(minutes=40), failing_since=NOW, error="refused")]
    with pytest.raises(PlanChanged) as changed:  # it has become blind since
        service.start(made.id, ANA, NOW)
    (why,) = changed.value.fresh.plan.needs_second
    assert why == "whether runs are under way is not known, source history has not been read for 40 min: refused"
    waiting = service.ask_approval(changed.value.fresh.id, ANA, NOW)
    assert service.start(waiting.id, BEN, NOW).state is RepairState.RUNNING


def test_an_open_circuit_and_a_third_repair_are_seen(bench: Repairing, state: FakeState) -> None:
    for hours in (1, 2):
        made = bench.service.start(bench.service.propose(ONE, ANA, NOW).id, ANA, NOW)
        with state.transaction() as tx:
            step = state.repairs.steps(made.id)[0]
            tx.repairs.put_step(replace(step, state=StepState.FAILED, started_at=NOW - timedelta(hours=hours)))
            tx.repairs.put(replace(made, state=RepairState.FAILED))
    plan = bench.plans.of(ONE, NOW)
    assert plan.needs_second == ("third repair in 7 days: Box 2026-01-15",)
    assert plan.again == (StepKey("Box", DAY),)
    with state.transaction() as tx:
        tx.repairs.open_circuit(Circuit(processor="Box", opened_at=NOW, opened_by="Ana", because="it fails"))
    assert bench.plans.of(ONE, NOW).steps[0].because == "opened by Ana: it fails"


def test_a_start_is_audited_numbered_and_happens_once(bench: Repairing, state: FakeState) -> None:
    planned = bench.service.propose(ONE, ANA, NOW)
    assert (planned.label, state.links) == ("Plan", [])
    begun = bench.service.start(planned.id, ANA, NOW)
    assert (begun.label, begun.state, len(state.repairs.steps(begun.id))) == ("R-1", RepairState.RUNNING, 1)
    assert [link.record.act for link in state.audit_of(begun.subject)] == ["repair_started"]
    with pytest.raises(BadInput, match="R-1 is running already"):
        bench.service.start(planned.id, ANA, NOW)
    assert bench.service.get("r-1") == begun == bench.service.get("1")
    (step,) = bench.service.propose(ONE, BEN, NOW).plan.steps
    assert (step.skip, step.because) == (SkipReason.IN_FLIGHT, "R-1 is at it")


def test_a_plan_that_is_started_twice_at_once_starts_once(bench: Repairing, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, made = bench.service.propose(ONE, ANA, NOW), bench.plans.of

    def and_meanwhile(request: Request, now: datetime) -> Plan:
        fresh = made(request, now)
        monkeypatch.undo()
        bench.service.start(planned.id, ANA, now)
        return fresh

    monkeypatch.setattr(bench.plans, "of", and_meanwhile)
    with pytest.raises(BadInput, match="Somebody else was faster: look at it again"):
        bench.service.start(planned.id, ANA, NOW)
    assert bench.service.get(planned.id).label == "R-1"


def test_nothing_starts_on_a_service_that_is_being_changed(bench: Repairing, state: FakeState) -> None:
    plan = bench.service.propose(ONE, ANA, NOW)
    given = operation(Kind.RESTART)
    with state.transaction() as tx:
        assert tx.deploys.add(given)
        assert tx.deploys.change(replace(given, stage=Stage.DUE, version=1)) is not None
    with pytest.raises(BadInput, match="Somebody is about to restart raw"):
        bench.service.start(plan.id, ANA, NOW)


def test_two_plans_for_the_same_steps_do_not_both_start(bench: Repairing) -> None:
    first, second = bench.service.propose(ONE, ANA, NOW), bench.service.propose(ONE, BEN, NOW)
    bench.service.start(first.id, ANA, NOW)
    with pytest.raises(
        PlanChanged, match=r"Plan is not what would be done now: nothing was started.\s.*in flight: R-1 is at it"
    ):
        bench.service.start(second.id, BEN, NOW)


def test_a_plan_gone_stale_is_refused_row_by_row_and_made_again(living: Repairing) -> None:
    planned = living.service.propose(ONE, ANA, NOW, incident="I1")
    living.more("healed", table_loads=[loaded(hours=60)])
    with pytest.raises(PlanChanged) as refused:
        living.service.start(planned.id, ANA, NOW)
    assert "Box 2026-01-15: run: processor failed, 0 rows → skip, already ok: " in str(refused.value)
    fresh = refused.value.fresh
    assert (fresh.incident, fresh.state, fresh.plan.running) == ("I1", RepairState.PLANNED, ())
    with pytest.raises(BadInput, match="Nothing of this plan runs"):
        living.service.start(fresh.id, ANA, NOW)


def test_more_evidence_of_the_same_verdict_does_not_refuse_a_plan(living: Repairing) -> None:
    planned = living.service.propose(ONE, ANA, NOW)
    living.more("again", runs=[failed("f3", start=40, text="ValueError: 'DNP'", category="processing_error")])
    assert living.service.start(planned.id, ANA, NOW).state is RepairState.RUNNING


def many(living: Repairing, state: FakeState) -> str:
    """A plan that needs a second person: the third repair."""
    for _ in range(2):
        made = living.service.start(living.service.propose(ONE, ANA, NOW).id, ANA, NOW)
        with state.transaction() as tx:
            tx.repairs.put_step(replace(state.repairs.steps(made.id)[0], state=StepState.PROVED, started_at=NOW))
            tx.repairs.put(replace(made, state=RepairState.DONE))
    return living.service.propose(ONE, ANA, NOW).id


def test_a_second_person_approves_by_starting_it(bench: Repairing, state: FakeState) -> None:
    name = many(bench, state)
    with pytest.raises(BadInput, match="A second person has to approve it: third repair in 7 days"):
        bench.service.start(name, ANA, NOW)
    waiting = bench.service.ask_approval(name, ANA, NOW)
    assert (waiting.label, waiting.state) == ("R-3", RepairState.AWAITING_APPROVAL)
    with pytest.raises(NotAllowed, match="You are a responder: an approver can approve a repair"):
        bench.service.start(name, CLEO, NOW)
    with pytest.raises(BadInput, match="in Slack"):
        bench.service.start(name, AT_TERMINAL, NOW)
    with pytest.raises(BadInput, match="older than 15 minutes"):
        bench.service.start(name, BEN, NOW + timedelta(minutes=16))
    begun = bench.service.start(name, BEN, NOW + timedelta(minutes=14))
    assert begun.approved_by is not None
    assert (begun.approved_by.name, begun.asked_by.name) == ("Ben", "Ana")


def test_a_viewer_starts_nothing_and_plans_nothing(bench: Repairing) -> None:
    planned = bench.service.propose(ONE, ANA, NOW)
    for act in (bench.service.start, bench.service.ask_approval, bench.service.withdraw):
        with pytest.raises(NotAllowed, match="You are a viewer"):
            act(planned.id, EVE, NOW)
    with pytest.raises(NotAllowed):
        bench.service.propose(ONE, EVE, NOW)
    assert bench.service.withdraw(planned.id, ANA, NOW).state is RepairState.CANCELLED


def test_all_dates_and_dependents_are_one_plan(bench: Repairing) -> None:
    plan = bench.plans.of(replace(WIDE, mode=Mode.ALL), NOW)
    assert len(plan.running) == len(plan.steps) == 20
    assert bench.plans.of(WIDE, NOW).downstream is None
