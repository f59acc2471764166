"""Saying how bad an incident is: behind the dots, or by the command. Its thread hears of it; who may not is told."""

from typing import Any

import pytest

from bot.adapters.directory import SlackDirectory
from bot.domain.access import AccessPolicy, Role
from bot.domain.findings.severity import Severity
from bot.domain.incidents.response import ResponseState
from bot.ports.fakes.state import FakeState
from bot.services.access import Identities
from bot.services.app import AppServices
from bot.services.responses import ResponseService
from tests.support.response_bench import response, told
from tests.support.rotas import PEOPLE, PLAN
from tests.support.slack_bench import ALERTS, ALEX, Bench, Message, play

CHRIS = PEOPLE["Chris"]
"""Has the turn of NOW; ALEX is Ana, who has none."""


async def form(bench: Bench, state: FakeState, message: Message, user: str) -> Message:
    [incident] = state.open_incidents()
    grant = state.grants(incident.id, 1)["set the severity of"]
    return await bench.press(message, "incident.more", f"severity:{grant}", user=user, sees="view_opened")


def seen(bench: Bench) -> str:
    return str(bench.workspace.core.screens.since(CHRIS, 0))


def below(bench: Bench, message: Message) -> list[str]:
    replies = (each for each in bench.posts(ALERTS) if each.get("thread_ts") == message["ts"] != each["ts"])
    return [each["text"] for each in replies]


def test_whoever_sends_the_form_has_read_whose_pages_stop(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        view = await form(bench, state, message, ALEX)
        assert "Lower: the pages to Chris" in str(view)
        entered: dict[str, Any] = {"severity": "P2", "reason": "known bug"}
        assert not (await bench.submit(view, entered)).get("errors")
        word = response(state).set_severity
        assert word is not None
        assert (word.severity, word.by, word.because) == (Severity.P2, "Ana", "known bug")
        await bench.until(lambda: below(bench, message) == ["INC-1 is P2 now: Ana set it, known bug"])
        refused = await bench.submit(await form(bench, state, message, ALEX), {"severity": "P1", "reason": "  "})
        assert "Say why INC-1 is P1" in str(refused["errors"])

    play(scenario, transport, watched)


def test_the_command_asks_who_would_stop_pages_by_the_same_form(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/incident INC-1 severity p2 known bug", user=ALEX, sees="view_opened")
        assert "known bug" in str(asked)
        assert response(state).severity is Severity.P0
        done = await bench.ask("/incident INC-1 severity P1 known bug", user=CHRIS, sees="ephemeral")
        assert "INC-1 P1 " in done["text"]
        assert "Chris set it to P1: known bug" in done["text"]
        again = await bench.ask("/incident INC-1 severity P1 known bug", user=CHRIS, sees="ephemeral")
        assert "INC-1 is P1 already" in again["text"]
        unknown = await bench.ask("/incident INC-1 severity bad known bug", user=CHRIS, sees="ephemeral")
        assert "'bad' is no severity. Write P0, P1 or P2." in unknown["text"]

    play(scenario, transport, watched)


def test_a_form_of_what_is_over_says_so(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        view = await form(bench, state, message, CHRIS)
        await bench.ask("/incident INC-1 resolve it is lost", user=CHRIS, sees="ephemeral")
        await bench.submit(view, {"severity": "P2", "reason": "known bug"}, user=CHRIS)
        await bench.until(lambda: "INC-1 has changed since that button was made" in seen(bench))
        assert response(state).set_severity is None
        assert response(state).state is ResponseState.RESOLVED

    play(scenario, transport, watched)


@pytest.mark.parametrize("severity", ["P1", "P2"])
def test_a_viewer_sets_nothing(transport: str, watched: AppServices, state: FakeState, severity: str) -> None:
    async def scenario(bench: Bench) -> None:
        directory = SlackDirectory(bench.workspace.credentials.bot_token, bench.workspace.api_url)
        identify = Identities(AccessPolicy(Role.VIEWER), directory, lambda: 0.0)
        watched.responses = ResponseService(state, lambda _: PLAN, identify=identify)
        answer = await bench.ask(f"/incident INC-1 severity {severity} x", user=ALEX, sees="ephemeral")
        assert "You are a viewer: a responder can set the severity of an incident" in answer["text"]
        assert response(state).set_severity is None

    play(scenario, transport, watched)
