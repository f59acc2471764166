"""A running `fireline run` with pages to send while its disk is full, or its database frozen or killed; and a stop."""

import os
import resource
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.contracts.postgres import new_database
from tests.support.run_process import Running, running


@contextmanager
def full_disk(process: int) -> Iterator[None]:
    """No file of that process grows."""
    limits = resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, limits)


@contextmanager
def frozen(folder: str, database: str) -> Iterator[None]:
    """The server and all that it does for that database stand still."""
    with psycopg.connect(database, autocommit=True) as connection:
        own = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        pids = [int((Path(folder) / "data" / "postmaster.pid").read_text().split()[0])]
        pids += [pid for (pid,) in connection.execute(own)]
    _tell(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _tell(reversed(pids), signal.SIGCONT)


def _tell(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # its client has gone
            os.kill(pid, number)


def that_keeps(database: str) -> str:
    """With its commits written before they are answered, as by default: here a crash is what is tested."""
    with psycopg.connect(database, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))
    return database


def crash(database: str) -> bool:
    """One of the server's processes is killed: it ends all others at once, and starts again from its log. False: it
    has not yet, after the last time.
    """
    try:
        with psycopg.connect(database, autocommit=True) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
    except (psycopg.OperationalError, ProcessLookupError):
        return False
    return True


def went_and_came_back(fireline: Running, pages: list[str]) -> None:
    """Within seconds after the trouble is over all is well, each page has arrived once, and the log has two lines."""
    fireline.until(lambda: pages[-1] in fireline.pages())
    fireline.until(lambda: fireline.wrong() == "")
    fireline.until(lambda: fireline.lines("answers again") > 0)
    assert fireline.pages() == pages
    assert [fireline.lines("does not answer"), fireline.lines("answers again")] == [1, 1]


def test_a_page_that_is_due_while_the_disk_is_full_and_a_stop_while_another_hangs(tmp_path: Path) -> None:
    with running(tmp_path) as fireline:
        with full_disk(fireline.process.pid):
            fireline.begin("I1")
            fireline.until(lambda: "The state database" in fireline.wrong())
        went_and_came_back(fireline, ["INC-1"])
        fireline.webhook.fault = "no answer"
        fireline.begin("I2")
        fireline.until(lambda: len(fireline.webhook.posts()) == 2)
        assert fireline.stop() == 0
    assert fireline.lines("Traceback") == 0


def test_pages_that_are_due_while_the_database_is_frozen_and_killed_and_a_stop_while_it_is_frozen(
    tmp_path: Path, postgres_folder: str
) -> None:
    database = that_keeps(new_database(postgres_folder))
    with running(tmp_path, database) as fireline:
        fireline.begin("I1", in_s=0.5)
        with frozen(postgres_folder, database):
            fireline.until(lambda: "The state database" in fireline.wrong())
        went_and_came_back(fireline, ["INC-1"])
        for name, in_s in (("I2", 0.2), ("I3", 1.0)):
            fireline.begin(name, in_s)
        for _ in range(3):
            fireline.until(lambda: crash(database))
        fireline.until(lambda: len(fireline.pages()) == 3)
        fireline.until(lambda: fireline.wrong() == "")
        assert sorted(fireline.pages()) == ["INC-1", "INC-2", "INC-3"]
        fireline.begin("I4", in_s=0.5)
        with frozen(postgres_folder, database):
            assert fireline.stop() == 0
    assert fireline.lines("Traceback") == 0
