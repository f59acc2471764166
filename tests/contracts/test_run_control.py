"""How services are asked to run: what each answer means, what goes with an order, and where it never goes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.run_control.identity import IdentityTokens
from bot.adapters.run_control.jobs import CloudRunJobs
from bot.adapters.run_control.over_http import OverHttp
from bot.adapters.run_control.registered import RegisteredServices
from bot.domain.platform.registry import Control, Registry, Service, ServiceRequest
from bot.ports.run_control import Answer, Taken
from tests.support.builders import NOW
from tests.support.cloud_run import CLEANUP, PROJECT, REGION, CloudRunBench, cloud_run, job_name
from tests.support.service_endpoints import TeamService, order, team_service
from tests.support.token_server import EMAIL, TokenServer, token_server

ACCEPTED, REFUSED, AMBIGUOUS = Taken.ACCEPTED, Taken.REFUSED, Taken.AMBIGUOUS


@pytest.fixture
def place() -> Iterator[TeamService]:
    with team_service() as made:
        yield made


@pytest.fixture(scope="module")
def tokens() -> Iterator[TokenServer]:
    with token_server() as made:
        yield made


def asked(place: TeamService, **more: Any) -> Answer:
    return OverHttp(timeout_s=0.5).start(place.service(**more), order())


def at(address: str) -> Answer:
    made = Service(name="raw", address=address, request=ServiceRequest())
    return OverHttp(timeout_s=2).start(made, order())


def test_an_order_is_the_registrys_request_with_its_id(place: TeamService) -> None:
    assert asked(place) == Answer(taken=ACCEPTED, reason="HTTP status 202", execution="run-7c1d")
    made = place.asked[0]
    assert (made.method, made.path) == ("POST", "/process")
    assert made.said() == {"processor": "BoxScores", "date": "2026-01-14"}
    assert (made.headers["X-Request-Id"], made.headers["Idempotency-Key"]) == ("7c1d", "7c1d")
    assert "Authorization" not in made.headers


@pytest.mark.parametrize(
    ("fault", "taken", "says"),
    [
        (400, REFUSED, {"permanent": True}),
        (401, REFUSED, {"permanent": True}),
        (404, REFUSED, {"permanent": True}),
        (409, REFUSED, {"busy": True}),
        (429, REFUSED, {}),
        (500, AMBIGUOUS, {}),
        (501, REFUSED, {"permanent": True}),
        (502, AMBIGUOUS, {}),
        (504, AMBIGUOUS, {}),
        ("hangs", AMBIGUOUS, {}),
        ("reset", AMBIGUOUS, {}),
        ("no HTTP", AMBIGUOUS, {}),
        ("taken, then reset", AMBIGUOUS, {}),
        ("taken, then 500", AMBIGUOUS, {}),
        ("taken, then hangs", AMBIGUOUS, {}),
    ],
)
def test_what_an_answer_means(place: TeamService, fault: str | int, taken: Taken, says: dict[str, bool]) -> None:
    place.fault = fault
    answer = asked(place)
    assert (answer.taken, answer.permanent, answer.busy) == (taken, says.get("permanent", False), "busy" in says)
    assert answer.reason
    assert len(place.asked) == 1  # never a second try of its own


def test_a_wait_is_passed_on(place: TeamService) -> None:
    place.fault, place.headers = 503, {"Retry-After": "30"}
    answer = asked(place)
    assert (answer.taken, answer.permanent, answer.retry_after) == (REFUSED, False, 30.0)


def test_a_page_for_signing_in_names_no_run(place: TeamService) -> None:
    place.fault = "a page"
    assert asked(place) == Answer(taken=ACCEPTED, reason="HTTP status 200")


def test_a_redirect_is_not_followed(place: TeamService) -> None:
    with team_service() as elsewhere:
        place.fault, place.headers = 307, {"Location": f"{elsewhere.address}/process"}
        answer = asked(place)
        assert (answer.taken, answer.permanent, elsewhere.asked) == (REFUSED, True, [])


def test_nobody_there_is_a_definite_no() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer = at(f"http://127.0.0.1:{free.getsockname()[1]}")
    assert (answer.taken, answer.permanent) == (REFUSED, False)


def test_names_go_into_a_path_as_one_part_of_it(place: TeamService) -> None:
    request = ServiceRequest(path="/run/{processor}/{date}", body={"what": "{processor}"})
    OverHttp().start(place.service(request=request), order("../{date}?x=1 y"))
    assert place.asked[0].path == "/run/..%2F%7Bdate%7D%3Fx%3D1%20y/2026-01-14"
    assert place.asked[0].said() == {"what": "../{date}?x=1 y"}


METADATA = ("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]")
CARRIED = (
    "[2002:a9fe:a9fe::1]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "169.16689662",
    "0xa9.0xfe.0xa9.0xfe",
)
INSIDE = ("127.1", "0x7f000001", "0.0.0.0", "[::]", "[64:ff9b::a9fe:a9fe]", "224.0.0.1", "2130706433")


@pytest.mark.parametrize("host", [*METADATA, *CARRIED, *INSIDE])
def test_no_other_spelling_leads_inside(host: str) -> None:
    answer = at(f"http://{host}:9")
    assert (answer.taken, answer.permanent) == (REFUSED, True)
    assert "only this machine or its cloud" in answer.reason


def test_a_name_that_leads_inside_is_refused_before_a_connection(
    place: TeamService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owns a name can let it lead anywhere, and elsewhere at the second look."""
    real, port = socket.getaddrinfo, place.address.rpartition(":")[2]
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **named: real("127.0.0.1", *rest, **named))
    answer = at(f"http://rebound.example:{port}")
    assert (answer.taken, answer.permanent, place.asked) == (REFUSED, True, [])


