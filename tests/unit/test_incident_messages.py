"""What was decided is said once, whatever happens between deciding and saying it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.access import Identity, Origin, Role
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.decisions import Outcome
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import MessageRef
from bot.domain.oncall.covers import Wanted
from bot.ports.fakes.notifier import FakeNotifier
from bot.services.oncall import OncallService
from tests.support.gate_story import START
from tests.support.incident_channel import MINUTE, Channel, over
from tests.support.notices import RESOLVED, UPDATED, decision, incident
from tests.support.rotas import PEOPLE, PLAN


@pytest.fixture
def channel() -> Channel:
    made = Channel()
    made.decided(decision())
    return made


def test_an_announcement_is_posted_once_and_remembered(channel: Channel) -> None:
    for minute in range(3):
        channel.deliver(START + minute * MINUTE)
    assert len(channel.told) == 1
    kept = channel.state.incident("I1")
    assert kept is not None
    assert kept.message == next(iter(channel.notifier.messages))


def test_an_update_edits_the_message_and_tells_its_thread(channel: Channel) -> None:
    channel.deliver(START)
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    channel.deliver(UPDATED)
    channel.deliver(UPDATED + MINUTE)
    (told,) = channel.told
    assert told.notice.decision.at == UPDATED
    assert [reply.decision.at for reply in told.replies] == [UPDATED]


def test_an_end_edits_the_message_and_says_nothing_more(channel: Channel) -> None:
    channel.deliver(START)
    channel.decided(decision(Outcome.RESOLVE, RESOLVED), over())
    channel.deliver(RESOLVED)
    (told,) = channel.told
    assert told.notice.resolved
    assert told.replies == []


def test_killed_between_deciding_and_posting(channel: Channel) -> None:
    channel.restart()
    channel.deliver(START + 3 * MINUTE)
    assert len(channel.told) == 1


def test_killed_between_posting_and_remembering(channel: Channel) -> None:
    channel.notifier.loses_answers = True
    channel.deliver(START)
    assert len(channel.told) == 1
    channel.notifier.loses_answers = False
    channel.restart()
    channel.deliver(START + MINUTE)
    assert len(channel.told) == 1
    kept = channel.state.incident("I1")
    assert kept is not None
    assert kept.message is not None


def test_killed_between_thread_and_message(channel: Channel) -> None:
    channel.deliver(START)
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    channel.notifier.loses_answers = True
    channel.deliver(UPDATED)
    channel.notifier.loses_answers = False
    channel.restart()
    channel.deliver(UPDATED + MINUTE)
    (told,) = channel.told
    assert len(told.replies) == 1
    assert told.notice.decision.at == UPDATED


def test_an_old_announcement_is_not_lost_when_the_channel_was_down_for_days(channel: Channel) -> None:
    channel.notifier.down = "away"
    for day in range(4):
        channel.deliver(START + timedelta(days=day))
    channel.restart()
    channel.notifier.down = ""
    channel.deliver(START + timedelta(days=4))
    assert len(channel.told) == 1


def test_what_was_over_before_it_could_be_said_is_said_as_over(channel: Channel) -> None:
    channel.notifier.down = "away"
    channel.deliver(START)
    channel.decided(decision(Outcome.RESOLVE, RESOLVED), over())
    channel.notifier.down = ""
    channel.deliver(RESOLVED)
    assert [told.notice.resolved for told in channel.told] == [True]


def test_the_channels_wish_to_wait_is_honoured(channel: Channel) -> None:
    channel.notifier.down, channel.notifier.retry_after = "slow down", 30.0
    channel.deliver(START)
    channel.notifier.down = ""
    channel.deliver(START, START + timedelta(seconds=29))
    assert channel.told == []
    channel.deliver(START, START + timedelta(seconds=30))
    assert len(channel.told) == 1


@pytest.mark.parametrize(("severity", "wait"), [(Severity.P0, 5), (Severity.P1, 5), (Severity.P2, 60)])
def test_a_page_that_was_refused_is_tried_again_soon(severity: Severity, wait: int) -> None:
    """Somebody invites the app; an incident that wakes nobody may wait the minute that a refusal asks for."""
    channel = Channel()
    channel.decided(decision(severity=severity), incident(severity=severity))
    channel.notifier.refuses = frozenset({"I1"})
    channel.deliver(START)
    channel.notifier.refuses = frozenset()
    channel.deliver(START, START + timedelta(seconds=wait - 1))
    assert channel.told == []
    channel.deliver(START, START + timedelta(seconds=wait))
    assert len(channel.told) == 1


def test_the_worst_is_said_first() -> None:
    channel = Channel()
    for minute, severity in enumerate((Severity.P2, Severity.P1, Severity.P0)):
        made = replace(decision(at=START + minute * MINUTE, severity=severity), incident=f"I{minute}")
        channel.decided(made, incident(f"I{minute}", fingerprint=f"F{minute}", severity=severity))
    channel.deliver(START + 5 * MINUTE)
    assert [told.notice.incident.severity for told in channel.told] == [Severity.P0, Severity.P1, Severity.P2]


def test_a_note_waits_for_the_digest_until_it_is_more(channel: Channel) -> None:
    channel = Channel()
    channel.decided(decision(severity=Severity.P3))
    channel.deliver(START)
    assert channel.told == []
    channel.decided(decision(Outcome.UPDATE, UPDATED, severity=Severity.P2), incident(severity=Severity.P2))
    channel.deliver(UPDATED)
    assert len(channel.told) == 1


def test_a_message_that_someone_deleted_is_posted_again_when_there_is_something_to_say(channel: Channel) -> None:
    channel.deliver(START)
    channel.notifier.remove(next(iter(channel.notifier.messages)))
    channel.deliver(START + MINUTE)
    assert channel.told == [], "nothing is new"
    channel.decided(decision(Outcome.UPDATE, UPDATED))
    channel.restart()
    channel.deliver(UPDATED)
    (told,) = channel.told
    assert told.notice.decision.at == UPDATED
    kept = channel.state.incident("I1")
    assert kept is not None
    assert kept.message in channel.notifier.messages


def test_a_deleted_message_is_not_posted_again_only_to_say_that_it_is_over(channel: Channel) -> None:
    channel.deliver(START)
    channel.notifier.remove(next(iter(channel.notifier.messages)))
    channel.decided(decision(Outcome.RESOLVE, RESOLVED), over())
    channel.deliver(RESOLVED)
    assert channel.told == []
    assert channel.state.unsaid() == []


class Lagging(FakeNotifier):
    """Shows what it took only after a while."""

    shows = False

    def find(self, incident: str, since: datetime) -> MessageRef | None:
        return super().find(incident, since) if self.shows else None


def test_a_history_that_lags_makes_no_second_message() -> None:
    lagging = Lagging()
    channel = Channel(lagging)
    channel.decided(decision())
    lagging.loses_answers, lagging.retry_after = True, 0.5
    channel.deliver(START)
    lagging.loses_answers = False
    channel.deliver(START, START + timedelta(seconds=1.05))
    channel.messages.deliver(START, START + timedelta(hours=1))
    lagging.shows = True
    channel.deliver(START, START + timedelta(seconds=10))
    assert len(channel.told) == 1
    assert channel.state.unsaid() == []


def test_a_clock_that_was_put_back_holds_nothing_up(channel: Channel) -> None:
    channel.notifier.down = "away"
    channel.deliver(START)
    channel.notifier.down = ""
    channel.seconds = 100.0
    channel.messages.deliver(START, START - timedelta(hours=1))
    assert len(channel.told) == 1


def test_stopped_it_says_nothing_more(channel: Channel) -> None:
    channel.messages.stop()
    channel.deliver(START)
    assert channel.told == []
    channel.restart()
    channel.deliver(START)
    assert len(channel.told) == 1


def test_urgent_is_reported_by_itself(channel: Channel) -> None:
    channel.decided(decision(at=UPDATED, incident="I2", severity=Severity.P2), incident("I2", fingerprint="F2"))
    channel.messages.deliver(UPDATED, UPDATED, lambda severity: severity is Severity.P0)
    assert [told.notice.incident.id for told in channel.told] == ["I1"]


def test_a_message_shows_what_people_did_since() -> None:
    channel = Channel()
    channel.decided(decision())
    channel.deliver(START)
    with channel.state.transaction() as tx:
        tx.responses.put(responses.opened("I1", Severity.P0, EscalationPolicy().of(Severity.P0), START))
    channel.messages.redraw(START + MINUTE)
    [told] = channel.told
    assert told.notice.now == START + MINUTE
    assert channel.state.responses_to_show() == []
    rota = OncallService(PLAN, channel.state, lambda _: Identity(Origin.MEMBER, Role.RESPONDER, named=True))
    ill = Wanted(rota="primary", person=PEOPLE["Dana"], since=START, until=START + 600 * MINUTE)
    put, _ = rota.put_on_call(ill, PEOPLE["Ben"], START + MINUTE)
    rota.withdraw(put.id, PEOPLE["Ben"], START + 2 * MINUTE)
    channel.messages.redraw(START + 2 * MINUTE)
    assert [each.notice.now for each in channel.told] == [START + 2 * MINUTE]
