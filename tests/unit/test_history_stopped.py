"""A history that stopped is known up to its last row, and each answer says so in the same words, however long ago."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.evidence.freshness import Staleness
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Verdict
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.validation import ValidationService
from tests.support.builders import DAY, Row, World, load, loaded, registry, run, warehouse

FLEET: list[Row] = [
    {"name": "Daily", "phase": 2, "table": "raw.daily", "schedule_hours_et": [8.0], "per_game": False},
    {"name": "After", "phase": 3, "table": "an.after", "schedule_hours_et": [9.0], "per_game": False,
     "dependencies": ["Daily"]},
]  # fmt: skip
LAST = DAY + timedelta(days=15)
END = datetime(LAST.year, LAST.month, LAST.day, 14, 1, 1, tzinfo=UTC)
TEXT = "No new data since 2026-01-30 14:01 UTC: what has happened since then is not known"
SAID = f"{TEXT}. The history ends there: answered as of its end."


@pytest.mark.parametrize("days", [2, 4, 28, 40, 500])
def test_every_answer_ends_where_the_history_does(days: int, tmp_path: Path) -> None:
    dates = [DAY + timedelta(days=ahead) for ahead in range(16)]
    names = (("Daily", "raw.daily", 13.0), ("After", "an.after", 14.0))
    world = World(
        [run(f"{name}{day}", name, start=start, day=day) for name, _, start in names for day in dates],
        [loaded(table, hours=start + 0.01, day=day) for _, table, start in names for day in dates],
        processors=FLEET,
    )
    into, known, now = warehouse(), registry(FLEET), END + timedelta(days=days)
    load(into, world.write(tmp_path), FLEET, now=now)
    health = HealthService(into, known, ServiceLevels(()))
    report = health.of(HealthRequest(), now)
    assert (report.window.as_of, [reason.text for reason in report.reasons]) == (END, [SAID])
    asked = health.of(HealthRequest(as_of=now), now)
    assert (asked.window.as_of, f"{TEXT}." in asked.warnings, SAID in asked.warnings) == (now, True, False)
    assert report.last_day is not None  # of whole hours: After of the day before is in it
    assert (report.last_day.succeeded, sum(row.due.missing for row in report.processors)) == (3, 0)
    impact = ImpactService(into, known, health)
    assert SAID in impact.of(ImpactRequest("Daily"), now).notes
    validation = ValidationService(into, known, health, AcceptedLosses())
    after = LAST + timedelta(days=1)
    found = validation.of(ValidationRequest(first=LAST, last=after), now)
    assert SAID in found.notes
    assert {(row.data_date, row.verdict) for row in found.rows} == {(LAST, Verdict.OK), (after, Verdict.UNKNOWN)}
    assert {row.judged.because for row in found.rows if row.data_date == after} == {f"cannot be judged: {TEXT}"}
    ahead = impact.of(ImpactRequest("Daily", after), now)
    assert {ahead.subject.staleness, *(row.staleness for row in ahead.dependents)} == {Staleness.UNKNOWN}
