"""What changes an incident is done once: delivered again, to another replica, at the same moment, after a restart."""

import asyncio
import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.timeline import EntryKind
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.gate import GateService
from bot.services.inbox import Inbox
from bot.services.incidents import IncidentService
from bot.services.responses import ResponseService
from bot.slack import app as slack_app
from tests.support.builders import DAY, NOW
from tests.support.gate_story import RULES, finding
from tests.support.pager import member
from tests.support.rotas import PEOPLE, PLAN
from tests.support.slack_bench import ALERTS, Bench, play, settled, small_history, without_limit

CHRIS = PEOPLE["Chris"]
TIMES = 6


@pytest.fixture
def state() -> FakeState:
    made = FakeState()
    lost = finding("Box", severity="P0", data_date=DAY, since=NOW, evident_at=NOW)
    GateService(made, RULES, escalation=EscalationPolicy()).tick(NOW, [lost])
    return made


@pytest.fixture
def watched(state: FakeState, tmp_path: Path) -> Iterator[AppServices]:
    with small_history(tmp_path) as services:
        known = IncidentService(state, services.registry, services.validation.judge)
        people = ResponseService(state, lambda _: PLAN, identify=member)
        yield replace(services, responses=people, incidents=known, inbox=Inbox(state))


def replicas(bench: Bench, services: AppServices) -> list[AsyncApp]:
    """As other processes would serve the same state: nothing is shared in memory."""
    return [slack_app.build(bench.app.client, services, bench.pool, allowance=without_limit()) for _ in range(TIMES)]


async def deliver(app: AsyncApp, body: dict[str, Any]) -> int:
    answer = await app.async_dispatch(AsyncBoltRequest(body=json.loads(json.dumps(body)), mode="socket_mode"))
    return int(answer.status)


def times(state: FakeState, kind: EntryKind) -> tuple[int, int]:
    """How often it happened, by the timeline and by the audit chain."""
    acts = [link.record.act for link in state.links]
    return sum(each.kind is kind for each in state.entries), acts.count(kind.name.lower())


def command(text: str, trigger: str = "T1") -> dict[str, Any]:
    return {"command": "/incident", "text": text, "user_id": CHRIS, "channel_id": ALERTS, "trigger_id": trigger}


def test_a_command_delivered_to_every_replica_counts_once(watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        apps = replicas(bench, watched)
        body = command("INC-1 handover Ana")
        assert {await deliver(app, body) for app in (*apps, *apps)} == {200}
        await settled()
        assert times(state, EntryKind.HANDED_OVER) == (1, 1)
        assert len(bench.whispers(ALERTS, CHRIS)) == 1, "what is delivered again is not answered again"
        assert await deliver(apps[0], command("INC-1 handover Ana", "T2")) == 200
        assert times(state, EntryKind.HANDED_OVER) == (2, 2)

    play(scenario, "socket", watched)


def test_deliveries_at_the_same_moment_meet_in_the_change(
    watched: AppServices, state: FakeState, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(bench: Bench) -> None:
        apps = replicas(bench, watched)
        answers = await asyncio.gather(*(deliver(app, command("INC-1 handover Ana")) for app in apps))
        await settled()
        assert set(answers) == {200}
        assert times(state, EntryKind.HANDED_OVER) == (1, 1)

    play(scenario, "socket", watched)
    gc.collect()
    assert not [each for each in caplog.records if each.name == "asyncio"], "the handler of errors failed itself"


def test_what_changed_nothing_may_be_tried_again(watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        first, second, *_ = replicas(bench, watched)
        assert await deliver(first, command("INC-1 handover Nobody")) == 200
        assert await deliver(second, command("INC-1 handover Ana")) == 200
        assert times(state, EntryKind.HANDED_OVER) == (1, 1)

    play(scenario, "socket", watched)
