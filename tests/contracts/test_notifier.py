"""One contract for every notifier: the fake, and Slack through the local workspace."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.notify import slack_metadata as metadata
from bot.adapters.notify.slack import SlackNotifier
from bot.adapters.notify.slack_clock import SlackClock
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.incident import MessageRef
from bot.ports.fakes.notifier import FakeNotifier
from bot.ports.notifier import Notifier, NotifierBusy, NotifierGone, NotifierRefused, NotifierUnavailable
from sandbox.slack import posting
from sandbox.slack.server import Workspace
from tests.support.gate_story import START
from tests.support.notices import CASCADE, RESOLVED, UPDATED, notice
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
    notifier.reply(message, notice(Outcome.UPDATE, UPDATED), look=True)
    assert notifier.find("I1", START) == message
    assert notifier.stamp(message) == START.isoformat()


def test_what_is_gone_is_said_so(notifier: Notifier) -> None:
    gone = MessageRef(ALERTS, "1700000000.000100")
    assert notifier.stamp(gone) is None
    with pytest.raises(NotifierGone):
        notifier.edit(gone, notice())
    with pytest.raises(NotifierGone):
        notifier.reply(gone, notice(Outcome.UPDATE, UPDATED), look=True)
    assert notifier.find("I1", START) is None


def test_a_thread_is_reported_once(slack: Beside) -> None:
    notifier = adapter(slack)
    message = notifier.post(notice(name="thread"))
    for _ in range(2):
        notifier.reply(message, notice(Outcome.UPDATE, UPDATED, "thread"), look=True)
    assert len([each for each in slack.messages(ALERTS) if each.get("thread_ts") == message.ts]) == 2, "with itself"


def test_slacks_clock_is_read_from_any_answer(slack: Beside) -> None:
    for token in (slack.workspace.credentials.bot_token, "xoxb-revoked"):
        there = SlackClock(token, slack.workspace.api_url)()
        assert there is not None
        assert abs(there - datetime.now(UTC)) < timedelta(minutes=1)
    assert SlackClock("xoxb", "http://127.0.0.1:1/api/")() is None


def test_a_thread_of_more_than_one_page_is_reported_once(slack: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is shorter than was asked for: the workspace names where the next begins."""
    monkeypatch.setattr("bot.adapters.notify.slack.THREAD", 3)
    notifier = adapter(slack)
    message = notifier.post(notice(name="long"))
    updates = [notice(Outcome.UPDATE, UPDATED + timedelta(minutes=n), "long") for n in range(6)]
    for update in [*updates, updates[-1]]:
        notifier.reply(message, update, look=True)
    assert len([each for each in slack.messages(ALERTS) if each.get("thread_ts") == message.ts]) == 1 + len(updates)


def test_a_strangers_reply_with_our_stamp_holds_no_update_back(slack: Beside) -> None:
    notifier = adapter(slack)
    message, update = notifier.post(notice(name="forged thread")), notice(Outcome.UPDATE, UPDATED, "forged thread")

    def forge(made: Workspace) -> None:
        channel = made.core.channels.get(ALERTS)
        assert channel is not None
        payload = {"event_type": metadata.EVENT, "event_payload": {"incident": "x", "stamp": update.stamp}}
        forged = posting.bot_message(made.core, "looks like ours", metadata=payload)
        forged |= {"user": "U02SAM", "bot_id": "B0STRANGER", "thread_ts": message.ts}
        posting.post(made.core, channel, forged)

    slack.ask(forge)
    notifier.reply(message, update, look=True)
    assert len([each for each in slack.messages(ALERTS) if each.get("thread_ts") == message.ts]) == 3


def test_an_empty_page_with_a_cursor_is_followed_by_the_next(slack: Beside) -> None:
    notifier = adapter(slack)
    message = notifier.post(notice(name="sparse"))
    slack.ask(lambda made: setattr(made.core.faults, "empty_first_page", True))
    assert notifier.find("sparse", START) == message
    slack.ask(lambda made: made.core.faults.clear())


