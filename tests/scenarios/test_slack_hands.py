"""What can be done about an incident is behind its evidence: chosen, shown, done in its thread."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.findings.finding import FindingKind
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.incident import MessageRef
from bot.domain.operations.operation import Stage
from bot.domain.platform.registry import Registry
from bot.services.app import AppServices
from bot.services.incidents import IncidentService
from bot.services.oncall import OncallService
from bot.services.responses import ResponseService
from bot.views import incident as views
from tests.support.builders import DAY, NOW
from tests.support.cloud_run import RAW
from tests.support.gate_story import finding
from tests.support.notices import decision, incident, notice
from tests.support.operations_bench import FLEET, OperationsBench, operations_bench
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALERTS, ALEX, SAM, Bench, Message, play, small_history


def about(kind: FindingKind) -> dict[str, Any]:
    headline = finding("Box", kind, data_date=DAY, explanation="Box for 2026-01-15 is late")
    return {"headline": headline, "processors": ("Box",), "data_dates": (DAY,), "impact": ()}


@pytest.fixture
def cloud() -> Iterator[OperationsBench]:
    with operations_bench() as found:
        assert found.deploys.reader is not None
        found.deploys.reader.look()
        yield found


@pytest.fixture
def running(cloud: OperationsBench, tmp_path: Path) -> Iterator[AppServices]:
    """Box runs on the service. Ana is Alex in Slack, Ben is Sam."""
    with small_history(tmp_path) as services:
        oncall, people, known = OncallService(PLAN, cloud.state), cloud.people, services.registry
        placed = [each.model_copy(update={"service": RAW.name}) for each in known.processors]
        registry = Registry(processors=tuple(placed), services=FLEET.services)
        yield replace(
            services,
            now=lambda: cloud.now,
            registry=registry,
            oncall=oncall,
            responses=ResponseService(cloud.state, oncall.schedule),
            incidents=IncidentService(cloud.state, known, services.validation.judge),
            deploys=cloud.deploys,
            operating=lambda _: people,
        )


async def evidence(bench: Bench, cloud: OperationsBench, kind: FindingKind) -> tuple[Message, Message]:
    """The incident's message in the alerts channel, and the modal with its evidence."""
    posted = await bench.app.client.chat_postMessage(channel=ALERTS, **views.card(notice(**about(kind))).payload())
    message = MessageRef(ALERTS, str(posted["ts"]))
    opened = incident(**about(kind), message=message)
    cloud.state.commit(NOW, GateResult((decision(finding=opened.headline),), (), (opened,)), 0)
    shown = {"channel": ALERTS, "ts": message.ts}
    return shown, await bench.press(shown, "incident.evidence", sees="view_updated")


async def choose(bench: Bench, view: Message, value: str, sees: str) -> Message:
    core = bench.workspace.core
    before = core.screens.seq(ALEX)
    await bench.workspace.act(ALEX, "action", view_id=view["id"], action_id="incident.hand", value=value)
    await core.screens.wait_for(ALEX, before, frozenset({sees}), 10)
    push = next(each for each in core.screens.since(ALEX, before) if each["type"] == sees)
    return {"channel": push.get("channel"), **push["message"]}


def test_a_limit_is_raised_from_the_evidence_by_two_people(
    transport: str, running: AppServices, cloud: OperationsBench
) -> None:
    async def scenario(bench: Bench) -> None:
        message, view = await evidence(bench, cloud, FindingKind.TIMEOUT)
        assert f"Raise the limit of {RAW.name}" in str(view)
        preview = await choose(bench, view, "timeout:I1", "ephemeral")
        assert f"Raise the time limit of {RAW.name} from 600 s to 1,200 s?" in preview["text"]
        asked = await bench.press(preview, "operation.ask", sees="message")
        assert asked["thread_ts"] == message["ts"]
        await bench.press(asked, "operation.approve", user=SAM)
        cloud.work(times=2)
        [done] = cloud.state.deploys.operations(RAW.name, 5)
        assert (done.stage, done.incident) == (Stage.DONE, "I1")
        said = [entry.text for entry in cloud.state.timeline("I1")]
        assert said[0].startswith("Ana asks: raise the time limit")
        assert said[1].startswith("Ben approved: raise the time limit")
        assert said[2].startswith("Done: raise the time limit")
        assert "1,200 s, asked for by Ana, approved by Ben: " in said[2]

    play(scenario, transport, running)


def test_repairs_are_stopped_and_let_go_on(transport: str, running: AppServices, cloud: OperationsBench) -> None:
    async def scenario(bench: Bench) -> None:
        message, view = await evidence(bench, cloud, FindingKind.REPEATED_FAILURE)
        stopped = await choose(bench, view, "open_circuit:I1", "message")
        assert stopped["thread_ts"] == message["ts"]
        assert stopped["text"] == "Ana stopped repairs of Box: INC-1: Box for 2026-01-15 is late."
        closed = await bench.press(stopped, "circuit.close", user=SAM)
        assert closed["text"] == "Ben lets repairs of Box go on."
        assert list(cloud.state.repairs.circuits()) == []

    play(scenario, transport, running)
