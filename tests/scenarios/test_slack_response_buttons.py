"""The buttons of an incident's message in each of its states; and those that were shown in another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access import Actor
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.timeline import EntryKind
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.responses import ResponseService
from tests.support.builders import NOW
from tests.support.pager import member
from tests.support.response_bench import response, told
from tests.support.rotas import PEOPLE, PLAN
from tests.support.slack_bench import ALERTS, Bench, Message, play

ANA, CHRIS = PEOPLE["Ana"], PEOPLE["Chris"]
BY_CHRIS = Actor(CHRIS, "Chris")
WRONG = "Summary 2026-01-15: the table is empty"


def acknowledged(services: AppServices) -> Response:
    people = services.responses
    return people.acknowledge(people.incident("INC-1"), BY_CHRIS, NOW)


def resolved(services: AppServices) -> Response:
    acknowledged(services)
    return services.responses.resolve(services.responses.incident("INC-1"), BY_CHRIS, NOW, "the source has lost it")


def shown(bench: Bench, message: Message) -> list[str]:
    """Labels of the visible buttons."""
    [found] = [each for each in bench.posts(ALERTS) if each["ts"] == message["ts"]]
    [row] = [each for each in found["blocks"] if each["type"] == "actions"]
    return [each["text"]["text"] for each in row["elements"] if each["type"] == "button"]


def data(wrong: list[str], state: FakeState) -> ResponseService:
    return ResponseService(state, lambda _: PLAN, lambda *_: wrong, identify=member)


def test_three_buttons_follow_the_state(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        assert shown(bench, await told(bench, state)) == ["Acknowledge", "Reprocess 15 Jan"]
        acknowledged(watched)
        assert shown(bench, await told(bench, state)) == ["Check", "Mitigated", "Hand over"]
        watched.responses.mitigate(watched.responses.incident("INC-1"), BY_CHRIS, NOW)
        assert shown(bench, await told(bench, state)) == ["Check", "Resolve", "Hand over"]
        watched.responses.resolve(watched.responses.incident("INC-1"), BY_CHRIS, NOW, "lost")
        assert shown(bench, await told(bench, state)) == ["Reopen", "Postmortem"]

    play(scenario, transport, watched)


def test_the_data_is_checked_in_the_thread(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        acknowledged(watched)
        message = await told(bench, state)
        answer = await bench.press(message, "incident.check", user=CHRIS, sees="message")
        assert answer["text"] == "INC-1: 1 of 1 date right."
        assert answer["thread_ts"] == message["ts"]
        watched.responses = data([], state)
        await bench.workspace.act(CHRIS, "action", channel=ALERTS, ts=answer["ts"], action_id="incident.resolve")
        await bench.until(lambda: response(state).state is ResponseState.RESOLVED)

    play(scenario, transport, watched)


def test_what_is_wrong_keeps_it_open(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        acknowledged(watched)
        watched.responses.mitigate(watched.responses.incident("INC-1"), BY_CHRIS, NOW)
        watched.responses = data([WRONG], state)
        refused = await bench.press(await told(bench, state), "incident.resolve", user=CHRIS, sees="ephemeral")
        assert WRONG in refused["text"]
        assert response(state).state is ResponseState.MITIGATED

    play(scenario, transport, watched)


def test_it_is_handed_over_to_a_person(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        acknowledged(watched)
        view = await bench.press(await told(bench, state), "incident.hand_over", user=CHRIS, sees="view_opened")
        assert "Hand over INC-1" in str(view["title"])
        before = bench.workspace.core.screens.seq(ANA)
        assert not (await bench.submit(view, {"person": "Ana"}, user=CHRIS)).get("errors")
        await bench.until(lambda: response(state).owner == "Ana")
        await bench.until(lambda: "handed INC-1 over to you" in str(bench.workspace.core.screens.since(ANA, before)))
        [entry] = [each for each in state.entries if each.kind is EntryKind.HANDED_OVER]
        assert entry.text == "Chris handed it over to Ana"

    play(scenario, transport, watched)


def test_who_has_no_part_in_it_is_asked_before_it_goes_to_another(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        acknowledged(watched)
        message = await told(bench, state)
        asked = await bench.press(message, "incident.hand_over", user=ANA, sees="ephemeral")
        assert asked["text"] == "Chris has INC-1. Handing it over would take it from them."
        ended = "would end the pages that begin again when nobody is still on it."
        pressed = await bench.press(message, "incident.mitigate", user=ANA, sees="ephemeral")
        assert pressed["text"] == f"Chris has INC-1. Calling it mitigated {ended}"
        typed = await bench.ask("/incident INC-1 resolve the source lost it", user=ANA, sees="ephemeral")
        assert typed["text"] == f"Chris has INC-1. Resolving it {ended}"
        assert response(state).owner == "Chris"
        assert response(state).state is ResponseState.ACKNOWLEDGED
        await bench.press(asked, "incident.take_over", user=ANA, sees="ephemeral_changed")
        assert response(state).owner == "Ana"

    play(scenario, transport, watched)


def test_a_question_is_asked_anew_when_somebody_else_has_it_meanwhile(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    """What was asked would have stopped pages; now it would take it from Chris."""

    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        asked = await bench.press(message, "incident.acknowledge", user=ANA, sees="ephemeral")
        acknowledged(watched)
        anew = await bench.press(asked, "incident.take_over", user=ANA, sees="ephemeral")
        assert anew["text"] == "Chris has INC-1. Taking it over would make it yours."
        assert response(state).owner == "Chris"
        await bench.press(anew, "incident.take_over", user=ANA, sees="ephemeral_changed")
        assert response(state).owner == "Ana"

    play(scenario, transport, watched)


def test_reopening_begins_a_new_episode(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        resolved(watched)
        message = await told(bench, state)
        view = await bench.press(message, "incident.reopen", user=CHRIS, sees="view_opened")
        await bench.submit(view, {"reason": "it is empty again <!here>"}, user=CHRIS)
        await bench.until(lambda: response(state).state is ResponseState.OPEN)
        assert (response(state).episode, response(state).owner, response(state).next_at) == (2, "", NOW)
        assert state.entries[-1].text == "Chris reopened it: it is empty again <!here>"
        late = await bench.press(message, "incident.reopen", user=ANA, sees="ephemeral")
        assert "INC-1 has changed since that button was made: Chris reopened it" in late["text"]
        assert response(state).episode == 2

    play(scenario, transport, watched)


@pytest.mark.parametrize("action", ["incident.acknowledge", "incident.mitigate", "incident.resolve"])
def test_a_button_of_an_older_state_says_what_has_changed(
    transport: str, watched: AppServices, state: FakeState, action: str
) -> None:
    async def scenario(bench: Bench) -> None:
        if action != "incident.acknowledge":
            acknowledged(watched)
        if action == "incident.resolve":
            watched.responses.mitigate(watched.responses.incident("INC-1"), BY_CHRIS, NOW)
        message = await told(bench, state)
        watched.responses.hand_over(watched.responses.incident("INC-1"), BY_CHRIS, "Ben", NOW)
        if action != "incident.acknowledge":
            watched.responses.resolve(watched.responses.incident("INC-1"), BY_CHRIS, NOW, "the source has lost it")
        before = response(state)
        answer = await bench.press(message, action, user=CHRIS, sees="ephemeral")
        assert "INC-1 has changed since" in answer["text"]
        assert ("handed it over to Ben" if action == "incident.acknowledge" else "Chris resolved it") in answer["text"]
        assert response(state) == before

    play(scenario, transport, watched)


@pytest.mark.parametrize(
    ("action", "said"), [("acknowledge", "Chris has it"), ("mitigate", "Chris says that the harm")]
)
def test_of_two_who_press_a_button_at_once_the_second_is_told(
    transport: str, watched: AppServices, state: FakeState, monkeypatch: pytest.MonkeyPatch, action: str, said: str
) -> None:
    """Both had the button when they pressed it; Chris was the first by a moment."""
    people = watched.responses
    if action == "mitigate":
        people.acknowledge(people.incident("INC-1"), Actor(PEOPLE["Ben"], "Ben"), NOW - timedelta(minutes=5))
    granted = people.granted

    def overtaken(*given: Any, **more: Any) -> Incident:
        found = granted(*given, **more)
        getattr(people, action)(found, BY_CHRIS, NOW)
        return found

    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        monkeypatch.setattr(people, "granted", overtaken)
        answer = await bench.press(message, f"incident.{action}", user=PEOPLE["Ben"], sees="ephemeral")
        assert f"INC-1 has changed since that button was made: {said}" in answer["text"]
        assert response(state).owner == ("Chris" if action == "acknowledge" else "Ben")
        assert [each.text for each in state.entries].count(state.entries[-1].text) == 1

    play(scenario, transport, watched)


def test_what_a_person_ended_after_the_data_begins_again(state: FakeState) -> None:
    """Reopened when nothing of it was seen any more, and resolved with the data right: it is over as any other."""
    people = data([], state)
    incident = people.incident("INC-1")
    over = replace(incident, state=type(incident.state).RESOLVED, resolved_at=NOW)
    people.resolve(incident, BY_CHRIS, NOW)
    people.reopen(incident, BY_CHRIS, "look again", NOW + timedelta(minutes=1))
    assert people.resolve(over, BY_CHRIS, NOW + timedelta(minutes=2)).resolved_by == ""
