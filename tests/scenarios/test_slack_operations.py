"""Services are changed from Slack: looked at, asked for, approved by another person, withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.operations.operation import Kind, Stage
from bot.services.app import AppServices
from bot.services.oncall import OncallService
from bot.services.responses import ResponseService
from tests.support.cloud_run import CLEANUP, RAW
from tests.support.operations_bench import OperationsBench, operations_bench
from tests.support.rotas import PLAN
from tests.support.slack_bench import SAM, Bench, play, small_history


@pytest.fixture
def cloud() -> Iterator[OperationsBench]:
    with operations_bench() as found:
        yield found


@pytest.fixture
def running(cloud: OperationsBench, tmp_path: Path) -> Iterator[AppServices]:
    """Ana is Alex in Slack, Ben is Sam."""
    assert cloud.deploys.reader is not None
    cloud.deploys.reader.look()
    with small_history(tmp_path) as services:
        oncall = OncallService(PLAN, cloud.state)
        responses = ResponseService(cloud.state, oncall.schedule)
        people, now = cloud.people, lambda: cloud.now
        yield replace(
            services,
            now=now,
            oncall=oncall,
            responses=responses,
            deploys=cloud.deploys,
            operating=lambda _: people,
        )


def test_a_rollback_needs_two_people(transport: str, running: AppServices, cloud: OperationsBench) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask(f"/deploys {RAW.name}")
        preview = await bench.press(shown, "operation.rollback", RAW.name, sees="ephemeral")
        assert preview["text"].startswith(f"Roll {RAW.name} back from revision 3 to revision 2?")
        assert "revision 2 served before and is ready" in preview["text"]
        asked = await bench.press(preview, "operation.ask", sees="message")
        assert asked["text"].startswith(f"Ana asks to roll {RAW.name} back from revision 3 to revision 2.")
        refused = await bench.press(asked, "operation.approve", sees="ephemeral")
        assert "Ana has asked for it: a second person has to approve it" in refused["text"]
        assert "UpdateService" not in cloud.cloud.server.asked
        approved = await bench.press(asked, "operation.approve", user=SAM)
        assert "asked for by Ana, approved by Ben. It is done once" in approved["text"]
        cloud.work(times=2)
        [done] = cloud.state.deploys.operations(RAW.name, 5)
        assert (done.stage, done.kind) == (Stage.DONE, Kind.ROLLBACK)
        again = await bench.press(shown, "deploys.refresh", RAW.name)
        assert "its traffic is pinned to revision 2" in again["text"]
        assert "traffic is pinned to revision 2" in str((await bench.home())["blocks"])

    play(scenario, transport, running)


def test_a_restart_needs_one_and_can_be_left(transport: str, running: AppServices, cloud: OperationsBench) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask(f"/deploys {RAW.name}")
        preview = await bench.press(shown, "operation.restart", RAW.name, sees="ephemeral")
        await bench.press(preview, "operation.withdraw", sees="ephemeral_changed")
        raised = await bench.press(shown, "operation.timeout", f"1800:{RAW.name}", sees="ephemeral")
        assert "from 600 s to 1,800 s" in raised["text"]
        again = await bench.press(shown, "operation.restart", RAW.name, sees="ephemeral")
        under_way = await bench.press(again, "operation.ask", sees="message")
        assert "asked for by Ana. It is done once" in under_way["text"]
        cloud.work(times=2)
        assert cloud.cloud.client.service(RAW).revisions[0].request

    play(scenario, transport, running)


def test_a_job_is_run_and_what_is_refused_is_said(transport: str, running: AppServices, cloud: OperationsBench) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask(f"/deploys {CLEANUP.name}")
        refused = await bench.press(shown, "operation.cancel", CLEANUP.name, sees="ephemeral")
        assert "Not done: cancel the execution of stale-running-cleanup" in refused["text"]
        preview = await bench.press(shown, "operation.maintenance", CLEANUP.name, sees="ephemeral")
        await bench.press(preview, "operation.ask", sees="message")
        cloud.work()
        assert "RunJob" in cloud.cloud.server.asked

    play(scenario, transport, running)
