"""`fireline health --as-of` equals the independent computation, to the last run."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.independent.commands import health
from tests.independent.evidence import TextRules
from tests.independent.exact import Exact, all_differences
from tests.independent.exact import health as exact_health
from tests.independent.world import World
from tests.support.replay_worlds import WORLDS

MOMENTS = {
    "before categories were recorded": ("2026-02-05T12:00:00", 3),
    "middle of the world": ("2026-02-20T15:37:23", 7),
    "before the clock change": ("2026-03-08T06:59:59", 1),
    "in the night of the clock change": ("2026-03-08T07:10:00", 7),
    "the end": ("2026-03-18T20:35:00", 30),
}
NIGHT = ("--as-of", "2026-03-08T07:10:00")


def exact_at(world: World, rules: TextRules, as_of: datetime, days: int) -> Exact:
    return exact_health(world, rules, (as_of - timedelta(days=days), as_of), as_of, as_of)


ASKED = [
    (when, world.name) for place, world in enumerate(WORLDS) for when in MOMENTS if place == 1 or "clock" not in when
]
"""The clock changes in each world alike: one of them is asked about it."""


@pytest.mark.parametrize(("when", "name"), ASKED)
def test_health_as_of(
    name: str, when: str, read: Callable[[str], World], home_of: Callable[[str], Path], rules: TextRules
) -> None:
    moment, days = MOMENTS[when]
    as_of = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    exact = exact_at(read(name), rules, as_of, days)
    told = health(home_of(name), "--as-of", moment, "--days", str(days))

    assert list(all_differences(told, exact)) == []
    assert {row["name"] for row in told["processors"]} == set(exact.processors), "a row for each registered processor"
    assert {row["phase"] for row in told["phases"]} == {entry["phase"] for entry in read(name).processors.values()}
    assert told["noise"]["raw_failures"] == exact.total.by_status["failed"]
    assert told["noise"]["by_category"] == dict(exact.total.by_category)
    assert told["noise"]["alerts"] == 0
    assert (told["as_of"], told["window_days"]) == (f"{moment}Z", days)
    assert told["window"]["percentile_relative_error"] == 0

    midnight = (as_of - timedelta(days=days)).replace(hour=0, minute=0, second=0)
    before = exact_health(read(name), rules, (midnight - timedelta(days=30), midnight), as_of, as_of)
    for row in told["processors"]:
        usual = before.processors[row["name"]].answer
        assert row["baseline"] == {"success_rate": usual["success_rate"], "p95_s": usual["p95_s"]}, row["name"]


@pytest.fixture(scope="module")
def whole(home_of: Callable[[str], Path]) -> Any:
    return health(home_of("dev-1"), *NIGHT)


@pytest.mark.parametrize("moment", ["2026-03-08T02:10:00-05:00", "2026-03-08 08:10+01:00", "2026-03-08T07:10:00Z"])
def test_the_same_moment_in_other_words(moment: str, whole: Any, home_of: Callable[[str], Path]) -> None:
    assert health(home_of("dev-1"), "--as-of", moment) == whole


@pytest.mark.parametrize("phase", [1, 2, 3, 4, 5, 6])
def test_one_phase(phase: int, whole: Any, home_of: Callable[[str], Path]) -> None:
    told = health(home_of("dev-1"), *NIGHT, "--phase", str(phase))
    assert told["phases"] == [row for row in whole["phases"] if row["phase"] == phase]
    assert told["processors"] == [row for row in whole["processors"] if row["phase"] == phase]
    assert told["noise"]["raw_failures"] == sum(row["failed"] for row in told["processors"])


def test_one_processor(whole: Any, home_of: Callable[[str], Path]) -> None:
    for row in (whole["processors"][0], max(whole["processors"], key=lambda row: row["failed"])):
        told = health(home_of("dev-1"), *NIGHT, "--processor", row["name"].lower())
        assert told["processors"] == [row]
        assert told["noise"]["raw_failures"] == row["failed"]
