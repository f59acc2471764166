"""A private PostgreSQL on this machine: a cluster of its own in a folder of its own, reached through a Unix socket.

It can be killed and started again.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import BinaryIO

import psycopg
from sqlalchemy import make_url

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from tests.support.not_run import need

SUPERUSER = "fireline"
PATIENCE_S = 60.0
LASTING = ("fsync=off", "full_page_writes=off", "listen_addresses=", "autovacuum=off")
"""Whether a crashed machine keeps the data is not what is tested here; a killed server keeps what it has committed."""
FAST = (*LASTING, "synchronous_commit=off")
SQLITE, POSTGRESQL = "sqlite", "postgresql"
_databases = count(1)


def program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    where = str(found[-1]) if found else shutil.which(name)
    return where or need("PostgreSQL", "apt-get install postgresql")


def account() -> str | None:
    """PostgreSQL refuses to run as root; whoever is root has it run as somebody else."""
    if os.geteuid() != 0:
        return None
    names = [line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()]
    return next(name for name in ("postgres", "nobody") if name in names)


@dataclass
class Cluster:
    folder: Path
    who: str | None
    options: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None

    def make(self) -> None:
        if self.who:
            shutil.chown(self.folder, self.who)
        options = ("--no-sync", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C")
        with self._log() as log:
            done = self._popen(log, "initdb", *options, str(self.folder / "data")).wait()
        assert done == 0, self._logged()

    def start(self) -> None:
        options = [part for each in (*self.options, f"unix_socket_directories={self.folder}") for part in ("-c", each)]
        with self._log() as log:
            self.process = self._popen(log, "postgres", "-D", str(self.folder / "data"), *options)
        give_up = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self.process.poll() is None, self._logged()
            assert time.monotonic() < give_up, self._logged()
            time.sleep(0.02)

    def stop(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_S)

    def restart(self) -> None:
        """As `pg_ctl --mode=immediate restart`: no checkpoint, every connection cut."""
        self.stop(signal.SIGQUIT)
        self.start()

    def cut(self) -> int:
        """`pg_terminate_backend` for all connections but this; how many there were."""
        with suppress(psycopg.Error), self._connected() as connection:
            asked = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname like 'state_%'"
            return int((connection.execute(asked).fetchone() or (0,))[0])
        return 0

    def new_database(self) -> str:
        return new_database(str(self.folder))

    def _answers(self) -> bool:
        with suppress(psycopg.Error), self._connected():
            return True
        return False

    def _connected(self) -> psycopg.Connection[tuple[int]]:
        return psycopg.connect(_address(str(self.folder), "postgres"), connect_timeout=2, autocommit=True)

    def _popen(self, log: BinaryIO, name: str, *options: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [program(name), *options],
            stdout=log, stderr=log, cwd=self.folder, user=self.who, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip

    def _log(self) -> BinaryIO:
        return (self.folder / "log.txt").open("ab")

    def _logged(self) -> str:
        return (self.folder / "log.txt").read_text()


@contextmanager
def cluster(options: Sequence[str] = LASTING, disk: Path | None = None) -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="fireline-postgres-", dir=disk) as folder:
        made = Cluster(Path(folder), account(), options)
        try:
            made.make()
            made.start()
            yield made
        finally:
            made.stop(signal.SIGINT)


@contextmanager
def postgres() -> Iterator[str]:
    """Yields the folder of the socket of a running cluster."""
    with cluster(FAST) as made:
        yield str(made.folder)


@contextmanager
def state_database(kind: str, folder: Path, disk: Path | None = None) -> Iterator[tuple[str, Cluster | None]]:
    """The address of an empty one, SQLITE in `folder` or POSTGRESQL, and the server of the latter; on `disk`, where
    there is one.
    """
    if kind == SQLITE:
        yield f"sqlite:///{(disk or folder) / 'state.db'}", None
        return
    with cluster(disk=disk) as server:
        yield server.new_database(), server


@contextmanager
def standing_still(pid: int, thaws_s: float = 10.0) -> Iterator[None]:
    """That process, stopped; it thaws after `thaws_s`, so that a test whose guard is gone fails and does not hang."""
    thaws = threading.Timer(thaws_s, os.kill, (pid, signal.SIGCONT))
    os.kill(pid, signal.SIGSTOP)
    thaws.start()
    try:
        yield
    finally:
        thaws.cancel()
        os.kill(pid, signal.SIGCONT)


def new_database(folder: str, like: str = "template1") -> str:
    """The address of a database of its own: an empty one, or a copy of that of the name `like`."""
    name = f"state_{next(_databases)}"
    with psycopg.connect(_address(folder, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {like}")
    return _address(folder, name)


@cache
def migrated(folder: str) -> str:
    """The name of a database there that has the tables of this release, to be copied: that is much faster."""
    address = new_database(folder)
    engine = open_engine(address)
    migrate(engine)
    engine.dispose()
    return str(make_url(address).database)


def _address(folder: str, name: str) -> str:
    return f"postgresql://{SUPERUSER}@/{name}?host={folder}"
