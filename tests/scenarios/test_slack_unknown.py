"""What Slack may send and nothing here is for: acknowledged, with one line in the log, and told to a person."""

import logging
from typing import Any

import pytest

from bot.services.app import AppServices
from sandbox.slack.delivery import Kind
from tests.support.slack_bench import ALEX, MONITOR, Bench, play

TEAM, USER = {"id": "T01FIRELINE", "domain": "hoops-data"}, {"id": ALEX, "team_id": "T01FIRELINE"}
COMMON = {"team": TEAM, "user": USER, "api_app_id": "A01FIRELINE"}
VIEW = {"id": "V1", "type": "modal", "callback_id": "x", "state": {"values": {}}}
CONTAINER = {"type": "message", "message_ts": "1768930200.000100", "channel_id": MONITOR}


def event(**fields: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T01FIRELINE", "event_id": f"Ev{fields['type']}", "event": fields}


NOT_OURS: dict[str, tuple[Kind, dict[str, Any]]] = {
    "reaction_added": ("events_api", event(type="reaction_added", user=ALEX, reaction="eyes", item={})),
    "tokens_revoked": ("events_api", event(type="tokens_revoked", tokens={})),
    "app_rate_limited": ("events_api", {"type": "app_rate_limited", "team_id": "T01FIRELINE", "token": "x"}),
    "view_closed": ("interactive", {**COMMON, "type": "view_closed", "view": VIEW, "is_cleared": False}),
    "view_submission": ("interactive", {**COMMON, "type": "view_submission", "view": VIEW}),
    "shortcut": ("interactive", {**COMMON, "type": "shortcut", "callback_id": "x", "trigger_id": "1.1.a"}),
    "block_suggestion": (
        "interactive",
        {**COMMON, "type": "block_suggestion", "action_id": "gone", "value": "b", "container": CONTAINER},
    ),
}


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("fireline")]


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_nothing_is_for_is_acknowledged(
    transport: str, services: AppServices, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.INFO, "fireline.slack")
    kind, payload = NOT_OURS[name]

    async def scenario(bench: Bench) -> None:
        await bench.workspace.core.delivery.ask(kind, payload)
        assert [one["outcome"] for one in bench.delivered(kind)] == ["ok"]
        assert {call["method"] for call in bench.workspace.core.recorder.entries(kind="request")} <= {
            "auth.test",
            "apps.connections.open",
        }

    play(scenario, transport, services)
    assert lines(caplog) == [f"no handler for {name}; acknowledged"]


SAID = {"channel": MONITOR, "text": "<@U0> health", "ts": "1.2"}
NOT_FOR_US = {
    "a message in a channel": event(type="message", user=ALEX, channel_type="channel", **SAID),
    "a mention without a user": event(type="app_mention", **SAID),
    "a mention by a bot": event(type="app_mention", user="U09BOT", bot_id="B1", **SAID),
    "a mention by a workflow": event(type="app_mention", user=ALEX, subtype="bot_message", bot_id="B2", **SAID),
    "a deleted message": event(type="message", subtype="message_deleted", channel_type="im", hidden=True, ts="1.3"),
    "an edited mention": event(type="app_mention", user=ALEX, edited={"user": ALEX, "ts": "1.3"}, **SAID),
    "the step of a workflow": event(type="function_executed", function_execution_id="Fx1"),
}


@pytest.mark.parametrize("name", NOT_FOR_US)
def test_what_no_person_asks_is_left_alone(transport: str, services: AppServices, name: str) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.workspace.core.delivery.ask("events_api", NOT_FOR_US[name])
        assert [one["outcome"] for one in bench.delivered("events_api")] == ["ok"]
        called = {call["method"] for call in bench.workspace.core.recorder.entries(kind="request")}
        assert called <= {"auth.test", "apps.connections.open"}

    play(scenario, transport, services)


def test_a_command_that_is_not_known_is_reported(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = {"command": "/no<pe>", "text": "x", "user_id": ALEX, "channel_id": MONITOR, "team_id": "T01FIRELINE"}
        answer = await bench.workspace.core.delivery.ask("slash_commands", asked)
        assert answer["response_type"] == "ephemeral"
        assert answer["text"] == "I do not know /no&lt;pe&gt;. Type `/health help` for what I answer."

    play(scenario, transport, services)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("interactive", {**COMMON, "type": "block_actions", "actions": None}),
        ("interactive", {**COMMON, "type": "block_actions", "actions": [{}]}),
        ("interactive", {**COMMON, "type": "block_actions", "actions": "x"}),
        ("events_api", {"type": "event_callback", "event": "x"}),
        ("events_api", {"team": 5}),
    ],
)
def test_what_makes_no_sense_is_acknowledged_over_a_socket(
    services: AppServices, caplog: pytest.LogCaptureFixture, kind: Kind, payload: dict[str, Any]
) -> None:
    """Over HTTP it is refused with a 400: there it could be anyone's."""

    async def scenario(bench: Bench) -> None:
        await bench.workspace.core.delivery.ask(kind, payload)
        assert [one["outcome"] for one in bench.delivered(kind)] == ["ok"]
        assert "Pipeline health" in (await bench.ask("/health"))["text"]

    play(scenario, "socket", services)
    assert len(lines(caplog)) <= 1
    assert not [record for record in caplog.records if record.exc_info]
