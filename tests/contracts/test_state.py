"""One contract for every state."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest

from bot.domain.errors import BadInput
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Outcome, Reason
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.incident import Incident, MessageRef
from bot.domain.incidents.outbox import Unsaid
from bot.domain.oncall.covers import Cover, CoverState
from bot.ports.fakes.state import FakeState
from bot.ports.state import Committed, State
from bot.services.gate import GateService
from bot.services.noise_ledger import ledger_within
from tests.contracts.states import KINDS, Again, opened
from tests.support.gate_story import DAY, OTHERS, RULES, START, Story, finding

DAY_LONG = timedelta(hours=24)
DOWN = finding("Gamebook", impact=("Summary",), error_class='It\'s "down": 100 % \u2011 \U0001f6a8')
BELOW = finding("Summary", K.MISSING_RUN, since=START)
UNSEEN = finding("Raw09", K.MISSING_RUN)
SILENCE = Silence(id="S1", processor="Raw01", since=START, until=START + DAY_LONG, reason="we know", by="U1")
WINDOW = PlannedWindow(
    kind="backfill",
    processors=("Raw02", "Raw03"),
    start=START,
    end=START + timedelta(hours=2),
    announced_at=START - DAY_LONG,
    note="planned",
)


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


@pytest.fixture
def state(again: Again) -> State:
    return again()


def first_tick(minutes: float = 0) -> GateResult:
    """An announcement and what joins it."""
    story = Story()
    story.at(minutes, DOWN, BELOW)
    memory = story.memory
    incidents = tuple(replace(each, version=0) for each in memory.incidents.values())
    return GateResult(tuple(story.decisions), tuple(memory.alerts.values()), incidents)


def kept(state: State) -> tuple[object, ...]:
    memory = state.remembered(minute(60), DAY_LONG)
    told = ledger_within(state, minute(-600), minute(6000))
    return memory, state.decisions(minute(-600), minute(6000)), state.last_tick(), told


def committed(state: State, tick: datetime, result: GateResult, version: int) -> Committed:
    with state.transaction() as tx:
        return tx.gate.commit(tick, result, version)


def only_incident(memory: GateMemory) -> Incident:
    (incident,) = memory.incidents.values()
    return incident


def test_nothing_is_remembered_at_first(state: State) -> None:
    assert state.remembered(START, DAY_LONG) == GateMemory()
    assert (state.first_tick(), state.last_tick()) == (None, None)
    assert (state.open_incidents(), state.silences(START)) == ([], [])
    assert state.decisions(START, minute(1)) == []
    assert state.incident("none") is None
    assert state.members("none") == []


def test_a_story_is_remembered_as_it_was_decided(again: Again) -> None:
    """Every tick reads through another connection, as another process would, and decides the same as in memory."""
    storm = [finding(name, error_class="SourceDown", since=START) for name in OTHERS[:7]]
    note = finding("Raw20", K.TRACKING_BUG, severity="P3", data_date=None)
    ticks = {
        0: [BELOW, finding("Raw10", evident_at=START)],
        1: [BELOW, DOWN, *storm, note],
        7: [replace(DOWN, data_date=DAY + timedelta(days=1)), BELOW, finding("Raw01", severity="P0")],
        30: [BELOW],
        40: [BELOW, finding("Raw02")],
        24 * 60: [DOWN],
    }
    fake = FakeState()
    for state in (fake, again()):
        state.add_silence(SILENCE)
    for minutes, held in ticks.items():
        state = again()
        decided = GateService(state, RULES).tick(minute(minutes), held, [WINDOW], [UNSEEN])
        assert decided == GateService(fake, RULES).tick(minute(minutes), held, [WINDOW], [UNSEEN])
        assert decided.decisions
        assert GateService(state, RULES).tick(minute(minutes), held).committed is Committed.ALREADY
        assert kept(state) == kept(fake)
    assert again().open_incidents() == fake.open_incidents()
    for incident in fake.remembered(minute(24 * 60), DAY_LONG).incidents.values():
        assert again().incident(incident.id) == incident
        assert again().members(incident.id) == fake.members(incident.id)
    names = [each.id for each in fake.open_incidents()]
    assert again().members(*names) == fake.members(*names)
    assert again().members() == []


def test_a_tick_is_applied_once(state: State) -> None:
    assert committed(state, START, first_tick(), 0) is Committed.APPLIED
    before = kept(state)
    memory = state.remembered(START, DAY_LONG)
    assert memory.version == 1
    for version in (0, 1):
        assert committed(state, START, GateResult(), version) is Committed.ALREADY
    assert kept(state) == before


def test_whoever_goes_by_an_old_memory_changes_nothing(state: State) -> None:
    committed(state, START, GateResult(), 0)
    before = kept(state)
    assert committed(state, minute(1), first_tick(), 0) is Committed.OVERTAKEN
    assert kept(state) == before
    assert committed(state, minute(1), first_tick(), 1) is Committed.APPLIED


def test_where_a_message_stands_does_not_overtake_a_tick(state: State) -> None:
    service = GateService(state, RULES)
    service.tick(START, [DOWN])
    memory = state.remembered(minute(1), DAY_LONG)
    incident = only_incident(memory)
    with state.transaction() as tx:
        assert tx.incidents.set_message(incident.id, MessageRef("C1", "1.5"))
        assert not tx.incidents.set_message("none", MessageRef("C1", "1.5"))
    other = first_tick(1)
    result = GateResult(other.decisions, other.alerts, (replace(incident, flapping=True), *other.incidents))
    assert committed(state, minute(1), result, memory.version) is Committed.APPLIED
    noted = state.incident(incident.id)
    assert noted is not None
    assert (noted.message, noted.flapping) == (MessageRef("C1", "1.5"), True)


def test_a_transaction_is_kept_whole_or_not_at_all(state: State) -> None:
    before = kept(state)
    made = first_tick()

    def fails() -> None:
        with state.transaction() as tx:
            assert tx.gate.commit(START, made, 0) is Committed.APPLIED
            tx.outbox.add(made.decisions[:1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert kept(state) == before
    assert state.unsaid() == []


def test_what_is_to_be_said_is_claimed_once_and_said_once(state: State) -> None:
    made = first_tick()
    announced = [each for each in made.decisions if each.outcome is Outcome.ANNOUNCE]
    with state.transaction() as tx:
        tx.gate.commit(START, made, 0)
        tx.outbox.add(announced)
    unsaid = state.unsaid()
    assert unsaid == [Unsaid(announced[0])]
    with state.transaction() as tx:
        assert tx.outbox.claim(unsaid, minute(1))
        assert not tx.outbox.claim(unsaid, minute(1)), "another process has it"
    again = state.unsaid()
    assert again == [Unsaid(announced[0], 1, minute(1))]
    with state.transaction() as tx:
        tx.outbox.said(again)
    assert state.unsaid() == []


def test_the_last_word_of_a_person_is_kept(state: State) -> None:
    service = GateService(state, RULES)
    service.tick(START, [DOWN])
    name = only_incident(state.remembered(START, DAY_LONG)).id
    words = [
        Feedback("U2", Word.NOISE, START),
        Feedback("U1", Word.NOISE, START),
        Feedback("U1", Word.USEFUL, minute(1)),
    ]
    with state.transaction() as tx:
        assert all(tx.incidents.say(name, said) for said in words)
        assert not tx.incidents.say("none", words[0])
    assert state.feedback(name) == [words[2], words[0]]
    assert [each.incident for each in state.history(name)] == [name]


def test_a_finding_that_the_database_refuses_takes_no_other_with_it(state: State) -> None:
    broken = replace(DOWN, processors=("Game\0book",))
    assert GateService(state, RULES).tick(START, [broken, finding("Raw01")]).committed is Committed.APPLIED
    assert "Raw01" in [incident.root for incident in state.open_incidents()]


def test_incidents_are_numbered_in_order(state: State) -> None:
    service = GateService(state, RULES)
    service.tick(START, [DOWN])
    service.tick(minute(1), [DOWN, finding("Raw01"), finding("Raw02", severity="P0")])
    assert [(each.label, each.root) for each in state.open_incidents()] == [
        ("INC-1", "Gamebook"),
        ("INC-3", "Raw01"),
        ("INC-2", "Raw02"),
    ]


def test_a_note_for_the_digest_takes_no_number_until_it_is_more(state: State) -> None:
    service, note = GateService(state, RULES), finding("Raw01", K.TRACKING_BUG, severity="P3")
    service.tick(START, [note, finding("Raw02", K.TRACKING_BUG, severity="P3")])
    service.tick(minute(1), [note, DOWN])
    assert {each.root: each.number for each in state.open_incidents()} == {"Raw01": 0, "Raw02": 0, "Gamebook": 1}
    service.tick(minute(7), [replace(note, severity=Severity.P0), DOWN])
    assert {each.root: each.number for each in state.open_incidents()}["Raw01"] == 2


def test_of_many_at_once_one_wins(again: Again) -> None:
    states = [again() for _ in range(4)]
    start = Barrier(len(states))

    def commit(position: int) -> Committed:
        start.wait()
        return committed(states[position], minute(position), first_tick(position), 0)

    with ThreadPoolExecutor(len(states)) as pool:
        outcomes = list(pool.map(commit, range(len(states))))
    assert sorted(outcomes) == [Committed.APPLIED] + [Committed.OVERTAKEN] * 3
    winner = outcomes.index(Committed.APPLIED)
    assert states[0].last_tick() == minute(winner)
    assert {each.at for each in states[0].decisions(minute(-1), minute(99))} == {minute(winner)}
    assert states[0].remembered(START, DAY_LONG).version == 1


def test_of_many_at_the_same_tick_one_wins(again: Again) -> None:
    states = [again() for _ in range(4)]
    start = Barrier(len(states))

    def tick(state: State) -> Committed:
        start.wait()
        return GateService(state, RULES).tick(START, [DOWN]).committed

    with ThreadPoolExecutor(len(states)) as pool:
        outcomes = list(pool.map(tick, states))
    assert outcomes.count(Committed.APPLIED) == 1
    assert len(states[0].decisions(START, minute(1))) == 1


def test_decisions_are_kept_with_their_reasons(state: State) -> None:
    committed(state, START, first_tick(), 0)
    announced, joined = state.decisions(START, minute(1))
    assert (announced.outcome, announced.reason, announced.finding) == (Outcome.ANNOUNCE, Reason.NEW, DOWN)
    assert (joined.outcome, joined.detail, joined.finding) == (Outcome.JOIN, "Gamebook", BELOW)
    assert state.decisions(minute(-1), START) == []
    assert state.decisions(minute(1), minute(2)) == []


def test_what_is_long_over_is_not_remembered_but_kept(state: State) -> None:
    service = GateService(state, RULES)
    service.tick(START, [DOWN])
    service.tick(minute(20), [])
    assert len(state.remembered(minute(24 * 60), DAY_LONG).incidents) == 1
    late = state.remembered(minute(24 * 60 + 21), DAY_LONG)
    assert (late.incidents, late.alerts) == ({}, {})
    assert len(state.decisions(START, minute(30))) == 2
    assert state.open_incidents() == []


@pytest.mark.parametrize("last", [0, 20], ids=["it held", "it was watched"])
def test_what_is_open_is_remembered_however_long_nobody_looked(state: State, last: float) -> None:
    service = GateService(state, RULES)
    service.tick(START, [DOWN])
    service.tick(minute(last), [DOWN])
    service.tick(minute(last + 1), [] if last else [DOWN])
    assert {each.outcome for each in service.tick(minute(3 * 24 * 60), [DOWN]).decisions} <= {Outcome.EDIT}
    assert [each.number for each in state.open_incidents()] == [1]
    [resolved] = service.tick(minute(6 * 24 * 60), []).decisions
    assert (resolved.outcome, state.open_incidents()) == (Outcome.RESOLVE, [])


def test_silences(state: State) -> None:
    phase = replace(SILENCE, id="S2", processor=None, phase=3, until=minute(30))
    assert state.add_silence(SILENCE)
    assert state.add_silence(phase)
    assert not state.add_silence(replace(SILENCE, reason="another"))
    assert state.silences(START) == [phase, SILENCE]
    assert state.silences(minute(30)) == [SILENCE]
    assert state.end_silence("S1", minute(10), "Ana")
    assert not state.end_silence("S1", minute(20), "Ana")
    assert not state.end_silence("none", minute(20), "Ana")
    assert state.silences(START) == [replace(SILENCE, until=minute(10)), phase]
    assert state.remembered(START, DAY_LONG).silences == tuple(state.silences(START))


def test_a_proposed_silence_holds_only_once_it_is_confirmed(state: State) -> None:
    proposed = replace(SILENCE, proposed=True)
    assert state.add_silence(proposed)
    assert (state.silences(START), state.silence("S1")) == ([], proposed)
    assert state.remembered(START, DAY_LONG).silences == ()
    assert not state.end_silence("S1", minute(1), "Ana")
    assert state.audit_of("silence:S1") == []
    assert state.confirm_silence("S1", minute(2))
    assert not state.confirm_silence("S1", minute(3))
    assert not state.confirm_silence("none", minute(3))
    held = replace(SILENCE, since=minute(2))
    assert (state.silences(minute(2)), state.silence("S1")) == ([held], held)
    assert [link.record.act for link in state.audit_of("silence:S1")] == ["silenced"]
    assert state.silence("none") is None


COVER = Cover(
    id="C1",
    rota="primary",
    asked_by="Ana",
    person="Ben",
    since=START,
    until=START + DAY_LONG,
    asked_at=START - DAY_LONG,
    reason='It\'s \u2011 a "wedding"',
)


def test_a_request_to_cover_is_stored_once_and_answered_once(again: Again) -> None:
    first, second = again(), again()
    accepted = replace(COVER, state=CoverState.ACCEPTED, accepted_at=minute(-60))
    with first.transaction() as tx:
        assert tx.covers.add(COVER)
        assert not tx.covers.add(replace(COVER, person="Dana"))
    assert second.cover("C1") == COVER
    with second.transaction() as tx:
        assert tx.covers.held(minute(0)) == [COVER]
        assert tx.covers.change(COVER, accepted)
    with first.transaction() as tx:
        assert not tx.covers.change(COVER, replace(COVER, state=CoverState.DECLINED, ended_at=minute(-59)))
    assert first.cover("C1") == accepted
    assert first.cover("C2") is None


def test_covers_are_asked_for_while_their_time_is_not_over(state: State) -> None:
    later = replace(COVER, id="C0", since=minute(30), at_once=True)
    with state.transaction() as tx:
        assert tx.covers.add(later)
        assert tx.covers.add(COVER)
    assert state.covers(minute(0)) == [COVER, later]
    assert state.covers(COVER.until) == []


def test_times_are_utc_whatever_zone_they_came_in(state: State) -> None:
    eastern = timezone(timedelta(hours=-5))
    state.add_silence(replace(SILENCE, since=START.astimezone(eastern), until=minute(9).astimezone(eastern)))
    (silence,) = state.silences(minute(8).astimezone(eastern))
    assert silence == replace(SILENCE, until=minute(9))
    assert silence.until.tzinfo is UTC
    committed(state, START.astimezone(eastern), GateResult(), 0)
    assert state.last_tick() == START
    assert committed(state, START, GateResult(), 1) is Committed.ALREADY


def test_microseconds_are_kept(state: State) -> None:
    moment = START + timedelta(microseconds=123_457)
    committed(state, moment, GateResult(), 0)
    assert (state.first_tick(), state.last_tick()) == (moment, moment)


def test_a_time_without_a_zone_is_refused(state: State) -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(BadInput, match="has no time zone"):
        committed(state, naive, GateResult(), 0)
    with pytest.raises(BadInput, match="has no time zone"):
        state.silences(naive)
    with pytest.raises(BadInput, match="has no time zone"):
        state.add_silence(replace(SILENCE, until=naive))
