"""A repair over a real service, warehouse and judge: what a service says proves nothing, only the data do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.run_control.over_http import OverHttp
from bot.adapters.run_control.registered import RegisteredServices
from bot.domain.audit import Seal
from bot.domain.platform.registry import Control, Registry
from bot.domain.reprocessing.plan import Limits, Mode, Request
from bot.domain.reprocessing.receipts import Verified, receipts_in, subject_of
from bot.domain.reprocessing.repair import Repair, RepairStep, StepState
from bot.ports.fakes.state import FakeState
from bot.services.receipts import ReceiptService
from bot.services.reprocessing_calls import AtOnce
from bot.services.reprocessing_evidence import StepEvidence
from bot.services.reprocessing_execution import Around, ReprocessingExecution
from bot.services.step_runs import StepRuns
from bot.views import receipts as views
from tests.support.builders import DAY, Row, World, loaded, run
from tests.support.repair_service import ANA, BEFORE, NEXT, NOW, PIPELINE, WORLD, Repairing, repairing
from tests.support.service_endpoints import Asked, TeamService, team_service

BEGINS = 84.0
"""NOW, in hours after the data date began."""
Outcome = Callable[[Asked], dict[str, list[Row]]]


@dataclass
class Story:
    state: FakeState
    bench: Repairing
    place: TeamService
    execution: ReprocessingExecution
    evidence: StepEvidence
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def repaired(self, request: Request, outcome: Outcome | None) -> Repair:
        """Planned, started and carried out; `outcome`: rows that come of an order, None: nothing does."""
        count = [0]

        def begins(asked: Asked) -> dict[str, str]:
            count[0] += 1
            if outcome is not None:
                self.bench.more(f"more{count[0]}", **outcome(asked))
            return {"run_id": f"again-{asked.said()['processor']}"}

        self.place.begins = begins
        service = self.bench.service
        made = service.start(service.propose(request, ANA, NOW).id, ANA, NOW)
        while self.state.repairs.unfinished():
            assert self.clock[0] < NOW + timedelta(hours=3)
            self.execution.tick()
            self.clock[0] += timedelta(seconds=30)
        found = self.state.repairs.of(made.id)
        assert found is not None
        return found

    def step(self, repair: Repair, processor: str) -> RepairStep:
        return next(each for each in self.state.repairs.steps(repair.id) if each.processor == processor)

    def results(self, repair: Repair) -> set[str]:
        return {each.said["result"] for each in receipts_in(self.state.audit_of(subject_of(repair.id)))}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with told(tmp_path, WORLD) as story:
        yield story


@contextmanager
def told(directory: Path, world: World) -> Iterator[Story]:
    state = FakeState()
    bench = repairing(directory, state, world)
    with team_service() as place:
        services = tuple(place.service(name=name) for name in ("raw", "analytics", "scrapers"))
        registry = Registry(processors=bench.plans.registry.processors, services=services)
        control = RegisteredServices(lambda: registry, {Control.HTTP: OverHttp(timeout_s=5)})
        evidence = StepEvidence(lambda: bench.validation, lambda: bench.plans.registry)
        around = Around(Limits, evidence.of, evidence.dependents)
        clock = [NOW]
        runs = StepRuns(control, lambda: registry, AtOnce())
        made = ReprocessingExecution(state, runs, around, lambda: clock[0], lambda: clock[0].timestamp())
        yield Story(state, bench, place, made, evidence, clock)
    bench.warehouse.close()


def box(mode: Mode = Mode.FAILED, day: date = DAY, *, downstream: bool = False) -> Request:
    return Request(processors=("Box",), first=day, last=day, mode=mode, downstream=downstream)


def again(asked: Asked, **more: Any) -> Row:
    name = asked.said()["processor"]
    starts = BEGINS if name == "Box" else BEGINS + 0.1
    return run(f"again-{name}", name, start=starts, trigger="backfill", **more)


def whole(asked: Asked) -> dict[str, list[Row]]:
    """It does what it was asked for."""
    name = asked.said()["processor"]
    table = {"Box": "raw.box", "Summary": "an.summary"}[name]
    return {"runs": [again(asked)], "table_loads": [loaded(table, hours=BEGINS + (0.02 if name == "Box" else 0.12))]}


def test_what_is_right_again_is_proved_and_so_are_its_dependents(story: Story) -> None:
    repair = story.repaired(box(downstream=True), whole)
    found = {step.processor: step for step in story.state.repairs.steps(repair.id)}
    assert {name: step.state for name, step in found.items() if step.attempt} == {
        "Box": StepState.PROVED,
        "Summary": StepState.PROVED,
    }
    assert (found["Box"].run_id, found["Box"].verdict_before, found["Box"].verdict_after) == (
        "again-Box",
        "processor_failed",
        "ok",
    )
    assert (found["Box"].rows_before, found["Box"].rows_after) == (0, 100)
    assert story.results(repair) == {"repaired"}


LIES: dict[str, Outcome | None] = {
    "says success, and nothing comes": None,
    "success with no rows": lambda asked: {"runs": [again(asked, records_processed=0)]},
    "success that claims rows": lambda asked: {"runs": [again(asked, records_processed=100)]},
    "half the rows": lambda asked: {
        "runs": [again(asked, records_processed=100)],
        "table_loads": [loaded(rows=50, hours=BEGINS + 0.02)],
    },
    "another date": lambda asked: {
        "runs": [again(asked)],
        "table_loads": [loaded(hours=BEGINS + 0.02, day=NEXT)],
    },
    "another table": lambda asked: {
        "runs": [again(asked)],
        "table_loads": [loaded("raw.poll", hours=BEGINS + 0.02)],
    },
    "emptied again": lambda asked: {
        "runs": [again(asked)],
        "table_loads": [loaded(hours=BEGINS + 0.005), loaded(rows=0, hours=BEGINS + 0.01)],
    },
    "a failure": lambda asked: {
        "runs": [again(asked, status="failed", error_message="ValueError: 'DNP'", records_processed=None)]
    },
}


@pytest.mark.parametrize("lie", LIES)
def test_no_receipt_says_repaired_of_what_is_not(story: Story, lie: str) -> None:
    repair = story.repaired(box(), LIES[lie])
    step = story.step(repair, "Box")
    assert step.state is StepState.FAILED, step.reason
    assert step.reason
    assert "repaired" not in story.results(repair)


def test_rows_of_before_prove_no_run(story: Story) -> None:
    """The table is stale: right as it was, and not written since."""
    again = run("again-Box", "Box", start=BEGINS - 24, day=NEXT, trigger="backfill", records_processed=100)
    repair = story.repaired(box(Mode.ALL, NEXT), lambda _: {"runs": [again]})
    step = story.step(repair, "Box")
    assert (step.state, step.cause) == (StepState.FAILED, "not_proved")
    assert "repaired" not in story.results(repair)


FEW = {"runs", "table_loads", "game_schedule", "raw_files"}


def young(days: int) -> World:
    """A platform that has no more dates than these before."""
    late = set(BEFORE[days:])

    def kept(name: str) -> list[Row]:
        return [row for row in getattr(WORLD, name) if row.get("data_date", row.get("game_date")) not in late]

    return WORLD.but(**{name: kept(name) for name in FEW})


def stated(least: float) -> list[dict[str, Any]]:
    return [{**one, "least": least} if one["name"] == "Box" else one for one in PIPELINE]


@pytest.mark.parametrize(
    ("world", "proved"),
    [
        (young(4), False),
        (young(5), True),
        (WORLD.but(game_schedule=[]), False),
        (young(4).but(processors=stated(90)), True),
        (young(4).but(processors=stated(200)), False),
    ],
    ids=["four dates", "five dates", "no calendar", "a stated minimum", "less than the minimum"],
)
def test_what_nobody_knows_the_usual_rows_of_is_done_and_not_proved(tmp_path: Path, world: World, proved: bool) -> None:
    with told(tmp_path, world) as story:
        step = story.step(story.repaired(box(Mode.ALL), whole), "Box")
        assert (step.state is StepState.PROVED) is proved, step.reason
        assert step.verdict_after == ("partial" if world.processors == stated(200) else "ok")
        repair = story.state.repairs.latest(1)[0]
        assert ("repaired" in story.results(repair)) is proved
        if step.cause == "untold":
            assert step.reason.startswith("done, but cannot be proved: 100 rows, and its usual rows are unknown")


def test_a_receipt_is_read_checked_and_judged_again(story: Story) -> None:
    repair = story.repaired(box(), whole)
    validation = story.bench.validation
    service = ReceiptService(story.state, Seal(), lambda: validation, lambda: story.bench.queries)
    shown = service.of("R-1")
    lines = list(views.told(shown))
    assert lines[0] == "Receipt of R-1: repaired. 1 step: 1 proved right."
    assert lines[1].endswith("asked for by Ana (U1).")
    assert lines[2].startswith("• Box 15 Jan: repaired (processor_failed → ok, 0 → 100 rows, run again-Box")
    assert any("raw.box" in each.sql for each in service.sql(shown.steps[0]))
    found = service.verify("R-1", story.clock[0])
    assert (found.holds, found.receipts, [each.verdict for each in found.rerun]) == (True, 2, ["ok"])
    story.bench.more("lost", table_loads=[loaded(rows=0, hours=BEGINS + 1)])
    later = service.verify(None, NOW + timedelta(hours=4))
    assert not later.holds
    assert views.verified(later)[-1].endswith("0 of 1 still right.")
    assert json.dumps(views.card(shown).payload())
    none = views.verified(Verified(0, 12, ()))
    assert none == ["No receipt yet: there is nothing to verify. The chain of 12 records is whole."]
    assert repair.reason == "1 of 1 step proved right"
