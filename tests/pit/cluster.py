"""A PostgreSQL of its own that can be killed and started again; what it has answered as committed is kept."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.contracts.postgres import SUPERUSER, account, new_database, program

OPTIONS = ("fsync=off", "full_page_writes=off", "listen_addresses=", "autovacuum=off", "synchronous_commit=on")
"""The machine does not crash here, only the server: what it has written is there."""
PATIENCE_S = 60.0


@dataclass
class Cluster:
    folder: Path
    who: str | None
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        options = [part for each in (*OPTIONS, f"unix_socket_directories={self.folder}") for part in ("-c", each)]
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [program("postgres"), "-D", str(self.folder / "data"), *options],
                stdout=log, stderr=log, cwd=self.folder, user=self.who, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            )  # fmt: skip
        until = time.monotonic() + PATIENCE_S
        while not self.answers():
            assert time.monotonic() < until, (self.folder / "log.txt").read_text()
            time.sleep(0.02)

    def stop(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)

    def restart(self) -> None:
        """As `pg_ctl --mode=immediate restart`: no checkpoint, every connection cut."""
        self.stop(signal.SIGQUIT)
        self.start()

    def answers(self) -> bool:
        with suppress(psycopg.Error), self._connected():
            return True
        return False

    def cut(self) -> int:
        """`pg_terminate_backend` for all connections but this; how many there were."""
        with suppress(psycopg.Error), self._connected() as connection:
            asked = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname like 'state_%'"
            return int((connection.execute(asked).fetchone() or (0,))[0])
        return 0

    def new_database(self) -> str:
        return new_database(str(self.folder))

    def _connected(self) -> psycopg.Connection[tuple[int]]:
        address = f"postgresql://{SUPERUSER}@/postgres?host={self.folder}"
        return psycopg.connect(address, connect_timeout=2, autocommit=True)


@contextmanager
def cluster() -> Iterator[Cluster]:
    who, folder = account(), Path(tempfile.mkdtemp(prefix="fireline-pit-"))
    if who:
        shutil.chown(folder, who)
    command = ["--no-sync", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C"]
    subprocess.run(
        [program("initdb"), *command, str(folder / "data")],
        check=True, capture_output=True, cwd=folder, user=who, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )  # fmt: skip
    made = Cluster(folder, who)
    try:
        made.start()
        yield made
    finally:
        made.stop(signal.SIGINT)
        shutil.rmtree(folder)
