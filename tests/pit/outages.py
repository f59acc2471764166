"""What goes away for minutes of the scaled clock, and comes back: a database, a vendor, room on a disk, a process."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from tests.contracts.postgres import Cluster
from tests.pit.rig import Pit, Trouble, migrated
from tests.pit.vendors import SLACK

BALLAST = 65_536


def database_away(server: Cluster, begins_s: float, lasts_s: float) -> Trouble:
    """The server is killed, and not started again for `lasts_s`."""
    return _away(begins_s, lasts_s, lambda _: server.stop(signal.SIGQUIT), lambda _: server.start())


def slack_away(begins_s: float, lasts_s: float, way: str) -> Trouble:
    """Every call of Slack ends in `way`, one of FAULTS or DOWN, and none is done; Twilio goes on."""
    return _away(
        begins_s, lasts_s, lambda pit: pit.vendors.away.update({SLACK: way}), lambda pit: pit.vendors.away.clear()
    )


def _away(begins_s: float, lasts_s: float, goes: Callable[[Pit], None], comes: Callable[[Pit], None]) -> Trouble:
    def work(pit: Pit) -> None:
        if pit.over.wait(begins_s / pit.config.scale):
            return
        goes(pit)
        pit.over.wait(lasts_s / pit.config.scale)
        comes(pit)
        pit.came_back.append(pit.now())

    return work


def disk_full(folder: Path, begins_s: float, lasts_s: float, server: Cluster | None = None) -> Trouble:
    """`folder` is a small disk: all its room is taken, and given back after `lasts_s`. A server that has ended by that
    is started again then.
    """

    def work(pit: Pit) -> None:
        if pit.over.wait(begins_s / pit.config.scale):
            return
        ballast = folder / "ballast"
        until = pit.now() + timedelta(seconds=lasts_s)
        with ballast.open("ab", buffering=0) as file:
            while pit.now() < until and not pit.over.wait(0.05):
                with suppress(OSError):
                    while True:
                        pit.notes["bytes taken"] += file.write(bytes(BALLAST))
        ballast.unlink()
        if server is not None and server.process is not None and server.process.poll() is not None:
            pit.notes["servers that ended"] += 1
            server.start()
        pit.came_back.append(pit.now())

    return work


def deployed(times: int, pause_s: float) -> Trouble:
    """One process after the other is asked to stop, and another begins in its place. Where they begin as an older
    release, the state is migrated first, and each place changes between the two from then on.
    """

    def work(pit: Pit) -> None:
        if not pit.migrated.is_set() and not pit.over.wait(pause_s):
            migrated(pit.database)
            pit.migrated.set()
        while pit.notes["deployed"] < times and not pit.over.wait(pause_s):
            place = pit.notes["deployed"] % len(pit.engines)
            engine = pit.engines[place]
            if engine is not None and engine.pid and engine.is_alive():
                if pit.config.older is not None:
                    pit.newer ^= {place}
                with suppress(ProcessLookupError):
                    os.kill(engine.pid, signal.SIGTERM)
                pit.notes["deployed"] += 1

    return work


@contextmanager
def disk_of(megabytes: int) -> Iterator[Path]:
    """A disk in memory of so much room; mounting it takes root."""
    with tempfile.TemporaryDirectory(prefix="fireline-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)
