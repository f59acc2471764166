"""A fleet that falls silent, and a history that ends: health says so, and is never GREEN."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.health.model import Colour, HealthReport, HealthRequest
from bot.domain.health.silence import is_long, usual_pause
from bot.domain.slo import ServiceLevels
from bot.services.health import HealthService
from tests.support.builders import Row, World, game, load, loaded, raw_file, registry, run, warehouse

LEVELS = ServiceLevels(())
HOUR = timedelta(hours=1)
START = datetime(2026, 1, 10, 0, 0, tzinfo=UTC)
PIPELINE = [
    {"name": "Hourly", "phase": 1, "bigquery_table": "raw.hourly", "schedule_hours_et": list(range(24))},
    {"name": "Nightly", "phase": 2, "bigquery_table": "raw.nightly", "schedule_hours_et": [26]},
]
RUNS_UNTIL = START + 48 * HOUR


def hourly(until: datetime) -> list[Row]:
    """A run in each hour from START on, recorded half an hour later."""
    started = [START + hour * HOUR for hour in range(int((until - START) / HOUR) + 1)]
    return [
        run(
            f"h{at:%d%H}",
            "Hourly",
            phase=1,
            day=at.date(),
            start=at.hour,
            inserted_at=(at + HOUR / 2).replace(tzinfo=None),
        )
        for at in started
    ]


def health(tmp_path: Path, now: datetime, *, loads_until: datetime | None = None) -> HealthReport:
    """Hourly runs until RUNS_UNTIL; with `loads_until` table loads go on until then."""
    later = (loads_until or START) - START
    made = World(
        hourly(RUNS_UNTIL),
        [loaded("raw.hourly", day=START.date(), hours=later / HOUR)],
        [raw_file(day=START.date(), hours=1)],
        [game()],
        processors=PIPELINE,
    )
    opened = warehouse()
    load(opened, made.write(tmp_path), PIPELINE)
    return HealthService(opened, registry(PIPELINE), LEVELS).of(HealthRequest(), now)


def names(report: HealthReport) -> set[str]:
    return {reason.name for reason in report.reasons}


def test_the_usual_pause_is_told_from_the_hours_in_which_runs_started() -> None:
    hours = [START + hour * HOUR for hour in (0, 1, 2, 3, 8, 9)]
    assert usual_pause(hours) == 5 * HOUR
    assert usual_pause(hours[:1]) == timedelta()
    assert not is_long(10 * HOUR, hours)
    assert is_long(11 * HOUR, hours)
    assert not is_long(2 * HOUR, hours[:1]), "an hour or two are nothing"


def test_a_fleet_that_runs_is_not_silent(tmp_path: Path) -> None:
    assert names(health(tmp_path, RUNS_UNTIL + HOUR)).isdisjoint({"fleet_silent", "no_new_data"})


def test_without_new_rows_it_says_since_when(tmp_path: Path) -> None:
    report = health(tmp_path, RUNS_UNTIL + 6 * HOUR)
    assert report.overall is not Colour.GREEN
    text = "No new data since 2026-01-12 00:30 UTC: what has happened since then is not known. "
    text += "The history ends there: answered as of its end."
    assert [reason.text for reason in report.reasons if reason.name == "no_new_data"] == [text]


def test_while_other_evidence_comes_in_a_fleet_that_starts_nothing_is_silent(tmp_path: Path) -> None:
    report = health(tmp_path, RUNS_UNTIL + 8 * HOUR, loads_until=RUNS_UNTIL + 7 * HOUR)
    text = "Nothing has started since 2026-01-12 00:00 UTC for 6 hours, though slots were due."
    assert [reason.text for reason in report.reasons if reason.name == "fleet_silent"] == [text]
    assert "no_new_data" not in names(report)


@pytest.mark.parametrize("hours", [1, 2, 3])
def test_a_short_pause_is_none(tmp_path: Path, hours: int) -> None:
    assert names(health(tmp_path, RUNS_UNTIL + hours * HOUR)).isdisjoint({"fleet_silent", "no_new_data"})
