"""Scenarios run on both transports, over one small history."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.slo import ServiceLevels
from bot.ports.fakes.state import FakeState
from bot.ports.warehouse import History
from bot.services.app import AppServices
from bot.services.health import HealthService
from tests.support.response_bench import paging_state, watching
from tests.support.slack_bench import small_history


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServices]:
    with small_history(tmp_path_factory.mktemp("history")) as made:
        yield made


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class NoRuns:
    """A warehouse that holds a registry and not a single run."""

    def history(self) -> History:
        return History(0, None, None, None, ())


@pytest.fixture
def empty(services: AppServices) -> AppServices:
    health = HealthService(NoRuns(), services.registry, ServiceLevels(()))  # type: ignore[arg-type]
    return replace(services, health=health)


@pytest.fixture
def state() -> FakeState:
    return paging_state()


@pytest.fixture
def watched(state: FakeState, tmp_path: Path) -> Iterator[AppServices]:
    with watching(state, tmp_path) as services:
        yield services
