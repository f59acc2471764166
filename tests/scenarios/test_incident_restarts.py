"""A process ends and another takes over: Slack is told once, and where it shows nothing of it, not less than once."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.adapters.notify.slack import SlackNotifier
from bot.domain.incidents.decisions import Outcome
from sandbox.slack import posting
from sandbox.slack.server import Workspace
from tests.support.gate_story import START
from tests.support.incident_channel import MINUTE, Decided, over
from tests.support.notices import RESOLVED, UPDATED, decision
from tests.support.slack_bench import ALERTS
from tests.support.slack_handicaps import HANDICAPS
from tests.support.slack_thread import Beside, beside


class Told(Decided):
    """Each process asks Slack anew."""

    def __init__(self, slack: Beside) -> None:
        self._slack = slack
        super().__init__(self._notifier())
        self.decided(decision())
        self.deliver(START)

    def restart(self) -> None:
        self._channel = self._notifier()
        super().restart()

    def _notifier(self) -> SlackNotifier:
        made = self._slack.workspace
        return SlackNotifier(made.credentials.bot_token, made.api_url, "#data-alerts")

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [each for each in self._slack.messages(ALERTS) if each.get("thread_ts") in (None, each["ts"])]

    @property
    def below(self) -> list[str]:
        replies = [each for each in self._slack.messages(ALERTS) if each.get("thread_ts", each["ts"]) != each["ts"]]
        return [each["text"] for each in replies]


def story(told: Told) -> None:
    """An update and an end, each decided by a process that ends before it tells."""
    told.decided(decision(Outcome.UPDATE, UPDATED))
    told.restart()
    told.deliver(UPDATED + MINUTE)
    told.decided(decision(Outcome.RESOLVE, RESOLVED), over())
    told.restart()
    told.deliver(RESOLVED + MINUTE)


def test_an_update_and_an_end_are_reported_once() -> None:
    with beside() as slack:
        told = Told(slack)
        story(told)
        assert [each["text"].startswith("✅ Resolved") for each in told.shown] == [True]
        assert len(told.below) == 1


@pytest.mark.parametrize("handicap", [made for made, _ in HANDICAPS.values()], ids=HANDICAPS)
def test_an_update_and_an_end_are_reported_where_nobody_may_look(handicap: Callable[[Workspace], None]) -> None:
    with beside() as slack:
        slack.ask(handicap)
        told = Told(slack)
        story(told)
        assert [each["text"].startswith("✅ Resolved") for each in told.shown] == [True]
        assert 1 <= len(told.below) <= 2, "once, or once more by the last process"


def test_an_end_is_reported_where_nothing_can_be_changed() -> None:
    with beside() as slack:
        slack.ask(
            lambda made: made.core.faults.add("error", method="chat.update", error="edit_window_closed", count=None)
        )
        told = Told(slack)
        story(told)
        assert [text.startswith("✅ Resolved") for text in told.below] == [False, True]


def test_a_thread_that_cannot_be_read_is_reported_and_the_message_changed() -> None:
    with beside() as slack:
        slack.ask(
            lambda made: made.core.faults.add(
                "error", method="conversations.replies", error="unknown_method", count=None
            )
        )
        told = Told(slack)
        story(told)
        assert len(told.below) == 1, "the stamp of the message is seen"
        assert told.shown[0]["text"].startswith("✅ Resolved")


def delete(slack: Beside, ts: str) -> None:
    def gone(made: Workspace) -> None:
        channel, message = made.core.channels.get(ALERTS), made.core.messages.stored(ALERTS, ts)
        assert channel is not None
        assert message is not None
        posting.delete(made.core, channel, message)

    slack.ask(gone)


@pytest.mark.parametrize("with_thread", [False, True])
def test_a_deleted_message_is_posted_again_with_what_is_new(
    with_thread: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with beside() as slack:
        told = Told(slack)
        if with_thread:
            told.decided(decision(Outcome.UPDATE, START + MINUTE))
            told.deliver(START + MINUTE)
        delete(slack, told.shown[0]["ts"])
        story(told)
        *gone, shown = told.shown
        assert [each.get("subtype") for each in gone] == (["tombstone"] if with_thread else [])
        assert shown["text"].startswith("✅ Resolved")
        assert len(told.below) == with_thread
    assert caplog.messages == []