@pytest.mark.parametrize("processor", ["http://169.254.169.254/", "a@evil.example/", "\r\nHost: evil.example", "{x}"])
def test_an_order_cannot_say_where_it_goes(place: TeamService, processor: str) -> None:
    OverHttp().start(place.service(request=ServiceRequest(path="/{processor}")), order(processor))
    assert [made.headers["Host"] for made in place.asked] == [place.address.removeprefix("http://")]


def test_the_way_and_the_address_come_from_the_registry(place: TeamService) -> None:
    registry = Registry(services=(place.service(), Service(name="bare"), Service(name="job", control="cloud_run_job")))
    control = RegisteredServices(lambda: registry, {Control.HTTP: OverHttp(timeout_s=0.5)})
    assert control.start(order()).taken is ACCEPTED
    assert control.find(order(), NOW) is None
    assert control.cancel(order(), "run-1").taken is REFUSED
    assert control.start(order(service="bare")).reason == "service bare has no address and no request in registry.yaml"
    assert control.start(order(service="gone")).reason == "there is no service 'gone' in registry.yaml"
    assert control.start(order(service="job")).taken is REFUSED
    assert len(place.asked) == 1


def test_a_cloud_run_service_gets_a_token_for_its_address(
    place: TeamService, tokens: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from google.auth.transport.requests import Request
    from google.oauth2 import id_token

    def ours(token: str) -> bool:
        verify: Any = id_token.verify_token
        try:
            said = verify(token, Request(), place.address, certs_url=f"{tokens.address}/certs")
        except ValueError:
            return False
        return bool(said["email"] == EMAIL)

    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tokens.service_account(tmp_path)))
    tokens.asked.clear()
    place.accepts = ours
    assert asked(place).taken is REFUSED  # without one
    control = OverHttp(IdentityTokens())
    assert [control.start(place.service(), order()).taken for _ in range(2)] == [ACCEPTED, ACCEPTED]
    assert tokens.asked == [place.address]  # one token serves until it ends


def test_without_an_identity_nothing_is_asked(
    place: TeamService, tokens: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    answer = OverHttp(IdentityTokens()).start(place.service(), order())
    assert (answer.taken, answer.permanent) == (REFUSED, True)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tokens.service_account(tmp_path)))
    monkeypatch.setattr(tokens, "fault", True)
    answer = OverHttp(IdentityTokens()).start(place.service(), order())
    assert (answer.taken, answer.permanent, place.asked) == (REFUSED, False, [])


def test_a_token_is_not_sent_in_the_clear() -> None:
    control = OverHttp(lambda _audience: "token")
    answer = control.start(Service(name="raw", address="http://10.0.0.1", request=ServiceRequest()), order())
    assert (answer.taken, answer.permanent) == (REFUSED, True)


METADATA_CODE = """
from bot.adapters.run_control.identity import IdentityTokens
print(IdentityTokens()("https://raw.example"))
"""


def test_the_machines_own_identity_serves_too(tokens: TokenServer) -> None:
    """google-auth reads where the metadata server is when it is imported."""
    host = tokens.address.removeprefix("http://")
    kept = {name: value for name, value in os.environ.items() if name != "GOOGLE_APPLICATION_CREDENTIALS"}
    where = {**kept, "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    done = subprocess.run([sys.executable, "-c", METADATA_CODE], env=where, capture_output=True, text=True, check=True)
    assert done.stdout.count(".") == 2
    assert tokens.asked[-1] == "https://raw.example"


JOB = Service(name=CLEANUP.name, control=Control.CLOUD_RUN_JOB, project=PROJECT, region=REGION)


@pytest.fixture
def bench() -> Iterator[CloudRunBench]:
    with cloud_run() as made:
        yield made


def test_a_job_is_told_what_to_run_and_found_again_by_its_request(bench: CloudRunBench) -> None:
    control, since = CloudRunJobs(bench.client), datetime(2026, 1, 1, tzinfo=UTC)
    missing = control.find(JOB, order(), since)
    assert missing is not None
    assert missing.taken is REFUSED
    made = control.start(JOB, order())
    assert (made.taken, bool(made.execution)) == (ACCEPTED, True)
    found = control.find(JOB, order(), since)
    assert found is not None
    assert (found.taken, found.execution) == (ACCEPTED, made.execution)
    (execution,) = bench.world.executions[job_name(CLEANUP)]
    told = {each.name: each.value for each in execution.template.containers[0].env}
    assert (told["PROCESSOR"], told["DATA_DATE"]) == ("BoxScores", "2026-01-14")
    assert control.cancel(JOB, order(), made.execution).taken is ACCEPTED


@pytest.mark.parametrize(
    ("before", "after", "taken", "executions"),
    [
        ({"RunJob": "UNAVAILABLE"}, {}, None, 0),
        ({"RunJob": "PERMISSION_DENIED"}, {}, REFUSED, 0),
        ({}, {"RunJob": "INTERNAL"}, AMBIGUOUS, 1),
    ],
)
def test_what_a_jobs_answer_means(
    bench: CloudRunBench, before: dict[str, str], after: dict[str, str], taken: Taken | None, executions: int
) -> None:
    bench.server.faults.codes.update(before)
    bench.server.faults.after.update(after)
    answer = CloudRunJobs(bench.client).start(JOB, order())
    assert answer.taken is (taken or answer.taken)
    assert answer.taken is not ACCEPTED
    assert len(bench.world.executions[job_name(CLEANUP)]) == executions


def test_one_that_cannot_be_looked_up_now_is_not_said_to_be_missing(bench: CloudRunBench) -> None:
    bench.server.faults.codes["ListExecutions"] = "UNAVAILABLE"
    found = CloudRunJobs(bench.client).find(JOB, order(), NOW)
    assert found is not None
    assert found.taken is AMBIGUOUS
