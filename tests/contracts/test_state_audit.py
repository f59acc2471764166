"""One contract for every state: what is changed is audited in the same transaction, and the chain cannot be touched."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.audit import NOTHING, Seal, record, verify
from bot.domain.gate.memory import GateResult
from bot.domain.gate.silences import Silence
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.covers import Cover, accepted
from bot.ports.state import State
from tests.contracts.states import KINDS, SQL_KINDS, opened, with_tables
from tests.support.gate_story import START
from tests.support.notices import incident

NASTY = "Ana \u2011 \U0001f6a8 \0 \ud800"


@pytest.fixture(params=KINDS)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        made = again()
        with made.transaction() as tx:
            tx.gate.commit(START, GateResult((), (), (replace(incident(), id="I1", version=0, number=0),)), 0)
        yield made


@pytest.fixture(params=SQL_KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(with_tables(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")))
    yield engine
    engine.dispose()


def test_what_people_and_fireline_do_is_in_the_chain(state: State) -> None:
    assert state.audit_end() == NOTHING
    cover = Cover(
        id="C1", rota="primary", asked_by="Ana", person="Ben", since=START, until=START + timedelta(1), asked_at=START
    )
    with state.transaction() as tx:
        tx.responses.note([Entry("I1", START, EntryKind.OPENED, "It began as P0")])
        tx.responses.note([Entry("I1", START, EntryKind.ACKNOWLEDGED, f"{NASTY} has it", NASTY)])
        assert tx.covers.add(cover)
        assert tx.covers.change(cover, accepted(cover, "Ben", START))
        assert not tx.covers.change(cover, accepted(cover, "Ben", START))
    silence = Silence(id="S1", processor="Box", since=START, until=START + timedelta(hours=1), reason="moving", by="U1")
    assert state.add_silence(silence)
    assert not state.add_silence(silence)
    assert state.end_silence("S1", START, "U2")
    with state.transaction() as tx:
        assert tx.incidents.say("I1", Feedback("U3", Word.NOISE, START))
        assert not tx.incidents.say("nobody's", Feedback("U3", Word.NOISE, START))
    links = list(state.audit_after(0))
    assert [(link.record.actor, link.record.act, link.record.subject) for link in links] == [
        ("fireline", "opened", "incident:I1"),
        ("Ana \u2011 \U0001f6a8 ? ?", "acknowledged", "incident:I1"),
        ("Ana", "cover_asked", "cover:C1"),
        ("Ben", "cover_accepted", "cover:C1"),
        ("U1", "silenced", "silence:S1"),
        ("U2", "silence_ended", "silence:S1"),
        ("slack:U3", "feedback", "incident:I1"),
    ]
    assert state.audit_of("incident:I1") == [*links[:2], links[-1]]
    assert list(state.audit_after(4)) == links[4:]
    assert verify(links, Seal(), state.audit_end()).faults == ()


def test_a_window_is_planned_once_remembered_after_its_end_and_ended_once(state: State) -> None:
    def minute(at: int) -> datetime:
        return START + timedelta(minutes=at)

    window = Silence(id="W1", since=minute(10), until=minute(30), reason="a move", by="Ana", announced_at=minute(-60))
    assert state.add_silence(replace(window, proposed=True, announced_at=minute(-70)))
    assert state.confirm_silence("W1", minute(-60))
    assert not state.confirm_silence("W1", minute(-59))
    assert (state.silences(START), state.silence("W1")) == ([window], window)
    assert state.silences(minute(40)) == []
    assert state.remembered(minute(40), timedelta(days=1)).silences == (window,), "what began in it may settle"
    assert state.remembered(minute(40), timedelta(minutes=5)).silences == ()
    assert state.end_silence("W1", minute(20), "Ben")
    assert not state.end_silence("W1", minute(25), "Ben")
    assert [link.record.act for link in state.audit_of("window:W1")] == ["window_planned", "window_ended"]


def test_what_was_not_kept_is_not_audited(state: State) -> None:
    def failed() -> None:
        with state.transaction() as tx:
            tx.responses.note([Entry("I1", START, EntryKind.OPENED, "It began as P0")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failed()
    assert (state.audit_end(), state.timeline("I1")) == (NOTHING, [])


def test_several_at_once_make_one_chain(engine: Engine) -> None:
    seal = Seal(["key"])
    states = [SqlState(engine, seal) for _ in range(4)]

    def write(number: int) -> None:
        with states[number % 4].transaction() as tx:
            tx.audit.add(record(START, f"U{number}", "tried", "test:1", {"number": number}))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(40)))
    found = verify(states[0].audit_after(0), seal, states[0].audit_end())
    assert (found.records, found.unsealed, found.faults) == (40, 0, ())


@pytest.mark.parametrize("statement", ["update audit set actor = 'Zoe'", "delete from audit", "truncate audit"])
def test_the_database_refuses_to_touch_a_record(engine: Engine, statement: str) -> None:
    if statement.startswith("truncate") and engine.dialect.name == "sqlite":
        statement = "delete from audit where seq = 1"
    with SqlState(engine).transaction() as tx:
        tx.audit.add(record(START, "Ana", "tried", "test:1", {}))
    with pytest.raises(DBAPIError, match="never changed or deleted"), engine.begin() as connection:
        connection.execute(text(statement))
    assert [link.record.actor for link in SqlState(engine).audit_after(0)] == ["Ana"]


def test_what_one_thread_takes_back_takes_no_other_threads_work_with_it(state: State) -> None:
    def write(person: int) -> None:
        for turn in range(4):
            with suppress(ZeroDivisionError), state.transaction() as tx:
                tx.audit.add(record(START, f"P{person}", "acknowledged", f"incident:{person}-{turn}", {}))
                sleep(0)
                if turn % 2 == 0:
                    raise ZeroDivisionError

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    kept = sorted(link.record.subject for link in state.audit_after(0))
    assert kept == [f"incident:{person}-{turn}" for person in range(4) for turn in (1, 3)]
