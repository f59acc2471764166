"""One contract for every notifier: the fake, and Slack through the local workspace."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters.notify.slack import SlackNotifier
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.incident import MessageRef
from bot.ports.fakes.notifier import FakeNotifier
from bot.ports.notifier import Notifier, NotifierRefused, NotifierUnavailable
from tests.support.gate_story import START
from tests.support.notices import RESOLVED, UPDATED, notice
from tests.support.slack_bench import ALERTS
from tests.support.slack_thread import Beside, beside

ALERTS_NAME = "#data-alerts"


@pytest.fixture(scope="module")
def slack() -> Iterator[Beside]:
    with beside() as made:
        yield made


def adapter(slack: Beside, channel: str = ALERTS_NAME) -> SlackNotifier:
    return SlackNotifier(slack.workspace.credentials.bot_token, slack.workspace.api_url, channel)


@pytest.fixture(params=["fake", "slack"])
def notifier(request: pytest.FixtureRequest) -> Iterator[Notifier]:
    if request.param == "fake":
        yield FakeNotifier()
        return
    with beside() as made:
        yield adapter(made)


def test_what_was_posted_is_found_by_its_incident(notifier: Notifier) -> None:
    first, second = notifier.post(notice(name="I1")), notifier.post(notice(name="I2"))
    assert first != second
    assert notifier.find("I1", START) == first
    assert notifier.find("I2", START) == second
    assert notifier.find("I3", START) is None


def test_a_message_carries_the_stamp_of_what_it_says(notifier: Notifier) -> None:
    message = notifier.post(notice())
    assert notifier.stamp(message) == START.isoformat()
    notifier.edit(message, notice(Outcome.RESOLVE, RESOLVED))
    assert notifier.stamp(message) == RESOLVED.isoformat()
    assert notifier.find("I1", START) == message


def test_a_reply_is_no_message_of_its_own(notifier: Notifier) -> None:
    message = notifier.post(notice())
    notifier.reply(message, notice(Outcome.UPDATE, UPDATED))
    assert notifier.find("I1", START) == message
    assert notifier.stamp(message) == START.isoformat()


def test_what_is_gone_stays_gone(notifier: Notifier) -> None:
    gone = MessageRef(ALERTS, "1700000000.000100")
    assert notifier.stamp(gone) is None
    notifier.edit(gone, notice())
    notifier.reply(gone, notice(Outcome.UPDATE, UPDATED))
    assert notifier.find("I1", START) is None


def test_a_thread_is_told_once(slack: Beside) -> None:
    notifier = adapter(slack)
    message = notifier.post(notice(name="thread"))
    for _ in range(2):
        notifier.reply(message, notice(Outcome.UPDATE, UPDATED, "thread"))
    assert len([each for each in slack.messages(ALERTS) if each.get("thread_ts") == message.ts]) == 2, "with itself"


REFUSALS: dict[str, tuple[dict[str, Any], float]] = {
    "a limit names its time": ({"kind": "rate_limited", "seconds": 7}, 7.0),
    "an error page": ({"kind": "status", "status": 503}, 0.0),
    "a reset": ({"kind": "reset"}, 0.0),
    "accepted, and the answer lost": ({"kind": "reset_after"}, 0.0),
}


@pytest.mark.parametrize(("fault", "wait"), REFUSALS.values(), ids=REFUSALS)
def test_slack_is_asked_once(
    slack: Beside, fault: dict[str, Any], wait: float, caplog: pytest.LogCaptureFixture
) -> None:
    slack.ask(lambda made: made.core.recorder.clear())
    slack.ask(lambda made: made.core.faults.add(method="chat.postMessage", **fault))
    with pytest.raises(NotifierUnavailable) as refused:
        adapter(slack).post(notice(name="refused"))
    assert refused.value.retry_after == wait
    assert caplog.messages == [], "whoever catches it logs it"
    slack.ask(lambda made: made.core.faults.clear())
    assert len(slack.ask(lambda made: made.core.recorder.entries(kind="request", method="chat.postMessage"))) == 1


def test_a_channel_without_the_app_says_what_to_do(slack: Beside) -> None:
    with pytest.raises(NotifierRefused, match="Invite the app") as refused:
        adapter(slack, "#general").post(notice())
    assert refused.value.retry_after >= 60


def test_a_message_that_slack_did_not_name_is_followed_by_a_new_one(slack: Beside) -> None:
    """As after a bare {"ok": true}."""
    notifier, unnamed = adapter(slack), MessageRef(ALERTS, "")
    assert notifier.stamp(unnamed) is None
    with pytest.raises(NotifierRefused, match="did not name"):
        notifier.edit(unnamed, notice(Outcome.RESOLVE, RESOLVED, "unnamed"))
    notifier.reply(unnamed, notice(Outcome.RESOLVE, RESOLVED, "unnamed"))
    newest = slack.messages(ALERTS)[-1]
    assert newest["text"].startswith("✅ Resolved")
    assert "thread_ts" not in newest
