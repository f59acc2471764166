"""Many failures at once: six processors alike, or over a hundred where few are usual, however often it is looked at."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from bot.domain.detection.storms import Failures, alert_storm
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.rhythm import Rhythm
from bot.domain.evidence.runs import Category, Status
from bot.domain.findings.storm_policy import StormPolicy

NOW = datetime(2026, 1, 19, 8, 55, tzinfo=UTC)
"""A Monday."""
ERROR = Category.PROCESSING_ERROR
IDS = count()
STORM = StormPolicy()


def failure(name: str, known_at: datetime) -> RunSeen:
    start = known_at - timedelta(minutes=1)
    return RunSeen(
        f"r{next(IDS)}", name, date(2026, 1, 18), start, known_at, Status.FAILED, ERROR, ERROR, 0, 60.0, 1, "schedule",
        known_at, known_at,
    )  # fmt: skip


def within_the_hour(failures: int, names: int) -> Failures:
    """So many failures, evenly over 50 minutes and over the processors."""
    found: dict[str, list[tuple[RunSeen, Category]]] = {}
    for n in range(failures):
        name = f"P{n % names}"
        found.setdefault(name, []).append((failure(name, NOW - timedelta(minutes=50) * n / failures), ERROR))
    return found


def used_to(failures: int, *, weekday: int = 0) -> Rhythm:
    """So many failures at this hour of each of four weeks before; `weekday`: days later than that."""
    rhythm = Rhythm()
    rhythm.count(NOW - timedelta(weeks=5), retry=False, failure=False)
    for week in range(1, 5):
        for _ in range(failures):
            rhythm.count(NOW - timedelta(weeks=week) + timedelta(days=weekday), retry=False, failure=True)
    return rhythm


@pytest.mark.parametrize("names", [1, 2, 5])
def test_over_a_hundred_failures_in_an_hour_are_a_storm(names: int) -> None:
    storm = alert_storm(within_the_hour(101, names), {f"P{n}": used_to(0) for n in range(names)}, NOW, STORM)
    assert storm is not None
    assert storm.processors == tuple(f"P{n}" for n in range(names))
    assert storm.explanation.startswith(f"101 failures within an hour, of {names} processors")


@pytest.mark.parametrize("names", [1, 5])
def test_a_hundred_are_none(names: int) -> None:
    assert alert_storm(within_the_hour(100, names), {f"P{n}": used_to(0) for n in range(names)}, NOW, STORM) is None


def test_in_a_first_week_nobody_knows_how_many_are_usual() -> None:
    assert alert_storm(within_the_hour(500, 5), {}, NOW, STORM) is None


@pytest.mark.parametrize(("usual", "storm"), [(0, True), (20, True), (50, True), (51, False), (101, False)])
def test_what_fails_as_often_at_this_hour_of_other_weeks_is_not_counted(usual: int, storm: bool) -> None:
    """Twice the usual is usual."""
    found = alert_storm(within_the_hour(101, 1), {"P0": used_to(usual)}, NOW, STORM)
    assert (found is not None) is storm


def test_what_fails_often_at_this_hour_of_other_days_is_counted() -> None:
    assert alert_storm(within_the_hour(101, 1), {"P0": used_to(101, weekday=2)}, NOW, STORM) is not None


def test_who_fails_as_usual_does_not_add_to_the_others() -> None:
    """120 failures of two processors, half of them as ever."""
    assert alert_storm(within_the_hour(120, 2), {"P0": used_to(0), "P1": used_to(0)}, NOW, STORM) is not None
    assert alert_storm(within_the_hour(120, 2), {"P0": used_to(60), "P1": used_to(0)}, NOW, STORM) is None


@pytest.mark.parametrize(("said", "storm"), [(None, True), (ERROR, False)])
def test_failures_that_do_not_say_why_are_alike_whatever_their_evidence_shows(
    said: Category | None, storm: bool
) -> None:
    """Three have their file, of three nothing tells; where the text says what each is, there are two kinds."""
    known: dict[str, list[tuple[RunSeen, Category]]] = {}
    for n in range(6):
        run = failure(f"P{n}", NOW - timedelta(minutes=3 * n))._replace(recorded=None, hinted=said)
        known[f"P{n}"] = [(run, ERROR if n % 2 else Category.UNKNOWN)]
    found = alert_storm(known, {}, NOW, STORM)
    assert (found is not None) is storm
    assert found is None or found.explanation.startswith("6 processors failed and do not say why within 25 minutes")


def first_seen(failures: list[tuple[str, datetime]], tick: int, offset: int) -> tuple[datetime, Trouble] | None:
    """The tick that sees a storm, of ticks every so many minutes that know of the last hour only."""
    now = NOW - timedelta(hours=1) + timedelta(minutes=offset)
    while now < NOW + timedelta(hours=1):
        known: dict[str, list[tuple[RunSeen, Category]]] = {}
        for name, moment in failures:
            if now - timedelta(hours=1) < moment <= now:
                known.setdefault(name, []).append((failure(name, moment), ERROR))
        storm = alert_storm(known, {}, now, STORM)
        if storm is not None:
            return now, storm
        now += timedelta(minutes=tick)
    return None


TICKS = [(1, 0), *((10, offset) for offset in range(10))]


@pytest.mark.parametrize(("tick", "offset"), TICKS)
@pytest.mark.parametrize("span", [timedelta(), timedelta(minutes=20), STORM.window - timedelta(seconds=1)])
def test_six_within_the_window_are_seen_at_the_tick_after_the_sixth(span: timedelta, tick: int, offset: int) -> None:
    failures = [(f"P{n}", NOW - span + n * span / 5) for n in range(6)]
    seen = first_seen(failures, tick, offset)
    assert seen is not None
    assert timedelta(0) <= seen[0] - NOW < timedelta(minutes=tick)
    assert seen[1].processors == tuple(f"P{n}" for n in range(6))


@pytest.mark.parametrize(("tick", "offset"), TICKS)
def test_six_within_half_an_hour_and_five_within_the_window_are_not(tick: int, offset: int) -> None:
    slowly = [(f"P{n}", NOW - timedelta(minutes=30) + timedelta(minutes=6 * n)) for n in range(6)]
    assert first_seen(slowly, tick, offset) is None
    assert first_seen([(f"P{n % 5}", NOW - timedelta(minutes=2 * n)) for n in range(10)], tick, offset) is None


def test_the_policy_says_how_many_and_how_near() -> None:
    known: Failures = {f"P{n}": [(failure(f"P{n}", NOW - timedelta(minutes=4 * n)), ERROR)] for n in range(3)}
    assert alert_storm(known, {}, NOW, STORM) is None
    storm = alert_storm(known, {}, NOW, StormPolicy(processors=3, window=timedelta(minutes=9)))
    assert storm is not None
    assert "3 processors failed with processing_error within 9 minutes" in storm.explanation
    assert alert_storm(known, {}, NOW, StormPolicy(processors=3, window=timedelta(minutes=8))) is None
