"""Whom an incident blocks, and the deadline that comes next."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.impact.reach import ReachMap
from bot.domain.incidents.notice import Due, Reach
from bot.domain.platform.registry import Criticality, Processor, Registry
from bot.views import incident as incident_view
from bot.views import incident_words
from tests.support.gate_story import DAY, START
from tests.support.notices import CASCADE, incident, notice


def registry(**deadlines: int) -> Registry:
    """`deadlines`: processor -> the hour of its deadline, UTC; each has its slot at 01:00 of the day after."""

    def one(name: str, *needs: str, level: Criticality | None = None) -> Processor:
        by = time(deadlines[name]) if name in deadlines else None
        return Processor(
            name=name, phase=2, dependencies=needs, criticality=level, schedule_hours_et=(25.0,), sla_completion_time=by
        )

    root = CASCADE.root
    return Registry(
        timezone="UTC",
        processors=(
            one(root),
            one("Export", root, level=Criticality.LOW),
            one("Ratings", root, level=Criticality.HIGH),
            one("Predictions", "Ratings", level=Criticality.CRITICAL),
        ),
    )


BLOCKED = incident(impact=("Export", "Ratings", "Predictions"))
TEN = START.replace(hour=10)


def test_the_gravest_comes_first_with_its_own_deadline() -> None:
    found = ReachMap(registry(Predictions=10, Export=8)).of(BLOCKED, START)
    assert found == Reach("Predictions", 2, Due("Predictions", TEN), 3)
    assert TEN.date() == DAY + timedelta(days=1)


def test_without_one_the_next_deadline_of_all_is_named() -> None:
    found = ReachMap(registry(Export=10, Ratings=12)).of(BLOCKED, START)
    assert (found.blocked, found.due) == ("Predictions", Due("Export", TEN))


def test_a_deadline_of_another_is_named_by_its_processor_however_little_room_there_is() -> None:
    reach = ReachMap(registry(Export=10, Ratings=12)).of(BLOCKED, START)
    said = incident_words.reach(replace(notice(), reach=reach), incident_view.PLAIN, short=True)
    assert said.startswith("Predictions blocked; Export due 10:00 UTC")


def test_one_that_has_passed_says_how_long_ago_where_there_is_little_room() -> None:
    name = "SyntheticPredictionsOfTheFarWest"
    late = Reach("Predictions", 0, Due(name, START - timedelta(days=2, hours=3)))
    said = incident_words.reach(replace(notice(), reach=late), incident_view.PLAIN, short=True)
    assert said == "Predictions blocked; SyntheticPredictionsOfT… was due 2 d 3 h ago"
    whole = incident_words.reach(replace(notice(), reach=late), incident_view.PLAIN)
    assert f"{name} due " in whole


def test_when_all_have_passed_the_last_one_is_named() -> None:
    found = ReachMap(registry(Export=8, Ratings=10)).of(BLOCKED, TEN + timedelta(hours=1))
    assert found.due == Due("Ratings", TEN)


def test_nobody_is_blocked() -> None:
    found = ReachMap(registry()).of(incident(impact=()), START)
    assert found == Reach(dependents=3)


def test_where_no_dependency_is_registered_nobody_knows_whom_it_blocks() -> None:
    alone = Registry(timezone="UTC", processors=tuple(Processor(name=each) for each in (CASCADE.root, "Export")))
    found = ReachMap(alone).of(incident(impact=()), START)
    assert found == Reach(dependents=None)
    said = incident_words.reach(replace(notice(), reach=found), incident_view.PLAIN)
    assert said == "Whom it blocks is unknown: no dependencies registered"
