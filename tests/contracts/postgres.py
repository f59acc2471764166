"""A private PostgreSQL on this machine: a cluster of its own in a folder of its own, reached through a Unix socket."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from tests.support.not_run import need

SUPERUSER = "fireline"
PATIENCE_SECONDS = 30
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "autovacuum=off")
"""Whether a crashed machine keeps the data is not what is tested here."""
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


@contextmanager
def postgres() -> Iterator[str]:
    """Yields the folder of the socket of a running cluster."""
    initdb, server = program("initdb"), program("postgres")
    who, folder = account(), Path(tempfile.mkdtemp(prefix="fireline-postgres-"))
    try:
        if who:
            shutil.chown(folder, who)
        data, environment = folder / "data", {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        command = [initdb, "--no-sync", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C"]
        done = subprocess.run(
            [*command, str(data)], capture_output=True, text=True, cwd=folder, env=environment, check=False, user=who
        )
        assert done.returncode == 0, done.stderr
        options = [part for option in (*FAST, f"unix_socket_directories={folder}") for part in ("-c", option)]
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [server, "-D", str(data), *options], stdout=log, stderr=log, cwd=folder, env=environment, user=who
            )
        try:
            _wait(process, folder)
            yield str(folder)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)
    finally:
        shutil.rmtree(folder)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(_address(str(folder), "postgres")).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError((folder / "log.txt").read_text()) from None
            time.sleep(0.02)


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


def new_database(folder: str) -> str:
    """The address of an empty database of its own."""
    name = f"state_{next(_databases)}"
    with psycopg.connect(_address(folder, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return _address(folder, name)


def _address(folder: str, name: str) -> str:
    return f"postgresql://{SUPERUSER}@/{name}?host={folder}"
