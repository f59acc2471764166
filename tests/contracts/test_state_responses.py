"""One contract for every state: responses, pages and timelines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.access import Act as Button
from bot.domain.delivery import Act, Kind, Outcome, Page, PageState, Queued
from bot.domain.findings.severity import Severity
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.response import Response, ResponseState, acknowledged, opened, resolved
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.ports.clock import ClockMark
from bot.ports.state import Committed, State
from tests.contracts.states import KINDS, Again
from tests.contracts.states import opened as opened_state
from tests.support.gate_story import START
from tests.support.notices import incident

POLICY = EscalationPolicy()
FIRST = opened("I1", Severity.P0, POLICY.of(Severity.P0), START)
LEASE = timedelta(seconds=30)


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened_state(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


@pytest.fixture
def state(again: Again) -> State:
    made = again()
    two = tuple(replace(incident(), id=name, fingerprint=name, version=0, number=0) for name in ("I1", "I2"))
    with made.transaction() as tx:
        assert tx.gate.commit(START, GateResult((), (), two), 0) is Committed.APPLIED
    return made


def put(state: State, response: Response) -> bool:
    with state.transaction() as tx:
        return tx.responses.put(response)


def stored(state: State, name: str = "I1") -> Response:
    found = state.response(name)
    assert found is not None
    return found


def page(name: str, minutes: float = 0, severity: Severity = Severity.P0, key: str = "I1:1") -> Queued:
    made = Page(
        id=name,
        dedup_key=key,
        label="INC-1",
        severity=severity,
        act=Act.TRIGGER,
        channel="slack",
        person="Ana",
        target="U0ANA",
        created_at=minute(minutes),
    )
    return Queued(page=made, incident=key.partition(":")[0], not_before=minute(minutes))


def test_a_response_comes_back_as_it_was_stored(state: State, again: Again) -> None:
    assert state.response("I1") is None
    assert put(state, FIRST)
    assert stored(again()) == replace(FIRST, version=1)
    taken = acknowledged(stored(state), "Ana \u2011 \U0001f6a8", minute(3))
    assert put(state, taken)
    assert stored(again()) == replace(taken, version=2)


def test_an_episode_has_one_grant_for_each_act(state: State, again: Again) -> None:
    assert state.grants("I1", 1) == {}
    assert put(state, FIRST)
    made = again().grants("I1", 1)
    assert set(made) == set(Button)
    assert put(state, acknowledged(stored(state), "Ana", minute(1)))
    assert state.grants("I1", 1) == made
    grant = state.grant(made[Button.ACKNOWLEDGE])
    assert grant is not None
    assert (grant.incident, grant.episode, grant.act, grant.made_at) == ("I1", 1, Button.ACKNOWLEDGE, START)
    assert state.grant("I1") is None
    over = resolved(stored(state), minute(2))
    assert put(state, over)
    assert put(state, opened("I1", Severity.P0, POLICY.of(Severity.P0), minute(3), stored(state)))
    assert state.grants("I1", 1) == made
    assert not set(state.grants("I1", 2).values()) & set(made.values())


def test_whoever_goes_by_an_old_version_changes_nothing(state: State) -> None:
    assert put(state, FIRST)
    assert not put(state, FIRST)
    before = stored(state)
    assert put(state, acknowledged(before, "Ana", minute(1)))
    assert not put(state, resolved(before, minute(2), "Ben"))
    assert stored(state).state is ResponseState.ACKNOWLEDGED


def test_what_is_due_comes_the_worst_first(state: State) -> None:
    assert put(state, opened("I2", Severity.P1, POLICY.of(Severity.P1), minute(-60)))
    assert put(state, FIRST)
    assert [each.incident for each in state.responses_due(minute(1))] == ["I1", "I2"]
    assert [each.incident for each in state.responses_due(minute(-1))] == ["I2"]
    assert [each.incident for each in state.responses_due(datetime.max.replace(tzinfo=UTC))] == ["I1", "I2"]
    assert put(state, resolved(stored(state), minute(1)))
    assert [each.incident for each in state.responses_due(minute(1))] == ["I2"]


def test_a_message_shows_a_version(state: State) -> None:
    assert put(state, FIRST)
    assert state.responses_to_show() == []
    with state.transaction() as tx:
        assert tx.incidents.set_message("I1", MessageRef("C1", "1.2"))
    assert [each.incident for each in state.responses_to_show()] == ["I1"]
    with state.transaction() as tx:
        tx.responses.showed(stored(state))
    assert state.responses_to_show() == []
    assert put(state, acknowledged(stored(state), "Ana", minute(1)))
    assert [(each.version, each.shown) for each in state.responses_to_show()] == [(2, 1)]


def test_a_slow_process_that_overwrites_a_newer_message_leaves_it_to_be_edited_again(state: State) -> None:
    assert put(state, FIRST)
    first = stored(state)
    assert put(state, acknowledged(first, "Ana", minute(1)))
    with state.transaction() as tx:
        assert tx.incidents.set_message("I1", MessageRef("C1", "1.2"))
        tx.responses.showed(stored(state))
        tx.responses.showed(first)
    assert [(each.version, each.shown) for each in state.responses_to_show()] == [(2, 1)]
    [read] = state.responses_to_show()
    with state.transaction() as tx:
        tx.responses.show_again()  # after it was read for the message
        tx.responses.showed(read)
    assert [each.shown for each in state.responses_to_show()] == [-1]


def test_an_incident_is_known_by_its_message(state: State) -> None:
    there = MessageRef("C1", "1.2")
    assert state.incident_at(there) is None
    with state.transaction() as tx:
        assert tx.incidents.set_message("I2", there)
    found = state.incident_at(there)
    assert found is not None
    assert found.id == "I2"
    assert state.incident_at(MessageRef("C2", "1.2")) is None


def test_a_page_is_known_by_its_id(state: State) -> None:
    assert state.page("p1") is None
    with state.transaction() as tx:
        assert tx.pages.add([page("p1")]) == 1
    assert state.page("p1") == page("p1")


def test_a_timeline_keeps_its_order(state: State) -> None:
    entries = [Entry("I1", minute(at), EntryKind.PAGED, f"step {at}", "Ana") for at in (5, 3)]
    with state.transaction() as tx:
        tx.responses.note([*entries, Entry("I2", minute(1), EntryKind.NOTE, "another's")])
    assert state.timeline("I1") == entries


def test_a_page_is_in_the_outbox_once_and_tried_by_one(state: State, again: Again) -> None:
    with state.transaction() as tx:
        assert tx.pages.add([page("p2", 1), page("p1")]) == 2
        assert tx.pages.add([page("p1")]) == 0
    first, second = state.pages_due(minute(2))
    assert (first.page.id, second.page.id) == ("p1", "p2")
    with again().transaction() as tx:
        assert tx.pages.claim(first, minute(2), minute(2) + LEASE)
        assert not tx.pages.claim(first, minute(2), minute(2) + LEASE)
    assert [each.page.id for each in state.pages_due(minute(2))] == ["p2"]
    [left, _] = state.pages_due(minute(3))
    assert (left.page.id, left.state, left.page.attempts) == ("p1", PageState.SENDING, 1)
    assert left.page.first_attempt_at == minute(2)


def test_what_a_try_has_shown_is_stored(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("p1")])
    [queued] = state.pages_due(minute(0))
    busy = Outcome(Kind.NO, "ratelimited", retry_after=60)
    with state.transaction() as tx:
        assert tx.pages.claim(queued, minute(0), minute(0) + LEASE)
        tx.pages.settle(queued, PageState.PENDING, busy, minute(1))
    assert state.pages_due(minute(0.5)) == []
    [again] = state.pages_due(minute(1))
    assert (again.reason, again.page.attempts) == ("ratelimited", 1)
    with state.transaction() as tx:
        assert tx.pages.claim(again, minute(1), minute(1) + LEASE)
        tx.pages.settle(again, PageState.SENT, Outcome(Kind.YES, "ok", ref="1.2"), minute(1))
    assert state.pages_due(minute(9)) == []
    [sent] = state.pages_of("I1:1")
    assert (sent.state, sent.ref) == (PageState.SENT, "1.2")


def test_a_page_is_found_by_what_its_channel_calls_it(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("p1")])
    [queued] = state.pages_due(minute(0))
    with state.transaction() as tx:
        assert tx.pages.claim(queued, minute(0), minute(0) + LEASE)
        tx.pages.settle(queued, PageState.SENT, Outcome(Kind.YES, "ok", ref="CA1"), minute(0))
    found = state.page_by_ref("slack", "CA1")
    assert found is not None
    assert found.page.id == "p1"
    assert state.page_by_ref("voice", "CA1") is None


def test_an_unclear_page_is_due_again_and_can_be_stopped(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("p1")])
    [queued] = state.pages_due(minute(0))
    with state.transaction() as tx:
        assert tx.pages.claim(queued, minute(0), minute(0) + LEASE)
        tx.pages.settle(queued, PageState.UNCLEAR, Outcome(Kind.AMBIGUOUS, "no answer"), minute(1))
    assert [each.state for each in state.pages_due(minute(1))] == [PageState.UNCLEAR]
    with state.transaction() as tx:
        assert tx.pages.cancel("I1:1") == 1


def test_what_is_acknowledged_is_not_sent(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("p1"), page("p2"), page("other", key="I2:1")])
    under_way = state.pages_due(minute(0))[2]
    with state.transaction() as tx:
        assert tx.pages.claim(under_way, minute(0), minute(0) + LEASE)
        assert tx.pages.cancel("I1:1") == 1
    assert [each.page.id for each in state.pages_due(minute(0))] == ["other"]
    assert {each.page.id: each.state for each in state.pages_of("I1:1")} == {
        "p1": PageState.CANCELLED,
        "p2": PageState.SENDING,
    }


def test_a_note_about_no_incident_has_its_words_with_it(state: State) -> None:
    told = replace(page("n1").page, title="You", text="You\nare")
    note = replace(page("n1"), page=told, incident="")
    with state.transaction() as tx:
        assert tx.pages.add([note]) == 1
    assert state.pages_due(minute(0)) == [note]


def carrying(state: State) -> Queued:
    """A page that is on its way, and takes two others with it."""
    with state.transaction() as tx:
        tx.pages.add([page("lead"), page("p2", key="I2:1"), page("p3", key="I2:2", severity=Severity.P1)])
    lead, *others = state.pages_due(minute(0))
    with state.transaction() as tx:
        assert tx.pages.to_person("Ana", "slack", minute(-5)) == [lead, *others]
        assert tx.pages.claim(lead, minute(0), minute(0) + LEASE)
        tx.pages.carry(others, lead)
        tx.pages.carry(others, page("another"))
    assert [each.page.id for each in state.pages_carried("lead")] == ["p2", "p3"]
    assert state.pages_due(minute(0)) == []
    assert [each.page.id for each in state.pages_unsent()] == ["lead", "p2", "p3"]
    return lead


def test_what_a_page_carries_is_sent_with_it(state: State) -> None:
    lead = carrying(state)
    with state.transaction() as tx:
        assert tx.pages.cancel("I2:2") == 1
        tx.pages.settle(lead, PageState.SENT, Outcome(Kind.YES, "ok", ref="1.2"), minute(1))
    [second], [third] = state.pages_of("I2:1"), state.pages_of("I2:2")
    assert (second.state, second.not_before, second.carried_by) == (PageState.SENT, minute(1), "lead")
    assert third.state is PageState.CANCELLED
    with state.transaction() as tx:
        assert [each.page.id for each in tx.pages.to_person("Ana", "slack", minute(1))] == ["lead"]
        assert tx.pages.to_person("Ana", "slack", minute(2)) == []
        assert tx.pages.to_person("Ben", "slack", minute(1)) == []


def test_what_nobody_knows_of_keeps_what_it_carries_and_what_was_not_taken_lets_it_go(state: State) -> None:
    lead = carrying(state)
    with state.transaction() as tx:
        tx.pages.settle(lead, PageState.UNCLEAR, Outcome(Kind.AMBIGUOUS, "no answer"), minute(1))
    assert {each.state for each in state.pages_carried("lead")} == {PageState.CARRIED}
    [unclear] = state.pages_due(minute(1))
    with state.transaction() as tx:
        assert tx.pages.claim(unclear, minute(1), minute(1) + LEASE)
        tx.pages.settle(unclear, PageState.PENDING, Outcome(Kind.NO, "busy"), minute(3))
    assert [each.page.id for each in state.pages_due(minute(1))] == ["p2", "p3"]


def test_what_is_cancelled_lets_go_of_what_it_carries(state: State) -> None:
    """Its incident has somebody now, the others have nobody."""
    lead = carrying(state)
    with state.transaction() as tx:
        tx.pages.settle(lead, PageState.UNCLEAR, Outcome(Kind.AMBIGUOUS, "no answer"), minute(1))
        assert tx.pages.cancel(lead.page.dedup_key) == 1
    assert state.pages_carried("lead") == []
    assert [each.page.id for each in state.pages_due(minute(1))] == ["p2", "p3"]


def test_a_page_is_held_unless_somebody_has_touched_it(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("p1"), page("p2")])
    first, second = state.pages_due(minute(0))
    with state.transaction() as tx:
        assert tx.pages.claim(second, minute(0), minute(0) + LEASE)
        tx.pages.hold(first, minute(4))
        tx.pages.hold(second, minute(4))
    assert [each.page.id for each in state.pages_due(minute(3))] == ["p2"]


@pytest.mark.parametrize("now", [minute(0), minute(120)], ids=["back", "forward"])
def test_a_clock_that_was_set_holds_no_page_and_ends_no_lease(state: State, now: datetime) -> None:
    settled = now + timedelta(seconds=2)
    with state.transaction() as tx:
        tx.pages.add([page("due", -1), page("left", 59), page("unclear", 60), page("waits", 61)])
    _, left, unclear = state.pages_due(minute(60))
    with state.transaction() as tx:
        for each in (left, unclear):
            assert tx.pages.claim(each, minute(60), minute(60) + LEASE)
        tx.pages.settle(unclear, PageState.UNCLEAR, Outcome(Kind.AMBIGUOUS, "no answer"), minute(60.5))
        tx.pages.clock_set(now, settled, now + LEASE)
    assert [each.page.id for each in state.pages_due(now)] == ["due", "waits"]
    assert [each.page.id for each in state.pages_due(settled)] == ["due", "unclear", "waits"]
    assert [each.page.id for each in state.pages_due(now + LEASE)] == ["due", "left", "unclear", "waits"]


def test_nothing_waits_longer_than_it_may(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("begun", -2), page("soon", 1), page("later", 600)])
    [begun] = state.pages_due(minute(0))
    with state.transaction() as tx:
        assert tx.pages.claim(begun, minute(0), minute(600))
        tx.pages.due_within(minute(5), minute(0) + LEASE)
    assert {each.page.id: each.not_before for each in state.pages_unsent()} == {
        "begun": minute(-2),
        "soon": minute(1),
        "later": minute(5),
    }
    found = state.page("begun")
    assert found is not None
    assert found.lease_until == minute(0) + LEASE


def test_the_last_mark_of_a_clock_is_kept(state: State) -> None:
    assert state.clock_mark("paging") is None
    for offset in (1.5, -2.25):
        with state.transaction() as tx:
            tx.clocks.put(ClockMark("paging", "boot", offset))
    assert state.clock_mark("paging") == ClockMark("paging", "boot", -2.25)
    assert state.clock_mark("escalation") is None


def test_what_is_not_sent_is_known_before_it_is_due(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("later", 9), page("begun"), page("sent", -1)])
    sent, begun = state.pages_due(minute(0))
    with state.transaction() as tx:
        assert tx.pages.claim(begun, minute(0), minute(0) + LEASE)
        assert tx.pages.claim(sent, minute(0), minute(0) + LEASE)
        tx.pages.settle(sent, PageState.SENT, Outcome(Kind.YES, "ok"), minute(0))
    assert [each.page.id for each in state.pages_unsent()] == ["begun", "later"]


def test_the_worst_pages_come_first(state: State) -> None:
    with state.transaction() as tx:
        tx.pages.add([page("a", severity=Severity.P1), page("b", 1)])
    assert [each.page.id for each in state.pages_due(minute(1))] == ["b", "a"]


def test_an_incident_is_found_by_its_number(state: State) -> None:
    found = state.incident_numbered(1)
    assert found is not None
    assert found.id == "I1"
    assert state.incident_numbered(3) is None


def test_what_is_not_resolved_comes_the_worst_first(state: State) -> None:
    assert state.responses_open() == []
    assert put(state, opened("I2", Severity.P1, POLICY.of(Severity.P1), minute(-60)))
    assert put(state, FIRST)
    assert [each.incident for each in state.responses_open()] == ["I1", "I2"]
    assert put(state, resolved(stored(state), minute(1)))
    assert [each.incident for each in state.responses_open()] == ["I2"]


def test_incidents_by_when_they_were_announced(state: State) -> None:
    announced = incident().announced_at
    assert [each.id for each in state.announced(announced, announced + timedelta(seconds=1))] == ["I1", "I2"]
    assert state.announced(announced - timedelta(days=1), announced) == []
