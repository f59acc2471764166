"""The live watch over a warehouse: each row is taken once, however often it is read."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.memory import GateRules
from bot.domain.gate.policy import GatePolicy
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Registry
from bot.ports.fakes.state import FakeState
from bot.services.detection import DetectionService
from bot.services.gate import GateService
from tests.contracts.stories import moment
from tests.contracts.warehouses import Step, load
from tests.support.builders import DAY, PROCESSORS, World, at, failed, game, loaded, raw_file, run, warehouse

BOTH = [processor for processor in PROCESSORS if processor["name"] in ("BoxScraper", "Box")]
BEFORE = [DAY - timedelta(days=n) for n in range(1, 12)]
WELL = World(
    runs=[run(f"b{day}", day=day, start=30.1) for day in BEFORE]
    + [run(f"s{day}", "BoxScraper", day=day, start=28) for day in [*BEFORE, DAY]],
    table_loads=[loaded(day=day, hours=30.2) for day in BEFORE],
    raw_files=[raw_file(day=day, hours=28) for day in [*BEFORE, DAY]],
    game_schedule=[game(f"G{day}", day) for day in [*BEFORE, DAY]],
    processors=BOTH,
)
CRASHES = [failed(f"f{n}", category="processing_error", text="KeyError", start=30 + n / 10) for n in range(4)]
CRASHING = WELL.but(runs=[*WELL.runs, *CRASHES])


class Live:
    """A warehouse that goes on filling, and the watch over it."""

    def __init__(self, directory: Path) -> None:
        self.warehouse, self.state, self.directory, self.loads = warehouse(), FakeState(), directory, 0
        self.told: list[Decision] = []
        self.restart()

    def restart(self, policy: GatePolicy | None = None) -> None:
        self.policy = policy or GatePolicy()
        self.detection = DetectionService(self.warehouse, SeverityPolicy(), AcceptedLosses(), self._gate)

    def _gate(self, registry: Registry) -> GateService:
        phases = {processor.name: processor.phase for processor in registry.processors}
        return GateService(self.state, GateRules(self.policy, Lineage(registry), phases))

    def bring(self, world: World) -> None:
        self.loads += 1
        folder = self.directory / str(self.loads)
        world.write(folder, ".ndjson")
        load(self.warehouse, folder, Step(world))

    def tick(self, now: datetime) -> None:
        for decision in self.detection.tick(now):
            self.told.append(decision)

    def announced(self) -> list[Decision]:
        return [decision for decision in self.told if decision.outcome is Outcome.ANNOUNCE]


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(tmp_path)


def test_an_empty_warehouse_says_nothing(live: Live) -> None:
    live.tick(moment(31))
    assert live.told == []


def test_a_recorded_history_says_nothing(live: Live) -> None:
    live.bring(CRASHING)
    live.tick(moment(31) + timedelta(days=60))
    assert live.told == []


def test_a_failure_is_reported_at_the_tick_after_it_is_known(live: Live) -> None:
    live.bring(WELL)
    live.tick(moment(30))
    assert live.announced() == []
    live.bring(CRASHING)
    live.tick(moment(30.5))
    live.tick(moment(30.52))
    assert len(live.announced()) == 1


def test_what_is_read_twice_is_taken_once(live: Live) -> None:
    live.bring(CRASHING)
    for minute in range(12):
        live.tick(moment(30.5) + timedelta(minutes=minute))
    assert len(live.announced()) == 1


def test_a_restart_says_nothing_again(live: Live) -> None:
    live.bring(CRASHING)
    for minute in range(3):
        live.tick(moment(30.5) + timedelta(minutes=minute))
    before = len(live.announced())
    live.restart()
    for minute in range(3, 6):
        live.tick(moment(30.5) + timedelta(minutes=minute))
    assert before == len(live.announced()) == 1


def test_another_registry_is_taken_up(live: Live) -> None:
    live.bring(WELL)
    live.tick(moment(30))
    seen = run("o1", "Other", day=BEFORE[0], start=30.3)
    other = {**BOTH[1], "name": "Other", "table": "raw.other"}
    live.bring(CRASHING.but(runs=[*CRASHING.runs, seen], processors=[*BOTH, other]))
    for minute in range(60):
        live.tick(moment(30.5) + timedelta(minutes=minute))
    assert {decision.finding.root for decision in live.announced()} == {"Box", "Other"}


def test_a_failed_tick_loses_nothing(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.bring(WELL)
    live.tick(moment(30))
    live.bring(CRASHING)
    with monkeypatch.context() as broken:
        broken.setattr(live.state, "remembered", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            live.tick(moment(30.5))
    live.tick(moment(30.52))
    live.tick(moment(30.54))
    assert len(live.announced()) == 1


def test_games_that_end_do_not_start_the_watch_again(live: Live) -> None:
    live.bring(CRASHING)
    live.tick(moment(30.5))
    ended = [{**game(f"G{day}", day), "final_utc": at(29, day)} for day in [*BEFORE, DAY]]
    live.bring(CRASHING.but(game_schedule=ended))
    for minute in range(1, 10):
        live.tick(moment(30.5) + timedelta(minutes=minute))
    assert len(live.announced()) == 1


def test_a_loss_of_weeks_ago_goes_on_after_a_restart(live: Live) -> None:
    live.bring(WELL.but(runs=[*WELL.runs, run("nothing", start=30.1, records_processed=0)]))
    for day in range(12):
        live.tick(moment(36) + timedelta(days=day))
    told = next(each for each in live.announced() if (each.finding.root, each.finding.data_date) == ("Box", DAY))
    live.restart()
    for minute in range(1, 30):
        live.tick(moment(36) + timedelta(days=11, minutes=minute))
    incident = live.state.incident(told.incident)
    assert incident is not None
    assert incident.is_open, "nobody has repaired it"


def test_a_loss_of_weeks_ago_goes_on_in_shadow_after_a_restart(live: Live) -> None:
    policy = GatePolicy(shadow=ShadowPolicy(everything=True))
    live.restart(policy)
    live.bring(WELL.but(runs=[*WELL.runs, run("nothing", start=30.1, records_processed=0)]))
    for day in range(12):
        live.tick(moment(36) + timedelta(days=day))
    live.restart(policy)
    last = moment(36) + timedelta(days=11, minutes=30)
    for minute in range(1, 30):
        live.tick(last - timedelta(minutes=30 - minute))
    kept = live.state.shadow.incidents(moment(30), last)
    assert live.told == []
    assert [each.is_open for each in kept if (each.root, each.data_dates) == ("Box", (DAY,))] == [True]


def test_a_clock_that_is_put_back_restarts_detection(live: Live) -> None:
    live.bring(CRASHING)
    live.tick(moment(31))
    before = len(live.told)
    live.tick(moment(30.9))
    live.tick(moment(30.95))
    assert live.state.last_tick() == moment(31)
    assert len(live.state.decisions(moment(30), moment(32))) == len(live.told) >= before
    assert len(live.announced()) == 1
