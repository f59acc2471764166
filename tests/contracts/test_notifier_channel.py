"""The alerts channel by whatever it is called, in a Slack that lists much, little or nothing."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters.notify.slack import SlackNotifier
from bot.adapters.notify.slack_channel import AlertsChannel
from bot.ports.notifier import NotifierBusy, NotifierRefused, NotifierUnavailable
from sandbox.slack.server import Workspace
from tests.support.gate_story import START
from tests.support.notices import notice
from tests.support.slack_bench import ALERTS
from tests.support.slack_handicaps import drop_scopes
from tests.support.slack_thread import Beside, beside


@pytest.fixture
def slack() -> Iterator[Beside]:
    with beside() as made:
        yield made


def adapter(slack: Beside, channel: str = "#data-alerts") -> SlackNotifier:
    return SlackNotifier(slack.workspace.credentials.bot_token, slack.workspace.api_url, channel)


def asked(slack: Beside, method: str, field: str) -> list[Any]:
    entries = slack.ask(lambda made: made.core.recorder.entries(kind="request", method=method))
    return [entry["args"].get(field) for entry in entries]


def private_room(made: Workspace) -> str:
    """A private channel with the app in it."""
    channels, bot = made.core.channels, made.core.identity.bot_user_id
    record = channels.new("C0PRIVATE1", "night-watch", "private", bot, made.core.now())
    channels.save(record)
    channels.add_member(record["id"], bot, made.core.now())
    return str(record["id"])


@pytest.mark.parametrize("called", ["#data-alerts", "data-alerts", ALERTS, f"#{ALERTS}"])
def test_a_channel_is_called_by_its_name_or_id(slack: Beside, called: str) -> None:
    notifier = adapter(slack, called)
    assert notifier.post(notice()).channel == ALERTS
    found = notifier.find("I1", START)
    assert found is not None
    assert found.channel == ALERTS


@pytest.mark.parametrize("called", ["C123", "G0SHORT", "D1"])
def test_a_short_id_is_not_looked_up(slack: Beside, called: str) -> None:
    with pytest.raises(NotifierRefused, match=r"chat\.postMessage \(channel_not_found\)"):
        adapter(slack, called).post(notice())
    assert asked(slack, "conversations.list", "types") == []
    assert asked(slack, "chat.postMessage", "channel") == [called]


def test_a_private_channel_is_found_by_its_name(slack: Beside) -> None:
    room = slack.ask(private_room)
    assert adapter(slack, "#night-watch").post(notice()).channel == room


def test_without_the_scope_for_private_channels_the_public_ones_are_looked_through(
    slack: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    slack.ask(lambda made: drop_scopes(made, "groups:read"))
    with caplog.at_level(logging.WARNING, "fireline.slack"):
        assert adapter(slack).post(notice()).channel == ALERTS
    (line,) = [record.getMessage() for record in caplog.records if record.name == "fireline.slack"]
    assert "in public only" in line
    assert "Add the scope groups:read to the app, and install it again" in line


REFUSALS: dict[str, dict[str, Any]] = {
    "unknown method": {"kind": "error", "error": "unknown_method"},
    "no such page": {"kind": "status", "status": 404},
    "not implemented": {"kind": "status", "status": 501},
}


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS)
def test_without_a_list_the_name_is_posted_to_as_it_is(
    slack: Beside, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    slack.ask(lambda made: made.core.faults.add(method="conversations.list", count=None, **fault))
    notifier = adapter(slack)
    with caplog.at_level(logging.WARNING, "fireline.slack"):
        assert notifier.find("I1", START) is None
        assert notifier.post(notice()).channel == ALERTS
        assert notifier.post(notice()).channel == ALERTS
    assert asked(slack, "chat.postMessage", "channel") == ["#data-alerts", ALERTS], "Slack names the id"
    assert len(asked(slack, "conversations.list", "types")) == 2, "with private channels, then public ones, then never"
    (line,) = [record.getMessage() for record in caplog.records if record.name == "fireline.slack"]
    assert "conversations.list" in line


def test_a_list_that_is_down_is_asked_again(slack: Beside) -> None:
    slack.ask(lambda made: made.core.faults.add("status", method="conversations.list", status=503, count=2))
    notifier = adapter(slack)
    with pytest.raises(NotifierUnavailable, match=r"conversations\.list"):
        notifier.find("I1", START)
    assert notifier.post(notice()).channel == ALERTS
    assert asked(slack, "chat.postMessage", "channel") == ["#data-alerts"]


def test_a_busy_list_is_left_alone(slack: Beside) -> None:
    slack.ask(lambda made: made.core.faults.add("rate_limited", method="conversations.list", seconds=9))
    with pytest.raises(NotifierBusy):
        adapter(slack).post(notice())
    assert asked(slack, "chat.postMessage", "channel") == []


def test_listed_conversations_may_lack_a_name_or_an_id() -> None:
    class Client:
        def conversations_list(self, **_asked: Any) -> dict[str, Any]:
            channels = [{"id": "D1", "user": "U1"}, {"name": "ops"}, {"id": "C7", "name": "ops"}]
            return {"channels": channels, "response_metadata": None}

    channel = AlertsChannel(Client(), "#ops", print)  # type: ignore[arg-type]
    assert channel.target == "C7"


def test_what_is_not_listed_is_asked_for_again(slack: Beside) -> None:
    notifier = adapter(slack, "#night-watch")
    with pytest.raises(NotifierRefused, match="Make the channel"):
        notifier.post(notice())
    room = slack.ask(private_room)
    assert notifier.post(notice()).channel == room
