"""Where the channel shows nothing of what it was told, it is told rather twice than never."""

import logging
from datetime import datetime, timedelta

import pytest

from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.incident import Incident
from bot.ports.fakes.notifier import FakeNotifier
from bot.ports.notifier import NotifierBusy, NotifierUnavailable
from tests.support.gate_story import START
from tests.support.incident_channel import MINUTE, Channel, over
from tests.support.notices import RESOLVED, UPDATED, decision, incident

LATER = UPDATED + MINUTE


@pytest.fixture
def channel() -> Channel:
    made = Channel(FakeNotifier(blind=True))
    made.decided(decision())
    made.deliver(START)
    return made


def replies(channel: Channel) -> list[datetime]:
    (told,) = channel.told
    return [reply.decision.at for reply in told.replies]


@pytest.mark.parametrize("blind", [False, True])
def test_an_update_and_an_end_are_reported_after_a_restart(blind: bool) -> None:
    channel = Channel(FakeNotifier(blind=blind))
    channel.decided(decision())
    channel.deliver(START)
    channel.restart()
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    channel.deliver(UPDATED)
    assert replies(channel) == [UPDATED]
    channel.restart()
    channel.decided(decision(Outcome.RESOLVE, RESOLVED), over())
    channel.deliver(RESOLVED)
    assert channel.told[0].notice.resolved
    assert replies(channel) == [UPDATED], "what was said is noted, whoever may look"


def test_what_was_decided_just_before_the_end_of_a_process_is_told_by_the_next(channel: Channel) -> None:
    """The state says when it was decided, not that it was said."""
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    channel.restart()
    channel.deliver(LATER)
    assert replies(channel) == [UPDATED]
    assert channel.told[0].notice.decision.at == UPDATED


def test_one_process_tells_once(channel: Channel) -> None:
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    for minute in range(40):
        channel.deliver(UPDATED + minute * MINUTE)
    assert replies(channel) == [UPDATED]


def test_a_thread_is_reported_once_while_the_message_cannot_be_reached(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise NotifierUnavailable("away")

    monkeypatch.setattr(channel.notifier, "edit", away)
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    for minute in range(5):
        channel.deliver(UPDATED + minute * MINUTE)
    assert replies(channel) == [UPDATED]


def test_an_end_is_reported_in_the_thread_of_a_message_that_cannot_be_changed(channel: Channel) -> None:
    channel.notifier.fixed = True
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    channel.deliver(UPDATED)
    channel.decided(decision(Outcome.RESOLVE, RESOLVED), over())
    channel.deliver(RESOLVED)
    channel.deliver(RESOLVED + MINUTE)
    assert replies(channel) == [UPDATED, RESOLVED]


def other(name: str, severity: Severity = Severity.P1) -> Incident:
    return incident(name, fingerprint=name, severity=severity)


def test_one_incident_that_is_refused_holds_back_no_other(caplog: pytest.LogCaptureFixture) -> None:
    channel = Channel()
    channel.notifier.refuses = frozenset({"I1"})
    channel.decided(decision())
    channel.decided(decision(at=START + MINUTE, incident="I2", severity=Severity.P1), other("I2"))
    with caplog.at_level(logging.WARNING, "fireline.messages"):
        for seconds in range(0, 300, 2):
            channel.deliver(START + MINUTE, START + timedelta(seconds=seconds))
    assert [told.notice.incident.id for told in channel.told] == ["I2"]
    assert len(caplog.records) == 1, "said once"
    channel.notifier.refuses = frozenset()
    channel.deliver(START + timedelta(hours=1))
    assert {told.notice.incident.id for told in channel.told} == {"I1", "I2"}


def test_a_busy_channel_is_asked_for_nothing(channel: Channel) -> None:
    channel.decided(decision(at=START + MINUTE, incident="I2", severity=Severity.P1), other("I2"))
    channel.notifier.down = NotifierBusy("slow down", 30.0)
    channel.deliver(START + MINUTE)
    channel.notifier.down = ""
    channel.deliver(START + MINUTE, START + MINUTE + timedelta(seconds=29))
    assert len(channel.told) == 1
    channel.deliver(START + MINUTE, START + MINUTE + timedelta(seconds=30))
    assert len(channel.told) == 2


def test_what_fails_again_and_again_is_tried_less_often() -> None:
    """A channel that takes a message and loses the answer, and shows nothing, would be told every two seconds."""
    channel = Channel(FakeNotifier(blind=True))
    channel.notifier.loses_answers = True
    channel.decided(decision())
    for seconds in range(0, 600, 2):
        channel.deliver(START, START + timedelta(seconds=seconds))
    assert len(channel.told) <= 15


def fails(*_arguments: object, **_more: object) -> None:
    raise NotifierUnavailable("HTTP status 500")


def test_looking_that_always_fails_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some answer what they do not have with an error of their own: rather twice than never."""
    channel = Channel()
    monkeypatch.setattr(channel.notifier, "find", fails)
    channel.decided(decision())
    channel.notifier.down = "the answer was lost"
    channel.deliver(START)
    channel.notifier.down = ""
    channel.deliver(START, START + timedelta(seconds=10))
    assert channel.told == [], "it is given time first"
    for seconds in range(10, 120, 2):
        channel.deliver(START, START + timedelta(seconds=seconds))
    assert len(channel.told) == 1


def test_a_thread_that_always_fails_holds_back_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = Channel()
    monkeypatch.setattr(channel.notifier, "reply", fails)
    channel.decided(decision())
    channel.deliver(START)
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    for seconds in range(0, 120, 2):
        channel.deliver(UPDATED, UPDATED + timedelta(seconds=seconds))
    assert channel.told[0].notice.decision.at == UPDATED


def test_what_is_not_reported_is_said_again_by_its_number(channel: Channel, caplog: pytest.LogCaptureFixture) -> None:
    channel.notifier.refuses = frozenset({"I2"})
    channel.decided(decision(at=START + MINUTE, incident="I2", severity=Severity.P1), other("I2"))
    with caplog.at_level(logging.WARNING, "fireline.messages"):
        for seconds in range(60, 700, 10):
            channel.deliver(START + MINUTE, START + timedelta(seconds=seconds))
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 3
    assert said[0].startswith(
        "INC-2 (P1) has not been posted since 2026-03-03 06:01 UTC, it will be tried again: not this one"
    )
