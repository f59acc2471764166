"""A notifier that cannot see what it has told says all it is given, and logs once what to put right."""

import logging
from collections.abc import Callable, Iterator

import pytest

from bot.adapters.notify.slack import SlackNotifier
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.incident import MessageRef
from bot.ports.fakes.notifier import FakeNotifier
from bot.ports.notifier import Notifier, NotifierGone, NotifierRefused
from sandbox.slack.server import Workspace
from tests.support.gate_story import START
from tests.support.notices import RESOLVED, UPDATED, notice
from tests.support.slack_bench import ALERTS
from tests.support.slack_handicaps import HANDICAPS
from tests.support.slack_thread import Beside, beside


def adapter(made: Beside) -> SlackNotifier:
    return SlackNotifier(made.workspace.credentials.bot_token, made.workspace.api_url, "#data-alerts")


@pytest.fixture(params=["fake", *HANDICAPS])
def blind(request: pytest.FixtureRequest) -> Iterator[Notifier]:
    if request.param == "fake":
        yield FakeNotifier(blind=True)
        return
    with beside() as made:
        made.ask(HANDICAPS[request.param][0])
        yield adapter(made)


def test_looking_finds_nothing_and_stops_nothing(blind: Notifier) -> None:
    message = blind.post(notice())
    assert blind.find("I1", START) is None
    assert blind.stamp(message) is None
    blind.reply(message, notice(Outcome.UPDATE, UPDATED), look=True)
    blind.edit(message, notice(Outcome.RESOLVE, RESOLVED))


def test_what_is_gone_is_said_so(blind: Notifier) -> None:
    gone = MessageRef(ALERTS, "1700000000.000100")
    with pytest.raises(NotifierGone):
        blind.edit(gone, notice())
    assert blind.stamp(gone) is None


@pytest.mark.parametrize(("handicap", "said"), HANDICAPS.values(), ids=HANDICAPS)
def test_the_log_says_once_what_to_put_right(
    handicap: Callable[[Workspace], None], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with beside() as made, caplog.at_level(logging.WARNING, "fireline.slack"):
        made.ask(handicap)
        notifier = adapter(made)
        message = notifier.post(notice())
        for _ in range(3):
            notifier.find("I1", START)
            notifier.stamp(message)
        notifier.edit(message, notice(Outcome.RESOLVE, RESOLVED))
        shown = made.messages(ALERTS)
    assert [each["text"].startswith("✅ Resolved") for each in shown] == [True]
    lines = [record.getMessage() for record in caplog.records if record.name == "fireline.slack"]
    assert len(lines) == 1
    assert said in lines[0]


UNCHANGEABLE = ("edit_window_closed", "cant_update_message", "unknown_method", "missing_scope")


@pytest.mark.parametrize("kind", ["fake", *UNCHANGEABLE])
def test_a_message_that_cannot_be_changed_is_no_message_that_is_gone(kind: str) -> None:
    fake = FakeNotifier()
    fake.fixed = True
    with beside() as made:
        made.ask(lambda place: place.core.faults.add("error", method="chat.update", error=kind, count=None))
        notifier: Notifier = fake if kind == "fake" else adapter(made)
        message = notifier.post(notice())
        with pytest.raises(NotifierRefused) as refused:
            notifier.edit(message, notice(Outcome.RESOLVE, RESOLVED))
        assert refused.value.retry_after >= 60
        notifier.reply(message, notice(Outcome.RESOLVE, RESOLVED), look=True)
