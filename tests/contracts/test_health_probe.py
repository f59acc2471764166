"""A service is asked whether it is well, at the address of the registry, with a token where it is on Cloud Run."""

from collections.abc import Iterator

import pytest

from bot.adapters.run_control.health import HttpHealth
from bot.adapters.run_control.identity import NoToken
from bot.ports.health_probe import Health
from tests.support.service_endpoints import TeamService, team_service


@pytest.fixture
def place() -> Iterator[TeamService]:
    with team_service() as made:
        yield made


def asked(place: TeamService, path: str | None = "/health", project: str | None = "nba") -> Health:
    return HttpHealth(lambda audience: f"token-for-{audience}", timeout_s=0.5).of(
        place.service(health_path=path, project=project)
    )


def test_a_service_that_is_well_is_asked_once_with_a_token(place: TeamService) -> None:
    assert asked(place) == Health(True, "/health answers HTTP status 200")
    [made] = place.asked
    assert (made.method, made.path) == ("GET", "/health")
    assert made.headers["Authorization"] == f"Bearer token-for-{place.address}"


def test_without_a_project_no_token_leaves(place: TeamService) -> None:
    assert asked(place, project=None).ok is True
    assert "Authorization" not in place.asked[0].headers


@pytest.mark.parametrize("fault", [500, 404, 302, "hangs", "reset", "no HTTP"])
def test_anything_else_is_not_well(place: TeamService, fault: str | int) -> None:
    place.fault = fault
    found = asked(place)
    assert found.ok is False
    assert found.said.startswith("/health ")
    assert len(place.asked) == 1


def test_what_cannot_be_asked_is_not_known(place: TeamService) -> None:
    assert asked(place, None) == Health(None, "its health is not asked: the registry names no health_path of raw")

    def nobody(_: str) -> str:
        raise NoToken("there is no identity to ask with", permanent=True)

    found = HttpHealth(nobody, timeout_s=0.5).of(place.service(health_path="/health", project="nba"))
    assert found == Health(None, "/health could not be asked: there is no identity to ask with")
    inside = place.service(address="https://metadata.google.internal", health_path="/health", project="nba")
    assert HttpHealth(lambda _: "token", timeout_s=0.5).of(inside).ok is not True
