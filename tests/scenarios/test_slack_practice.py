"""Pages for practice in Slack: who can be reached, one tap or `/oncall test`, and what each channel made of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import handlers.practice
from bot.domain.access import Actor, Identity, Origin
from bot.domain.delivery import PageState
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.practice import PracticeService
from tests.support.builders import NOW
from tests.support.pager import member
from tests.support.response_bench import watching
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALEX, MONITOR, Bench, play

RULES = EscalationPolicy(), lambda channel, person: None if channel == "voice" else f"{channel}:{person.name}"


@pytest.fixture
def state() -> FakeState:
    return FakeState()


@pytest.fixture
def services(state: FakeState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppServices]:
    monkeypatch.setattr(handlers.practice, "LOOKS_S", (0.01,) * 3)
    with watching(state, tmp_path) as made:
        yield replace(made, practice=PracticeService(state, lambda _: PLAN, *RULES, lambda: NOW, member))


def sent(state: FakeState) -> None:
    for name, each in state.page_by_id.items():
        state.page_by_id[name] = replace(each, state=PageState.SENT, reason="ok")


def test_the_command_pages_and_says_what_each_channel_made_of_it(
    transport: str, services: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        begun = await bench.ask("/oncall test @priya", sees="ephemeral")
        assert "TEST page to Dana, for practice:" in begun["text"]
        assert "slack: waits to be sent" in begun["text"]
        assert "voice: does not reach Dana" in begun["text"]
        sent(state)
        await bench.until(lambda: "slack: accepted" in str(bench.workspace.core.screens.since(ALEX, 0)))
        await bench.ask("/oncall test Dana", sees="ephemeral")
        assert len(state.page_by_id) == 1

    play(scenario, transport, services)


def test_one_tap_below_readiness_pages_for_practice(transport: str, services: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/oncall readiness", sees="ephemeral")
        assert "Dana, P0: partly, not by voice" in shown["text"]
        assert state.page_by_id == {}
        begun = await bench.press(shown, "oncall.test", "Dana", sees="ephemeral")
        assert "TEST page to Dana" in begun["text"]
        sent(state)
        seen = await bench.press(begun, "oncall.tested", sees="ephemeral_changed")
        assert "slack: accepted" in seen["text"]

    play(scenario, transport, services)


def test_who_has_left_is_named_to_be_reached_by_nothing(
    transport: str, services: AppServices, state: FakeState
) -> None:
    left = PLAN.by_name["Dana"].slack

    def identify(actor: Actor) -> Identity:
        return Identity(Origin.DEACTIVATED) if actor.id == left else member(actor)

    services.practice = PracticeService(state, lambda _: PLAN, *RULES, lambda: NOW, identify)

    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/oncall readiness", sees="ephemeral")
        assert "Dana, P0: unreachable, not by slack (the account is deactivated) or voice" in shown["text"]
        assert "Ana, P0: partly, not by voice" in shown["text"]

    play(scenario, transport, services)


@pytest.mark.parametrize(
    ("text", "said"),
    [("test", "Whom? Name one person"), ("test @eve", "is no person and no rota"), ("when", "is not a moment")],
)
def test_what_makes_no_sense_is_explained(transport: str, services: AppServices, text: str, said: str) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask(f"/oncall {text}", MONITOR, sees="ephemeral")
        assert said in answer["text"]

    play(scenario, transport, services)
