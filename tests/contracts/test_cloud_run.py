"""Cloud Run through Google's own client and protocol: what is read, what is changed, and what is said when it fails."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.cloud_run.client import GoogleCloudRun
from bot.domain.deploys.deployed import LATEST, CloudPlace, Target, place_of
from bot.domain.errors import BadInput
from bot.domain.platform.registry import Service
from bot.ports.cloud_run import (
    CloudRunChanged,
    CloudRunError,
    CloudRunRefused,
    CloudRunUnavailable,
    CloudRunUnclear,
    ExecutionState,
    JobOrder,
)
from tests.support.cloud_run import CLEANUP, IMPATIENT_S, PROJECT, RAW, REGION, CloudRunBench, cloud_run, job_name

Act = Callable[[GoogleCloudRun, str], object]
SINCE = datetime(2026, 1, 6, tzinfo=UTC)
ORDER = JobOrder("request-1", env=(("DATE", "2026-01-05"),), args=("--all",), timeout_seconds=900)
ACTS: dict[str, tuple[str, Act]] = {
    "restart": ("UpdateService", lambda run, etag: run.restart(RAW, etag, "request-1")),
    "timeout": ("UpdateService", lambda run, etag: run.set_timeout(RAW, etag, "request-1", 1_800)),
    "traffic": ("UpdateService", lambda run, etag: run.shift_traffic(RAW, etag, LATEST)),
    "job": ("RunJob", lambda run, _: run.run_job(CLEANUP, ORDER)),
    "cancel": ("CancelExecution", lambda run, _: run.cancel(CLEANUP, "stale-running-cleanup-00001")),
}


@pytest.fixture
def bench() -> Iterator[CloudRunBench]:
    with cloud_run() as found:
        yield found


def test_a_service_is_read_with_its_revisions_and_its_traffic(bench: CloudRunBench) -> None:
    found = bench.client.service(RAW)
    assert [revision.commit for revision in found.revisions] == ["3333333", "2222222", "1111111"]
    assert found.revisions[0].timeout_seconds == 600
    assert found.revisions[0].ready is True
    assert found.latest_ready == found.revisions[0].name
    assert found.traffic == (Target(LATEST, 100),)
    assert found.changed_by == "deployer@example.com"
    assert found.changed_at == SINCE + timedelta(hours=10)
    assert bench.client.names(PROJECT, REGION) == [RAW.name]


def test_a_restart_makes_a_revision_of_the_same_template_that_is_known_by_its_request(bench: CloudRunBench) -> None:
    before = bench.client.service(RAW)
    bench.client.restart(RAW, before.etag, "request-1")
    after = bench.client.service(RAW)
    newest, last = after.revisions[:2]
    assert last == before.revisions[0]
    assert (newest.request, newest.commit, newest.timeout_seconds) == ("request-1", last.commit, last.timeout_seconds)


def test_a_longer_limit_is_a_new_revision(bench: CloudRunBench) -> None:
    before = bench.client.service(RAW)
    bench.client.set_timeout(RAW, before.etag, "request-1", 1_800)
    newest = bench.client.service(RAW).revisions[0]
    assert (newest.timeout_seconds, newest.commit, newest.request) == (1_800, "3333333", "request-1")


def test_traffic_goes_to_one_revision_and_back_to_the_newest(bench: CloudRunBench) -> None:
    before = bench.client.service(RAW)
    bench.client.shift_traffic(RAW, before.etag, before.revisions[1].name)
    pinned = bench.client.service(RAW)
    assert pinned.traffic == (Target(before.revisions[1].name, 100),)
    bench.client.shift_traffic(RAW, pinned.etag, LATEST)
    assert bench.client.service(RAW).traffic == (Target(LATEST, 100),)


@pytest.mark.parametrize("name", ["restart", "timeout", "traffic"])
def test_what_was_changed_meanwhile_is_not_changed_again(bench: CloudRunBench, name: str) -> None:
    seen = bench.client.service(RAW)
    bench.deploy(RAW, "4444444")
    with pytest.raises(CloudRunChanged, match="changed by somebody else meanwhile"):
        ACTS[name][1](bench.client, seen.etag)
    assert len(bench.client.service(RAW).revisions) == 4


def test_cloud_run_itself_has_the_last_word_on_what_was_changed(bench: CloudRunBench) -> None:
    bench.server.faults.codes["UpdateService"] = "ABORTED"
    with pytest.raises(CloudRunChanged):
        bench.client.restart(RAW, bench.client.service(RAW).etag, "request-1")


def test_an_execution_is_found_by_the_request_that_started_it(bench: CloudRunBench) -> None:
    started = bench.client.run_job(CLEANUP, ORDER)
    other = bench.client.run_job(CLEANUP, JobOrder("request-2"))
    assert (started.request, started.state) == ("request-1", ExecutionState.RUNNING)
    assert bench.client.find(CLEANUP, "request-1", SINCE) == started
    assert bench.client.find(CLEANUP, "request-3", SINCE) is None
    assert bench.client.find(CLEANUP, "request-1", SINCE + timedelta(days=1)) is None
    assert bench.client.executions(CLEANUP, SINCE) == [other, started]


def test_a_job_is_given_its_variables_its_arguments_and_its_limit(bench: CloudRunBench) -> None:
    bench.client.run_job(CLEANUP, ORDER)
    template = bench.world.executions[job_name(CLEANUP)][0].template
    assert {variable.name: variable.value for variable in template.containers[0].env}["DATE"] == "2026-01-05"
    assert list(template.containers[0].args) == ["--all"]
    assert template.timeout == timedelta(seconds=900)


def test_an_execution_can_be_cancelled_once(bench: CloudRunBench) -> None:
    started = bench.client.run_job(CLEANUP, ORDER)
    bench.client.cancel(CLEANUP, started.name)
    found = bench.client.find(CLEANUP, "request-1", SINCE)
    assert found is not None
    assert found.state is ExecutionState.CANCELLED
    with pytest.raises(CloudRunRefused, match="completed already"):
        bench.client.cancel(CLEANUP, started.name)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_without_an_answer_is_unclear_and_is_not_tried_again(bench: CloudRunBench, name: str) -> None:
    bench.client.run_job(CLEANUP, JobOrder("request-0"))
    bench.server.asked.clear()
    method, act = ACTS[name]
    etag = bench.client.service(RAW).etag
    for fault in ("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED"):
        bench.server.faults.codes[method] = fault
        with pytest.raises(CloudRunUnclear):
            act(bench.client, etag)
    assert bench.server.asked.count(method) == 3


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_that_hangs_is_unclear(name: str) -> None:
    method, act = ACTS[name]
    with cloud_run(act_s=IMPATIENT_S) as bench:
        etag = bench.client.service(RAW).etag
        bench.server.faults.hang.add(method)
        with pytest.raises(CloudRunUnclear):
            act(bench.client, etag)
        assert bench.server.asked.count(method) == 1


def test_what_was_accepted_before_it_failed_is_found_again(bench: CloudRunBench) -> None:
    bench.server.faults.after |= {"RunJob": "UNAVAILABLE", "UpdateService": "UNAVAILABLE"}
    with pytest.raises(CloudRunUnclear):
        bench.client.run_job(CLEANUP, ORDER)
    assert bench.client.find(CLEANUP, "request-1", SINCE) is not None
    with pytest.raises(CloudRunUnclear):
        bench.client.restart(RAW, bench.client.service(RAW).etag, "request-2")
    assert bench.client.service(RAW).revisions[0].request == "request-2"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_what_is_forbidden_says_which_role_is_missing(bench: CloudRunBench, name: str) -> None:
    method, act = ACTS[name]
    bench.server.faults.codes[method] = "PERMISSION_DENIED"
    with pytest.raises(CloudRunRefused) as refused:
        act(bench.client, bench.client.service(RAW).etag)
    grant = "gcloud projects add-iam-policy-binding nba-props-platform --member=user:WHO@EXAMPLE.COM"
    assert refused.value.remedy == f"Run `{grant} --role=roles/run.developer`"


@pytest.mark.parametrize(
    ("code", "raised", "said"),
    [
        ("PERMISSION_DENIED", CloudRunRefused, "--role=roles/run.viewer"),
        ("NOT_FOUND", CloudRunRefused, "gcloud run services list --project=nba-props-platform --region=us-west2"),
        ("UNAUTHENTICATED", CloudRunRefused, "gcloud auth application-default login"),
        ("RESOURCE_EXHAUSTED", CloudRunUnavailable, "asked too often"),
        ("UNAVAILABLE", CloudRunUnavailable, "gives no answer"),
        ("INTERNAL", CloudRunUnavailable, "gives no answer"),
    ],
)
def test_what_cannot_be_read_says_why(bench: CloudRunBench, code: str, raised: type[CloudRunError], said: str) -> None:
    bench.server.faults.codes["GetService"] = code
    with pytest.raises(raised, match=said):
        bench.client.service(RAW)


def test_a_server_that_hangs_or_is_not_there_is_unavailable() -> None:
    with cloud_run(read_s=IMPATIENT_S) as bench:
        bench.server.faults.hang.add("ListRevisions")
        with pytest.raises(CloudRunUnavailable):
            bench.client.service(RAW)
    nowhere = GoogleCloudRun("127.0.0.1:1", 0.3, 0.3)
    with pytest.raises(CloudRunUnavailable):
        nowhere.service(RAW)
    nowhere.close()


def test_a_place_comes_whole_from_the_registry() -> None:
    service = Service(name=RAW.name, project=PROJECT, region=REGION)
    assert place_of(service) == RAW
    with pytest.raises(BadInput, match="names no project and no region of coordinator"):
        place_of(Service(name="coordinator"))
    with pytest.raises(CloudRunRefused, match="has no other in nba-props-platform, us-west2"), cloud_run() as found:
        found.client.service(CloudPlace(PROJECT, REGION, "other"))
