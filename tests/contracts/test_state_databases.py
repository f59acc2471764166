"""What only databases can do wrong: migrations, releases that differ, a database that is gone, a killed process."""

import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, TextClause, text

from bot.adapters.state import patience
from bot.adapters.state.database import Outage, open_engine, reading, writing
from bot.adapters.state.migrate import AHEAD, check, migrate, revisions
from bot.adapters.state.starting import WITHIN_S, when_it_answers
from bot.adapters.state.stores import SqlState
from bot.adapters.state.tables import metadata
from bot.domain.errors import BadInput, StateUnavailable
from bot.domain.gate.memory import GateResult
from bot.ports.state import Committed, StateUnfit
from tests.contracts.postgres import new_database, standing_still
from tests.contracts.states import SQL_KINDS, address
from tests.house.project import ROOT
from tests.support.gate_story import START

DAY_LONG = timedelta(hours=24)
END = START + DAY_LONG


@contextmanager
def disposed(engine: Engine) -> Iterator[Engine]:
    """An engine whose connections are closed in the end: from Python 3.13 on, one that is left open is warned of."""
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(params=SQL_KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    where = address(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder"))
    with disposed(open_engine(where)) as engine:
        yield engine


def test_migrations_make_the_tables_of_this_release(engine: Engine) -> None:
    before, after = migrate(engine)
    assert before is None
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert migrate(engine) == (after, after)
    check(engine)


def test_a_database_without_tables_is_refused(engine: Engine) -> None:
    with pytest.raises(StateUnfit, match=r"has no tables of Fireline yet\. Run `fireline migrate`"):
        check(engine)


def at_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = :found"), {"found": revision})


@pytest.mark.parametrize("revision", [f"{int(revisions()[-1]) + AHEAD + 1:04}", "9999", "of another"])
def test_a_database_of_a_far_newer_release_is_refused_and_left_alone(engine: Engine, revision: str) -> None:
    migrate(engine)
    at_revision(engine, revision)
    for attempt in (check, migrate):
        with pytest.raises(StateUnfit, match=f"of a newer release: this one does not know its revision {revision}"):
            attempt(engine)


def test_a_release_works_with_tables_a_few_migrations_newer(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """In the midst of a deploy a process of the release before may end, and begin again."""
    migrate(engine)
    newer = f"{int(revisions()[-1]) + AHEAD:04}"
    at_revision(engine, newer)
    check(engine)
    assert f"the state database is at revision {newer}, of a newer release" in caplog.text
    assert migrate(engine) == (newer, newer)
    assert SqlState(engine).last_tick() is None
    with pytest.raises(StateUnfit, match=f"let it go back first: `fireline migrate --to {revisions()[-1]}`"):
        migrate(engine, revisions()[-2])


def test_a_database_that_is_gone_is_said_so(tmp_path: Path) -> None:
    gone = f"postgresql://someone:secret@/state?host={tmp_path}"
    with disposed(open_engine(gone)) as engine, pytest.raises(StateUnavailable) as error:
        SqlState(engine).last_tick()
    assert "Check that it runs, FIRELINE_DATABASE_URL" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("no database, just words\n" * 99)
    with disposed(open_engine(path)) as engine, pytest.raises(StateUnavailable, match="file is not a database"):
        migrate(engine)


def test_a_state_without_its_tables_is_said_so(engine: Engine) -> None:
    with pytest.raises(StateUnavailable, match="gate_head"):
        SqlState(engine).remembered(START, DAY_LONG)


@pytest.mark.parametrize("wrong", ["no address", "mysql://u:secret@host/db", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput, match="FIRELINE_DATABASE_URL") as error:
        open_engine(wrong)
    assert "secret" not in str(error.value)


def test_sqlite_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "s.db"
    with disposed(open_engine(path)) as engine:
        migrate(engine)
        with engine.connect() as connection, connection.begin():
            connection.execute(text("create table t (x integer)"))
            found = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (path.parent, *path.parent.iterdir())}
    assert found == {"home": 0o700, "s.db": 0o600, "s.db-wal": 0o600, "s.db-shm": 0o600}


def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    with disposed(open_engine(tmp_path / "s.db")) as engine, engine.connect() as connection:
        answers = [connection.execute(text(f"pragma {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert answers == ["wal", 2]
        assert connection.execute(text("pragma foreign_keys")).scalar() == 1


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_once_though_the_database_still_reads(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with disposed(open_engine(tmp_path / "s.db")) as engine:
        migrate(engine)
        state = SqlState(engine)
        for _ in range(3):
            assert state.open_incidents() == []
            with full_disk(), pytest.raises(StateUnavailable, match="disk I/O error"), state.transaction() as tx:
                tx.gate.commit(START, GateResult(), 0)
        with state.transaction() as tx:
            assert tx.gate.commit(START, GateResult(), 0) is Committed.APPLIED
    said = [record.message for record in caplog.records if record.name == "fireline.state"]
    assert sum("does not answer" in line for line in said) == 1
    assert sum("answers again" in line for line in said) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from tests.contracts.test_state import committed, first_tick
from tests.support.gate_story import START

def commit(path, left):
    engine = open_engine(path)
    migrate(engine)

    def die(*_):
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", die)
    event.listen(engine, "commit", die)
    committed(SqlState(engine), START, first_tick(), 0)
    os._exit(0)

for kills in range(99):
    child = os.fork()
    if child == 0:
        commit(Path(sys.argv[1]) / f"{kills}.db", kills)
    status = os.waitpid(child, 0)[1]
    print(status)
    if status != signal.SIGKILL:
        break
"""


def test_a_killed_commit_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Killed before its first statement, before its second, and so on, up to the commit itself."""
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    ends = [int(line) for line in done.stdout.split()]
    assert ends[:-1] == [signal.SIGKILL] * (len(ends) - 1)
    assert ends[-1] == 0
    assert len(ends) > 8
    found = []
    for path in sorted(tmp_path.glob("*.db"), key=lambda path: int(path.stem)):
        state = SqlState(open_engine(path))
        memory = state.remembered(START, DAY_LONG)
        found.append((memory.version, len(memory.alerts), len(memory.incidents), len(state.decisions(START, END))))
        state.close()
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    assert found == [(0, 0, 0, 0)] * (len(ends) - 1) + [(1, 2, 1, 2)]


def test_a_frozen_postgres_is_given_up_on_within_four_seconds_and_used_again_when_it_thaws(
    postgres_folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    """SIGSTOP: the kernel still takes packets, so no time limit of the network ends the wait."""
    engine = open_engine(new_database(postgres_folder))
    migrate(engine)
    with closing(SqlState(engine)) as state:
        assert state.open_incidents() == []
        with engine.connect() as connection:
            backend = connection.scalar(text("select pg_backend_pid()"))
        assert isinstance(backend, int)
        with standing_still(backend):
            began = time.monotonic()
            with pytest.raises(StateUnavailable, match="no answer within 3 s"):
                state.open_incidents()
            assert time.monotonic() - began < 4
        assert state.open_incidents() == []
    said = [record.message for record in caplog.records if record.name == "fireline.state"]
    assert sum("does not answer" in line for line in said) == 1
    assert sum("answers again" in line for line in said) == 1


def test_what_was_asked_in_vain_before_the_last_answer_is_no_outage(caplog: pytest.LogCaptureFixture) -> None:
    """A thaw: one statement is answered, and another's time is up right after."""
    outage = Outage("a database")
    asked = {writes: outage.answers(writes=writes) for writes in (True, False)}
    outage.gone("silent", writes=False, answers=asked[False])
    outage.back(writes=True)
    for writes in (True, False):
        outage.gone("silent", writes=writes, answers=asked[writes])
    assert [record.message.split("a database ")[1] for record in caplog.records] == [
        "does not answer: silent; it will be tried again",
        "answers again",
    ]


def test_a_statement_that_takes_too_long_is_ended_by_the_server(postgres_folder: str) -> None:
    engine = open_engine(new_database(postgres_folder))
    with pytest.raises(StateUnavailable, match="statement timeout"), reading(engine) as connection:
        connection.execute(text("select pg_sleep(30)"))
    engine.dispose()


def test_what_a_process_holds_that_stands_still_in_a_transaction_is_free_soon(
    postgres_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It pages nobody, and must not keep the others from it. When it goes on, it begins again."""
    address = new_database(postgres_folder)
    with disposed(open_engine(address, patient=True)) as made:
        migrate(made)
    monkeypatch.setattr(patience, "STANDS_STILL_S", 1.0)
    with disposed(open_engine(address)) as still, disposed(open_engine(address)) as other:
        take = text("select seq from audit_head for update")
        with pytest.raises(StateUnavailable, match="idle-in-transaction timeout"):
            _stands_still(still, other, take)
        with writing(still) as connection:
            connection.execute(take)


def _stands_still(engine: Engine, other: Engine, take: TextClause) -> None:
    """In a transaction, until another one has taken what it holds."""
    with writing(engine) as connection:
        connection.execute(take)
        while True:
            with suppress(StateUnavailable), writing(other) as meanwhile:
                meanwhile.execute(take)
                break
        connection.execute(take)


def test_threads_take_turns_at_writing_a_sqlite_file(tmp_path: Path) -> None:
    """One that fails gives its turn up, too."""
    engine, inside, most = open_engine(tmp_path / "state.db"), list[int](), list[int]()
    migrate(engine)

    def write(number: int) -> None:
        with suppress(ValueError), writing(engine) as connection:
            connection.execute(text("update audit_head set seq = seq + 1"))
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.005)
            inside.remove(number)
            if number % 2:
                raise ValueError

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert connection.scalar(text("select seq from audit_head")) == 6
    assert most == [1] * 12
    engine.dispose()


def test_a_network_that_swallows_packets_is_given_up_on(postgres_folder: str) -> None:
    """The kernel ends such a connection by itself, as it was told when it was opened."""
    with disposed(open_engine(new_database(postgres_folder))) as engine, engine.connect() as connection:
        opened = connection.connection.driver_connection
        assert isinstance(opened, psycopg.Connection)
        told = opened.info.get_parameters()
    assert {name: told.get(name) for name in ("connect_timeout", "tcp_user_timeout", "keepalives_idle")} == {
        "connect_timeout": "3",
        "tcp_user_timeout": "3000",
        "keepalives_idle": "5",
    }


class Waiting:
    """A clock that moves when somebody waits; after `opens_at` seconds the database is there."""

    def __init__(self, opens_at: float, there: str) -> None:
        self.now, self._opens_at = 0.0, opens_at
        self._gone = open_engine("postgresql://nobody@127.0.0.1:1/none")
        self._there = open_engine(there)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def ask(self) -> None:
        check(self._there if self.now >= self._opens_at else self._gone)

    def close(self) -> None:
        self._gone.dispose()
        self._there.dispose()


def test_a_database_that_is_down_at_the_start_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = f"sqlite:///{tmp_path / 's.db'}"
    with disposed(open_engine(path)) as engine:
        migrate(engine)
    with closing(Waiting(20.0, path)) as waiting:
        when_it_answers(waiting.ask, lambda: waiting.now, waiting.wait)
        assert 20 <= waiting.now < 25
    said = [record.message for record in caplog.records if record.name == "fireline.state"]
    assert sum("does not answer" in line for line in said) == 1
    with closing(Waiting(9e9, path)) as waiting:
        with pytest.raises(StateUnavailable, match="cannot be used"):
            when_it_answers(waiting.ask, lambda: waiting.now, waiting.wait)
        assert waiting.now <= WITHIN_S


def test_a_database_of_another_release_is_not_waited_for(engine: Engine) -> None:
    with pytest.raises(StateUnfit, match="fireline migrate"):
        when_it_answers(lambda: check(engine), lambda: 0.0, lambda _: pytest.fail("waited"))
