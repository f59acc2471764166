"""The buttons of an incident's message: what each brings, and what people say is kept with the incident."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.findings.finding import Family
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.decisions import Outcome, Reason
from bot.domain.incidents.feedback import Word
from bot.domain.incidents.incident import MessageRef
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.incidents import IncidentService
from bot.views import incident as views
from tests.support.builders import DAY, NOW
from tests.support.gate_story import finding
from tests.support.notices import decision, incident, notice
from tests.support.slack_bench import ALERTS, ALEX, SAM, Bench, Message, play, small_history

LOST = finding("Box", data_date=DAY, explanation="Box for 2026-01-15: the table is empty")
FACTS: dict[str, Any] = {"headline": LOST, "processors": ("Box",), "data_dates": (DAY,), "impact": ("Summary",)}


@pytest.fixture
def state() -> FakeState:
    made = FakeState()
    made.commit(NOW, GateResult((decision(finding=LOST),), (), (incident(**FACTS),)), 0)
    return made


@pytest.fixture
def watched(state: FakeState, tmp_path: Path) -> Iterator[AppServices]:
    with small_history(tmp_path) as services:
        yield replace(services, incidents=IncidentService(state, services.registry, services.validation.judge))


async def told(bench: Bench, name: str = "I1") -> Message:
    """The incident's message in the alerts channel."""
    posted = await bench.app.client.chat_postMessage(channel=ALERTS, **views.card(notice(name=name, **FACTS)).payload())
    return {"channel": ALERTS, "ts": posted["ts"]}


def test_impact_of_the_incidents_date_comes_into_the_thread(transport: str, watched: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench)
        answer = await bench.press(message, "incident.impact", sees="message")
        assert answer["thread_ts"] == message["ts"]
        assert answer["text"].startswith("Impact of Box\n")
        assert "Data date 2026-01-15" in answer["text"]

    play(scenario, transport, watched)


def test_evidence_opens_and_fills(transport: str, watched: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        opened = await bench.press(await told(bench), "incident.evidence", sees="view_opened")
        assert "Collecting" in str(opened)
        [updated] = await bench.until(lambda: bench.called("views.update"))
        shown = str(updated)
        assert "INC-1" in shown
        assert "Box" in shown
        assert "2026-01-15: ok" in shown
        assert "announced at once because it is P0" in shown

    play(scenario, transport, watched)


def test_a_storm_is_drawn_into_its_thread(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, "I2")
        storm = incident("I2", **FACTS, family=Family.STORM, message=MessageRef(ALERTS, message["ts"]))
        joined = decision(Outcome.JOIN, incident="I2", fingerprint="Roster", reason=Reason.IN_STORM)
        state.commit(NOW + timedelta(minutes=1), GateResult((decision(incident="I2"), joined), (), (storm,)), 1)
        view = await bench.press(message, "incident.evidence", sees="view_updated")
        assert "One by one these were 2 messages; 1 message was sent." in str(view)
        core = bench.workspace.core
        before = core.screens.seq(ALEX)
        await bench.workspace.act(ALEX, "action", view_id=view["id"], action_id="incident.storm")
        await core.screens.wait_for(ALEX, before, frozenset({"message"}), 10)
        [drawn] = [each["message"] for each in core.screens.since(ALEX, before) if each["type"] == "message"]
        assert drawn["thread_ts"] == message["ts"]
        assert drawn["files"][0]["alt_txt"].startswith("INC-2. Before: 2 messages, one for each finding")

    play(scenario, transport, watched)


def test_sql_opens(transport: str, watched: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        filled = await bench.press(await told(bench), "incident.sql", sees="view_updated")
        assert "FROM runs" in str(filled)

    play(scenario, transport, watched)


def test_the_last_word_of_a_person_is_kept(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench)
        for user, value in ((ALEX, "noise"), (SAM, "noise"), (ALEX, "useful")):
            thanks = await bench.press(message, "incident.feedback", f"{value}:I1", user=user, sees="ephemeral")
            assert thanks["text"] == f"Noted: you called INC-1 {value}. Your last word counts."

    play(scenario, transport, watched)
    assert [(said.person, said.word) for said in state.feedback("I1")] == [(ALEX, Word.USEFUL), (SAM, Word.NOISE)]


def test_a_message_older_than_the_state_says_so(transport: str, watched: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        blocks = views.card(notice(name="gone")).payload()
        posted = await bench.app.client.chat_postMessage(channel=ALERTS, **blocks)
        answer = await bench.press({"channel": ALERTS, "ts": posted["ts"]}, "incident.impact", sees="ephemeral")
        assert "older than Fireline's state" in answer["text"]

    play(scenario, transport, watched)
