"""Without `--as-of` the answer comes from the roll-up: counts equal the exact ones, percentiles within 1 %."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.health_json import health_json
from bot.config.settings import Settings
from bot.domain.health.model import HealthRequest
from bot.reading import reading
from tests.independent.commands import fireline, health
from tests.independent.evidence import TextRules
from tests.independent.exact import all_differences
from tests.independent.exact import health as exact_health
from tests.independent.world import World
from tests.support.replay_worlds import WORLDS

NAMES = [world.name for world in WORLDS]
AT_MOST = 0.01 + 1e-9
ALL_EVIDENCE = datetime(2100, 1, 1, tzinfo=UTC)


def span_of(told: dict[str, dict[str, str]]) -> tuple[datetime, datetime]:
    """What is counted: whole hours, the one that goes on among them."""
    since, until = (datetime.fromisoformat(told["window"][edge]) for edge in ("since", "until"))
    return since, until.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@pytest.mark.parametrize("days", [1, 30])
@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_history_is_answered_as_of_its_end(
    name: str, days: int, read: Callable[[str], World], home_of: Callable[[str], Path], rules: TextRules
) -> None:
    world, told = read(name), health(home_of(name), "--days", str(days))
    as_of = datetime.fromisoformat(told["as_of"])
    since, until = span_of(told)
    assert as_of == max(max(run.inserted_at for run in world.runs), *(at[-1] for at in world.files.values())), (
        "its newest row"
    )
    assert told["window"]["until"] == told["as_of"]
    assert since.minute == since.second == 0
    assert timedelta() <= as_of - timedelta(days=days) - since < timedelta(hours=1)
    assert any("No new data since" in warning for warning in told["warnings"])

    exact = exact_health(world, rules, (since, until), as_of, ALL_EVIDENCE)
    assert list(all_differences(told, exact, AT_MOST)) == []
    assert told["noise"]["by_category"] == dict(exact.total.by_category)
    assert told["window"]["percentile_relative_error"] == 0.01


@pytest.mark.parametrize("moment", ["2026-02-20T00:00", "2026-03-08T06:30", "2026-03-18T23:59"])
@pytest.mark.parametrize("name", NAMES)
def test_a_live_answer_while_the_history_goes_on(
    name: str, moment: str, read: Callable[[str], World], home_of: Callable[[str], Path], rules: TextRules
) -> None:
    """The roll-up holds what is recorded now: only the window and the judging follow the clock."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with reading(Settings(home=home_of(name))) as services:
        told = json.loads(health_json(services.health.of(HealthRequest(days=3), now)))
    exact = exact_health(read(name), rules, span_of(told), now, ALL_EVIDENCE)
    assert list(all_differences(told, exact, AT_MOST)) == []


@pytest.mark.parametrize("name", NAMES)
def test_rows_add_up(name: str, home_of: Callable[[str], Path]) -> None:
    told = health(home_of(name))
    for row in (*told["processors"], *told["phases"]):
        assert row["expected"] + row["real"] + row["unknown"] == row["failed"]
        assert row["succeeded"] + row["skipped"] + row["failed"] <= row["runs"]
        assert 0 <= row["masked"] <= row["real"]
    for phase in told["phases"]:
        members = [row for row in told["processors"] if row["phase"] == phase["phase"]]
        for count in ("runs", "succeeded", "skipped", "failed", "expected", "real", "unknown", "zero_on_game_days"):
            assert phase[count] == sum(row[count] for row in members)
    assert told["noise"]["raw_failures"] == sum(row["failed"] for row in told["processors"])
    assert sum(told["noise"]["by_category"].values()) == told["noise"]["raw_failures"]


@pytest.mark.parametrize("name", NAMES)
def test_colours_follow_from_the_numbers(name: str, home_of: Callable[[str], Path]) -> None:
    told = health(home_of(name))
    for row in (*told["processors"], *told["phases"]):
        rate, idle = row["success_rate"], not row["succeeded"] and row["dates_due"] > 0
        red = idle or (rate is not None and rate < 0.5)
        assert (row["status"] == "RED") == red, row
        assert (row["status"] == "GREY") == (row["runs"] == 0 and row["dates_due"] == 0), row
        if rate is not None and row["target"] is not None and not red:
            assert row["status"] == "YELLOW" or rate >= row["target"], row
        assert bool(row["findings"]) == (row["status"] in ("RED", "YELLOW")), row
    red_phase = any(row["status"] == "RED" for row in told["phases"])
    lost = any(reason["name"] == "dates_missing" and " P0: " in reason["text"] for reason in told["reasons"])
    levels = json.loads(fireline("slo", "--json", home=home_of(name)).stdout)
    budgets = [each for each in (*levels["phases"], *levels["named"]) if each["budget"] >= 1]
    assert (told["overall"] == "RED") == (red_phase or lost or any(each["spent"] >= 1 for each in budgets))
    assert told["reasons"]
