"""Sources that are cut in a busy night: one message for each cut, nothing false, and nothing that is lost."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.domain.findings.finding import FindingKind
from bot.domain.gate.memory import GateRules
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Registry
from bot.domain.sources import Feed
from bot.ports.fakes.state import FakeState
from bot.services.blindness import Blindness
from bot.services.detection import DetectionService
from bot.services.gate import GateService
from bot.services.loading import hints_of
from bot.services.sources import SourcesService
from tests.support import small_world
from tests.support.builders import warehouse
from tests.support.feeds import Shelf, connected, read_all, shelves
from tests.support.replay_worlds import PROJECT

BEGIN, END = datetime(2026, 2, 28, 3, 35, tzinfo=UTC), datetime(2026, 2, 28, 7, 30, tzinfo=UTC)
STEP = timedelta(minutes=15)
CUT_FOR = timedelta(minutes=30)
CUTS = {
    Feed.RAW_FILES: datetime(2026, 2, 28, 3, 50, tzinfo=UTC),
    Feed.RUNS: datetime(2026, 2, 28, 5, tzinfo=UTC),
    Feed.TABLE_LOADS: datetime(2026, 2, 28, 6, 30, tzinfo=UTC),
}
POLICY = load_policy(PROJECT / "config" / "nba" / "policy.yaml")


@dataclass
class Night:
    """What was decided between BEGIN and END, and the most that was held because of each source."""

    decisions: list[Decision] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)

    def announced(self) -> dict[str, Decision]:
        return {each.fingerprint: each for each in self.decisions if each.outcome is Outcome.ANNOUNCE}


def lived_through(world: Path, cuts: Mapping[Feed, datetime]) -> Night:
    registry, now, state, night = load_registry(world / "registry.yaml").registry, BEGIN, FakeState(), Night()
    held = warehouse()
    feeds = shelves(world)
    sources = connected(feeds, hints_of(POLICY.failure_text_rules, POLICY.vocabulary), timedelta(minutes=1))
    service = SourcesService(held, sources, lambda: registry, lambda: now)
    blindness = Blindness(service.statuses, POLICY.blindness)

    def gate_for(known: Registry) -> GateService:
        phases = {processor.name: processor.phase for processor in known.processors}
        return GateService(state, GateRules(POLICY.gate, Lineage(known), phases))

    detection = DetectionService(held, POLICY.severity, AcceptedLosses(), gate_for, blindness)
    while now <= END:
        cut(feeds, cuts, now)
        read_all(service)
        night.decisions += detection.tick(now + timedelta(seconds=1))
        night.held |= Counter(blindness.held)
        now += STEP
    held.close()
    return night


def cut(feeds: Mapping[Feed, Shelf], cuts: Mapping[Feed, datetime], now: datetime) -> None:
    for feed, shelf in feeds.items():
        since = cuts.get(feed)
        shelf.cut = "connection refused" if since is not None and since <= now < since + CUT_FOR else None


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_world.written(tmp_path_factory.mktemp("night") / "world")


@pytest.fixture(scope="module")
def usual(world: Path) -> Night:
    return lived_through(world, {})


@pytest.fixture(scope="module")
def troubled(world: Path) -> Night:
    return lived_through(world, CUTS)


def test_each_cut_is_one_message_with_an_end(troubled: Night) -> None:
    blind = [each for each in troubled.decisions if each.finding.kind is FindingKind.SOURCE_BLIND]
    told = Counter((each.finding.source, each.outcome) for each in blind if each.outcome is not Outcome.UPDATE)
    said = {pair: times for pair, times in told.items() if pair[1] is not Outcome.HOLD}
    assert said == {(feed.value, outcome): 1 for feed in CUTS for outcome in (Outcome.ANNOUNCE, Outcome.RESOLVE)}
    ends = {each.finding.source: each.at for each in blind if each.outcome is Outcome.RESOLVE}
    assert all(timedelta() <= ends[feed.value] - (since + CUT_FOR) <= STEP for feed, since in CUTS.items())


def test_nothing_false_is_announced_and_nothing_true_is_lost(usual: Night, troubled: Night) -> None:
    pipeline = {name for name, each in troubled.announced().items() if not each.finding.source}
    assert pipeline == set(usual.announced())
    assert usual.announced(), "a busy night has troubles of its own"


def test_what_rests_on_absence_was_held(troubled: Night) -> None:
    assert troubled.held["runs"] + troubled.held["table_loads"] > 0
