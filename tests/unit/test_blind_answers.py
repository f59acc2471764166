"""While a source is blind, every surface says unknown where it would say missing."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.freshness import Staleness
from bot.domain.health.model import Colour, HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevel, ServiceLevels
from bot.domain.sources import Feed, SourcePlan, SourceStatus
from bot.domain.verdicts.judge import Verdict
from bot.services.blindness import Blindness
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.slo import SloService
from bot.services.validation import ValidationService
from tests.support.builders import DAY, PROCESSORS, World, game, load, loaded, raw_file, registry, run, warehouse

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)
"""After everything of DAY is settled."""
BOX = [each for each in PROCESSORS if each["name"] in ("BoxScraper", "Box")]
BEFORE = [DAY - timedelta(days=back) for back in range(1, 9)]
WORLD = World(
    runs=[
        run(f"{name}{day}", name, start=start, day=day)
        for name, start in (("Box", 30), ("BoxScraper", 28))
        for day in [*BEFORE, DAY]
    ],
    table_loads=[loaded(day=day, hours=30.01) for day in BEFORE],
    raw_files=[raw_file(day=day) for day in [*BEFORE, DAY]],
    game_schedule=[game(f"G{day}", day) for day in [*BEFORE, DAY]],
    processors=BOX,
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        load(opened, WORLD.write(tmp_path_factory.mktemp("world") / "data"), BOX)
        yield opened


def blind_since(hour: float, feed: Feed = Feed.TABLE_LOADS) -> Blindness:
    since = datetime(2026, 1, 16, tzinfo=UTC) + timedelta(hours=hour)
    plan = SourcePlan("loads", "sql", feed, timedelta(minutes=1), timedelta())
    status = SourceStatus(plan, NOON, synced_at=since, failing_since=since, error="refused")
    return Blindness(lambda: [status], held={"loads": 3})


def verdict(held: SqlWarehouse, blindness: Blindness) -> Verdict:
    health = HealthService(held, registry(BOX), ServiceLevels(()), blindness=blindness)
    service = ValidationService(held, registry(BOX), health, AcceptedLosses(), blindness=blindness)
    return service.judge("Box", DAY, NOON).verdict


def test_an_outcome_is_unknown_from_then_on(held: SqlWarehouse) -> None:
    levels = ServiceLevels((ServiceLevel(2, 0.95),))
    health = HealthService(held, registry(BOX), levels)
    for blindness, counts in ((None, (8, 1, 0)), (blind_since(0), (8, 0, 1))):
        [phase] = SloService(held, registry(BOX), levels, health, blindness).of(NOON).phases
        assert phase.month == counts


def test_a_verdict_is_unknown_from_then_on_and_what_was_known_before_stays(held: SqlWarehouse) -> None:
    assert verdict(held, Blindness()) is Verdict.CONFLICT
    assert verdict(held, blind_since(5)) is Verdict.UNKNOWN
    assert verdict(held, blind_since(11)) is Verdict.CONFLICT, "its data was due at six"


def test_health_says_since_when_and_counts_no_date_as_missing(held: SqlWarehouse) -> None:
    def report(blindness: Blindness) -> tuple[Colour, set[str], int]:
        service = HealthService(held, registry(BOX), ServiceLevels(()), blindness=blindness)
        found = service.of(HealthRequest(), NOON)
        missing = sum(row.due.missing for row in found.processors)
        return found.overall, {reason.name for reason in found.reasons}, missing

    assert report(Blindness())[2] == 1
    colour, reasons, missing = report(blind_since(5))
    assert (colour, missing) == (Colour.YELLOW, 0)
    assert "source_blind" in reasons
    assert "dates_missing" not in reasons


def test_health_names_the_source_and_what_is_held(held: SqlWarehouse) -> None:
    service = HealthService(held, registry(BOX), ServiceLevels(()), blindness=blind_since(5))
    said = [reason.text for reason in service.of(HealthRequest(), NOON).reasons if reason.name == "source_blind"]
    assert said == [
        "Source loads cannot be read since 2026-01-16 05:00 UTC: refused: what it brings is unknown."
        " 3 findings are held until it is read again."
    ]


def test_impact_does_not_call_it_stale(held: SqlWarehouse) -> None:
    def staleness(blindness: Blindness) -> Staleness:
        health = HealthService(held, registry(BOX), ServiceLevels(()), blindness=blindness)
        found = ImpactService(held, registry(BOX), health, blindness).of(ImpactRequest("Box", DAY), NOON)
        return found.subject.staleness

    assert staleness(Blindness()) is Staleness.NO_DATA
    assert staleness(blind_since(5)) is Staleness.UNKNOWN