def test_an_incident_leaves_a_channel_that_was_archived() -> None:
    with beside() as made:
        message = adapter(made).post(notice())

        def archive(place: Workspace) -> None:
            channel = place.core.channels.get(ALERTS)
            assert channel is not None
            place.core.channels.save({**channel, "is_archived": True})

        made.ask(archive)
        with pytest.raises(NotifierGone, match="is_archived"):
            adapter(made).edit(message, notice(Outcome.UPDATE, UPDATED))
        with pytest.raises(NotifierRefused, match="FIRELINE_ALERTS_CHANNEL"):
            adapter(made).post(notice())


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
    notifier.reply(unnamed, notice(Outcome.RESOLVE, RESOLVED, "unnamed"), look=True)
    newest = slack.messages(ALERTS)[-1]
    assert newest["text"].startswith("✅ Resolved")
    assert "thread_ts" not in newest


def test_a_strangers_message_with_our_metadata_is_not_ours(slack: Beside) -> None:
    notifier = adapter(slack)

    def forge(made: Workspace) -> None:
        channel = made.core.channels.get(ALERTS)
        assert channel is not None
        payload = {"event_type": metadata.EVENT, "event_payload": {"incident": "forged", "stamp": "x"}}
        forged = posting.bot_message(made.core, "looks like ours", metadata=payload)
        posting.post(made.core, channel, {**forged, "user": "U02SAM", "bot_id": "B0STRANGER"})

    slack.ask(forge)
    assert notifier.find("forged", START) is None


def test_slacks_wish_to_wait_is_for_one_method_and_not_for_what_is_urgent(slack: Beside) -> None:
    notifier = adapter(slack)
    message = notifier.post(notice(name="patient", severity=Severity.P2))
    slack.ask(lambda made: made.core.recorder.clear())
    slack.ask(lambda made: made.core.faults.add("rate_limited", method="chat.update", seconds=600))
    calm = notice(name="patient", severity=Severity.P2)
    for _ in range(2):
        with pytest.raises(NotifierBusy):
            notifier.edit(message, calm)
    edits = slack.ask(lambda made: made.core.recorder.entries(kind="request", method="chat.update"))
    assert len(edits) == 1, "no call within the wait"
    notifier.post(notice(name="other", severity=Severity.P2))
    notifier.edit(message, notice(name="patient"))


SHAPES = ("invalid_blocks", "msg_blocks_too_long", "metadata_too_large", "invalid_metadata_format")


@pytest.mark.parametrize("code", SHAPES)
def test_a_refused_card_is_sent_in_a_plainer_shape(code: str) -> None:
    with beside() as made:
        made.ask(lambda place: place.core.faults.add("error", method="chat.postMessage", error=code, count=1))
        message = adapter(made).post(notice())
        (shown,) = made.messages(ALERTS)
        assert shown["ts"] == message.ts
        assert shown["text"].startswith("🔴 P0")


def test_a_card_that_is_always_refused_falls_back_to_its_text() -> None:
    with beside() as made:
        made.ask(
            lambda place: place.core.faults.add("error", method="chat.postMessage", error="invalid_blocks", count=1)
        )
        bare = notice(headline=replace(CASCADE, error="", processors=("Box",)), processors=("Box",))
        adapter(made).post(bare)
        (shown,) = made.messages(ALERTS)
        assert shown["text"].startswith("🔴 P0 Box")


def test_more_than_2000_messages_since_are_looked_through(slack: Beside) -> None:
    notifier = adapter(slack)
    message = notifier.post(notice(name="early"))

    def chatter(made: Workspace) -> None:
        with made.core.store.transaction():
            for number in range(2_100):
                made.core.messages.add(ALERTS, posting.bot_message(made.core, f"{number}", user="U02SAM"))

    slack.ask(chatter)
    assert notifier.find("early", START) == message
