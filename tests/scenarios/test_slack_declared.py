"""Declaring an incident in Slack, and paging a person on purpose: the forms, once, and what is answered."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import handlers.declaring
from bot.adapters.directory import SlackDirectory
from bot.domain.access import AccessPolicy, Role
from bot.domain.delivery import PageState
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import Incident
from bot.ports.fakes.state import FakeState
from bot.services.access import Identities
from bot.services.app import AppServices
from bot.services.declaring import DeclaringService, Paging
from bot.services.escalation import EscalationService
from tests.support.builders import NOW
from tests.support.pager import member
from tests.support.response_bench import watching
from tests.support.rotas import PEOPLE, PLAN
from tests.support.slack_bench import ALEX, MONITOR, SOON_S, Bench, Message, play

PROCESSORS = "incident.processors"


def reaches(channel: str, person: Any) -> str | None:
    return None if channel == "voice" else f"{channel}:{person.name}"


@pytest.fixture
def state() -> FakeState:
    return FakeState()


@pytest.fixture
def services(state: FakeState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppServices]:
    monkeypatch.setattr(handlers.declaring, "LOOKS_S", (0.01,) * 3)
    with watching(state, tmp_path) as made:
        paging = Paging(EscalationPolicy(), reaches)
        declaring = DeclaringService(state, lambda _: PLAN, paging, made.registry.by_name, member)
        yield replace(made, declaring=declaring)


async def shortcut(bench: Bench) -> Message:
    core, before = bench.workspace.core, bench.workspace.core.screens.seq(ALEX)
    await bench.workspace.act(ALEX, "shortcut", callback_id="incident.declare")
    await core.screens.wait_for(ALEX, before, frozenset({"view_opened"}), SOON_S)
    [shown] = [push for push in core.screens.since(ALEX, before) if push["type"] == "view_opened"]
    view: Message = shown["view"]
    return view


def opened(state: FakeState) -> Incident:
    [found] = state.open_incidents()
    return found


async def send(bench: Bench, view: Message, **changes: str) -> Message:
    entered = {"title": "Predictions look wrong <!here>", "severity": "P0", "reason": "games start at 7", "page": "-"}
    return await bench.submit(view, {**entered, **changes})


def test_the_shortcut_opens_a_form_and_that_an_incident(
    transport: str, services: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        view = await shortcut(bench)
        assert not (await send(bench, view)).get("errors")
        found = opened(state)
        assert (found.label, found.severity, found.severity_reason) == ("INC-1", Severity.P0, "games start at 7")
        assert found.headline.by == "Ana"
        answer = str(bench.workspace.core.screens.since(ALEX, 0)[-1])
        assert "INC-1 P0: Predictions look wrong &lt;!here&gt;" in answer
        assert "Next: Chris now" in answer

    play(scenario, transport, services)


def test_a_form_that_is_sent_twice_is_one_incident(transport: str, services: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        view = await shortcut(bench)
        await send(bench, view)
        await send(bench, view, title="something else")
        await send(bench, await shortcut(bench), title="the second")
        assert [each.label for each in state.open_incidents()] == ["INC-1", "INC-2"]
        assert [each.headline.explanation for each in state.open_incidents()][1] == "the second"

    play(scenario, transport, services)


def test_the_command_begins_the_form(transport: str, services: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        view = await bench.ask("/incident declare Half of the players are missing", sees="view_opened")
        assert "Half of the players are missing" in str(view)
        await send(bench, view, title="x", page="Dana")
        assert state.response_by_id[opened(state).id].ladder.steps[0].people == ("Dana",)

    play(scenario, transport, services)


def test_what_makes_no_sense_stands_below_the_field(transport: str, services: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        refused = await send(bench, await shortcut(bench), title="   ")
        assert refused["errors"] == {"title": "Say in one line what is wrong."}
        assert state.open_incidents() == []

    play(scenario, transport, services)


def test_processors_are_typed_ahead(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        view = await shortcut(bench)
        found = await bench.workspace.act(ALEX, "options", view_id=view["id"], action_id=PROCESSORS, value="box")
        assert "Box" in str(found)

    play(scenario, transport, services)


def test_a_page_says_whom_it_reaches_before_it_is_sent_and_what_became_of_it(
    transport: str, services: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/page @priya P0 the vendor calls: 3 < 4", sees="view_opened")
        shown = str(asked)
        assert "at once: Dana by slack" in shown
        assert "in 5 min: Chris by slack" in shown
        assert "the vendor calls: 3 &lt; 4" in shown
        assert state.open_incidents() == []
        await bench.submit(asked, {})
        found = opened(state)
        EscalationService(state, lambda _: PLAN, reaches, lambda: NOW, lambda: 0.0, lambda: NOW).act(found.id, NOW)
        [page] = state.page_by_id.values()
        assert (page.page.person, page.page.channel) == ("Dana", "slack")
        state.page_by_id[page.page.id] = replace(page, state=PageState.SENT, reason="ok")
        await bench.until(lambda: "Dana by slack: accepted" in str(bench.workspace.core.screens.since(ALEX, 0)))

    play(scenario, transport, services)


@pytest.mark.parametrize("text", ["", "@priya", "@priya P0"])
def test_a_page_needs_somebody_and_a_reason(transport: str, services: AppServices, text: str) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask(f"/page {text}", MONITOR, sees="ephemeral")
        assert "Whom, and why?" in answer["text"]

    play(scenario, transport, services)


def test_a_viewer_is_refused_before_anything_is_written(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        directory = SlackDirectory(bench.workspace.credentials.bot_token, bench.workspace.api_url)
        identify = Identities(AccessPolicy(Role.VIEWER, {PEOPLE["Chris"]: Role.RESPONDER}), directory, lambda: 0.0)
        services.declaring._identify = identify
        for text in ("/page primary the vendor calls", "/incident declare it is broken"):
            answer = await bench.ask(text, sees="ephemeral")
            assert "You are a viewer: a responder can declare an incident or page somebody" in answer["text"]

    play(scenario, transport, services)
