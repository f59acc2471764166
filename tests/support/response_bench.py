"""An incident that pages Chris, who is on call, and its message in the alerts channel."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.response import Response
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.gate import GateService
from bot.services.incidents import IncidentService
from bot.services.oncall import OncallService
from bot.services.responses import ResponseService
from bot.views import incident as views
from tests.support.builders import DAY, NOW
from tests.support.gate_story import RULES, finding
from tests.support.notices import notice
from tests.support.pager import member
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALERTS, Bench, Message, small_history

LOST = finding("Box", severity="P0", data_date=DAY, since=NOW, evident_at=NOW)


def paging_state() -> FakeState:
    made = FakeState()
    GateService(made, RULES, escalation=EscalationPolicy()).tick(NOW, [LOST])
    return made


@contextmanager
def watching(state: FakeState, directory: Path) -> Iterator[AppServices]:
    with small_history(directory) as services:
        known = IncidentService(state, services.registry, services.validation.judge)
        people = ResponseService(state, lambda _: PLAN, identify=member)
        yield replace(services, responses=people, incidents=known, oncall=OncallService(PLAN, state))


def response(state: FakeState) -> Response:
    [found] = state.response_by_id.values()
    return found


async def told(bench: Bench, state: FakeState) -> Message:
    """The incident's message in the alerts channel."""
    [found] = list(state.response_by_id)
    incident = state.incident(found)
    assert incident is not None
    standing = ResponseService(state, lambda _: PLAN).standing(found, NOW)
    card = views.card(replace(notice(), incident=incident, standing=standing))
    posted: dict[str, Any] = await bench.app.client.chat_postMessage(channel=ALERTS, **card.payload())  # type: ignore[assignment]
    state.set_message(found, MessageRef(ALERTS, posted["ts"]))
    return {"channel": ALERTS, "ts": posted["ts"]}
