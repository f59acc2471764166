"""A tick knows only what was known at that moment: a later world, and finer ticks, change nothing of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence.observation import Observed, RunSeen
from bot.domain.evidence.runs import Status
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.registry import Registry
from bot.services.replay import FAR
from tests.support.pipeline_notified import decisions
from tests.support.small_world import FIRST, LAST, loaded, written

MOMENTS = (
    datetime(2026, 2, 27, 4, 20, tzinfo=UTC),
    datetime(2026, 2, 28, 7, 10, tzinfo=UTC),
    datetime(2026, 3, 1, 5, 0, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, Observed]:
    registry, observed, _ = loaded(written(tmp_path_factory.mktemp("small") / "world"))
    return registry, observed


@pytest.fixture(scope="module")
def decided(world: tuple[Registry, Observed]) -> list[Decision]:
    return decisions(*world, FIRST, LAST)


def _as_of(observed: Observed, moment: datetime) -> Observed:
    return replace(
        observed,
        runs=tuple(_seen(run, moment) for run in observed.runs if min(run.started_at, run.known_at) <= moment),
        loads=tuple(load for load in observed.loads if load.known_at <= moment),
        files=tuple(file for file in observed.files if file.known_at <= moment),
        windows=tuple(window for window in observed.windows if window.announced_at <= moment),
    )


def _seen(run: RunSeen, moment: datetime) -> RunSeen:
    """Of a run whose row is not written only its start and its heartbeat are known."""
    if run.known_at <= moment:
        return run
    return run._replace(
        ended_at=None,
        status=Status.FAILED,
        recorded=None,
        hinted=None,
        records=None,
        seconds=None,
        heartbeat_at=min(run.heartbeat_at, moment) if run.heartbeat_at else None,
        known_at=FAR,
    )


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_what_becomes_known_later_changes_no_decision(
    world: tuple[Registry, Observed], decided: list[Decision], moment: datetime
) -> None:
    registry, observed = world
    before = [decision for decision in decided if decision.at <= moment]
    assert before
    assert decisions(registry, _as_of(observed, moment), FIRST, moment) == before


def test_ticks_of_one_minute_name_the_same_incidents(world: tuple[Registry, Observed]) -> None:
    first, last = LAST - timedelta(hours=9), LAST
    finer = decisions(*world, first, last, timedelta(minutes=1))
    coarse = decisions(*world, first, last)
    assert _named(finer)
    assert _named(finer) == _named(coarse)


def _named(decided: list[Decision]) -> set[tuple[object, ...]]:
    told = [decision for decision in decided if decision.outcome is Outcome.ANNOUNCE]
    return {(each.finding.kind, each.finding.root, each.finding.data_date) for each in told}
