"""Games that are put off are given up at a moment: before it a run is missing, from it on nothing was due, for all."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.detection.watch import Watch
from bot.domain.evidence.freshness import Staleness, staleness
from bot.domain.evidence.observation import Timeline
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.health.model import Window
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.calendar import games_given_up_at
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Verdict
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.health import HealthService
from bot.services.replay import ALWAYS
from bot.services.validation import ValidationService
from tests.scenarios.test_one_evidence import MOMENTS, holding
from tests.support.builders import World, game, loaded, run
from tests.support.evidence_worlds import DAYS, FLEET, KNOWN

PUT_OFF = DAYS[2]
PLAYED = [day for day in DAYS[:4] if day != PUT_OFF]
GIVEN_UP = games_given_up_at(PUT_OFF)
NIGHT = datetime(PUT_OFF.year, PUT_OFF.month, PUT_OFF.day, 7, tzinfo=UTC) + timedelta(days=1)


@pytest.fixture(scope="module")
def held() -> Iterator[SqlWarehouse]:
    """Box is the only one that works at all, and it did not run for the games that were put off."""
    games = [*(game(f"G{day}", day) for day in PLAYED), {**game("off", PUT_OFF), "final_utc": None}]
    runs = [run(f"Box{day}", "Box", start=30.1, day=day) for day in PLAYED]
    loads = [loaded("raw.box", hours=30.2, day=day) for day in PLAYED]
    made = holding(World(runs, loads, game_schedule=games, processors=FLEET))
    yield made
    made.close()


def verdict(held: SqlWarehouse, moment: datetime) -> Verdict:
    service = ValidationService(held, KNOWN, HealthService(held, KNOWN, ServiceLevels(())), AcceptedLosses())
    asked = ValidationRequest(processor="Box", first=PUT_OFF, last=PUT_OFF, as_of=moment)
    [row] = service.of(asked, MOMENTS[-1]).rows
    return row.verdict


def missed_by_detection(held: SqlWarehouse, moment: datetime) -> bool:
    observed = held.observed(ALWAYS, moment)
    watch = Watch(KNOWN, observed, SeverityPolicy(), AcceptedLosses(), StormPolicy())
    timeline, now, findings = Timeline(observed), moment - timedelta(days=4), []
    while now <= moment:
        findings = watch.tick(timeline.until(now), now)
        now += timedelta(hours=1)
    return any(
        found.kind is FindingKind.MISSING_RUN and "Box" in found.processors and found.data_date == PUT_OFF
        for found in findings
    )


def due_and_stale(held: SqlWarehouse, moment: datetime) -> tuple[bool | None, Staleness]:
    [found] = [each for each in held.freshness(PUT_OFF, moment) if each.processor == "Box"]
    return found.expected, staleness(None, found, moment)


def due_by_health(held: SqlWarehouse, moment: datetime) -> int:
    return sum(each.due for each in held.health_due(Window.at(moment, 30)) if each.processor == "Box")


@pytest.mark.parametrize(
    ("moment", "missed", "said", "due", "dates"),
    [
        (NIGHT, True, Verdict.MISSING_RUN, True, 2),
        (GIVEN_UP - timedelta(minutes=1), True, Verdict.MISSING_RUN, True, 2),
        (GIVEN_UP, False, Verdict.OFF_DAY, False, 2),
        (NIGHT + timedelta(days=1), False, Verdict.OFF_DAY, False, 3),
    ],
)
def test_all_change_their_answer_at_once(
    held: SqlWarehouse, moment: datetime, missed: bool, said: Verdict, due: bool, dates: int
) -> None:
    """Health counts a date once its games are over or given up, and this one never."""
    assert missed_by_detection(held, moment) is missed
    assert verdict(held, moment) is said
    assert due_and_stale(held, moment) == (due, Staleness.FRESH)
    assert due_by_health(held, moment) == dates
