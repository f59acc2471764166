"""What is deployed is read now and then, stored, and answered from there: on the command line and over the socket."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.deploys import DeploysQuestion, answer_deploys
from bot.domain.deploys.seen import Seen
from bot.domain.errors import BadInput
from bot.domain.platform.registry import Processor, Registry, Service
from bot.ports.fakes.state import FakeState
from bot.services.deploys import READ_EVERY, DeployReader, DeploysService, revisions_in
from bot.views import action_ids, deploys
from tests.support.cloud_run import PROJECT, RAW, REGION, CloudRunBench, cloud_run
from tests.support.deploy_cards import SERVICES
from tests.support.deploys import NOW, runs, seen
from tests.support.gate_story import finding
from tests.support.notices import incident

LOST = Service(name="lost", project=PROJECT)
GENERATION_1 = Service(name="self_heal", project=PROJECT, region=REGION, generation=1, priority="P0")
FLEET = Registry(
    processors=(Processor(name="Gamebook", service=RAW.name),),
    services=(Service(name=RAW.name, project=PROJECT, region=REGION), LOST, GENERATION_1),
)


@pytest.fixture
def bench() -> Iterator[CloudRunBench]:
    with cloud_run() as found:
        yield found


def test_services_are_read_now_and_then_and_each_alone(bench: CloudRunBench) -> None:
    state, moments = FakeState(), [NOW]
    reader = DeployReader(state, bench.client, FLEET, lambda: moments[-1])
    reader.look()
    known = state.deploys.seen()
    assert sorted(known) == ["lost", RAW.name]
    assert known["lost"].trouble == "The registry names no region of lost: add it under `services`."
    assert known[RAW.name].served[0].revision.endswith("00003-ghi")
    bench.server.asked.clear()
    reader.look()
    assert bench.server.asked == []
    bench.server.faults.codes["GetService"] = "PERMISSION_DENIED"
    moments.append(NOW + READ_EVERY)
    reader.look()
    refused = state.deploys.seen()[RAW.name]
    assert refused.deployed == known[RAW.name].deployed
    assert (refused.failing_since, refused.read_at) == (NOW + READ_EVERY, NOW)
    assert "roles/run.viewer" in refused.remedy
    bench.server.faults.codes.clear()
    moments.append(NOW + 2 * READ_EVERY)
    reader.look()
    assert state.deploys.seen()[RAW.name].trouble == ""


def test_the_revisions_that_are_known_are_told_by_service() -> None:
    state = FakeState()
    with state.transaction() as tx:
        tx.deploys.put(seen())
        tx.deploys.put(Seen("analytics"))
    assert revisions_in(state)(["raw", "analytics", "other"]) == {"raw": "raw-00003-abc"}


def answered(known: Seen | None = None) -> DeploysService:
    state = FakeState()
    if known is not None:
        with state.transaction() as tx:
            tx.deploys.put(known)
    return DeploysService(state, SERVICES, lambda *_: ())


def test_the_command_line_says_the_same_as_slack() -> None:
    service = answered(seen())
    said = answer_deploys(service, DeploysQuestion(), NOW)
    assert said.splitlines()[:3] == [
        "raw: revision 3, commit 3333333, 600 s a request, all traffic, "
        "changed 2026-01-06 10:00 UTC by dev@example.com",
        "  drift: it ends a request after 600 s, expected are 1,800 s",
        "  can be rolled back to revision 2",
    ]
    assert said.splitlines()[-1] == "2 functions of generation 1 still to migrate. P0: self_heal; P3: news_fetcher"
    raw, analytics = json.loads(answer_deploys(service, DeploysQuestion("", as_json=True), NOW))["services"]
    assert (raw["revision"]["commit"], raw["pinned"], raw["rollback"]["to"]) == ("3333333", False, "raw-00002-abc")
    assert raw["drift"] == [{"kind": "timeout", "said": "it ends a request after 600 s, expected are 1,800 s"}]
    assert (analytics["revision"], analytics["rollback"]["to"]) == (None, None)


def test_without_a_look_at_what_served_before_there_is_no_rollback_and_the_reason_is_said() -> None:
    known = seen()
    service = answered(seen(None, known.served[0]))
    because = "what served before revision 3 was not seen: revision 3 had the traffic at the first look"
    assert f"  no rollback: {because}" in answer_deploys(service, DeploysQuestion(), NOW).splitlines()
    [raw] = json.loads(answer_deploys(service, DeploysQuestion("raw", as_json=True), NOW))["services"]
    assert raw["rollback"] == {"to": None, "refused": because}
    card = deploys.card(service.of("raw", NOW), single=True)
    assert f"no rollback: {because}" in card.text
    assert (action_ids.OPERATION_ROLLBACK in str(card.blocks), action_ids.OPERATION_RESTART in str(card.blocks)) == (
        False,
        True,
    )


def test_a_service_is_named_by_a_part_of_its_name() -> None:
    service = answered()
    assert [row.service.name for row in service.of("analyt", NOW).rows] == ["analytics"]
    assert [each.name for each in service.of("heal", NOW).first_generation] == ["self_heal"]
    with pytest.raises(BadInput, match="is a part of 2 names: raw, analytics"):
        DeploysService(None, Registry(services=SERVICES.services[:2]), lambda *_: ()).of("a", NOW)
    with pytest.raises(BadInput, match=r"The registry has no service 'rawx'\. Did you mean raw"):
        service.of("rawx", NOW)


def test_without_cloud_run_it_says_how_to_connect_it(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["deploys", "--home", str(tmp_path)])
    assert said.stdout.splitlines()[0] == "Cloud Run is not asked here: set FIRELINE_CLOUD_RUN=google."
    assert "9 functions of generation 1 still to migrate. P0: phase4" in said.stdout
    assert CliRunner().invoke(app, ["deploys", "nothing", "--home", str(tmp_path)]).exit_code == 1


def test_an_incident_says_what_was_deployed_before_it() -> None:
    trouble = NOW - timedelta(minutes=79)
    state, history = FakeState(), [*runs(212, 0, NOW - timedelta(days=2)), *runs(0, 3, trouble)]
    with state.transaction() as tx:
        tx.deploys.put(seen())
    failing = finding("Gamebook", since=trouble, evident_at=trouble, failed_since=trouble)
    about = incident(headline=failing, processors=("Gamebook",), resolved_at=None)
    found = DeploysService(state, SERVICES, lambda *_: history).evidence(about, NOW)
    assert [each.revision.name for each in found.changes] == ["raw-00003-abc"]
    assert [each.lag for each in found.correlations] == [timedelta(minutes=41)]
    quiet = DeploysService(state, SERVICES, lambda *_: ()).evidence(about, NOW)
    assert (len(quiet.changes), quiet.correlations) == (1, ())
