"""A process asked to stop while it is busy: it ends soon, with code 0, and no process or thread of its own goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.project import ROOT

SOON_S = 10
SIGNALS = [signal.SIGINT, signal.SIGTERM]
BUSY = """
import asyncio, threading
from bot.cli.stopping import stoppable

release = threading.Event()

async def work(stopping):
    stopping.cancels_this_task()
    print("busy", flush=True)
    await asyncio.get_running_loop().run_in_executor(pool, release.wait)

from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
with stoppable(lambda: print("stopped")) as stopping:
    asyncio.run(work(stopping))
"""


QUERY = """
import duckdb
from bot.cli.stopping import stoppable

with stoppable(lambda: print("stopped")):
    print("busy", flush=True)
    duckdb.sql("SELECT count(*) FROM range(100000000) a, range(100000) b").fetchall()
"""


def started(*command: str) -> "subprocess.Popen[str]":
    made = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        command, cwd=ROOT, env=made, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


@pytest.mark.parametrize("asked", SIGNALS)
@pytest.mark.parametrize("work", [BUSY, QUERY], ids=["a thread that does not end", "a query"])
def test_what_is_at_work_holds_nothing_up(work: str, asked: signal.Signals) -> None:
    with started(sys.executable, "-c", work) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        process.send_signal(asked)
        said, _ = process.communicate(timeout=SOON_S)
    assert (process.returncode, said) == (0, "stopped\n")


@pytest.mark.parametrize("asked", SIGNALS)
def test_the_demo_stops_while_its_history_is_written(asked: signal.Signals, tmp_path: Path) -> None:
    with started(sys.executable, "-m", "bot", "demo", "--port", "0", "--home", str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing 30 days of history …\n"
        process.send_signal(asked)
        said, _ = process.communicate(timeout=SOON_S)
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)  # the process that writes has ended, too
    assert (process.returncode, said) == (0, "stopped\n")
