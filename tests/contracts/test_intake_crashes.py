"""Processes that take events over one state, and are killed: what was acknowledged is there, and all of it once."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Any

from bot.recorder.sinks.endpoint import EndpointSink
from tests.house.project import ROOT
from tests.support.intake_bench import TOKEN, IntakeBench, intake_bench, told

EACH = 150
"""Events that each sender sends."""


@contextmanager
def process(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """One that serves, and its address."""
    command = [sys.executable, "-m", "tests.support.intake_bench", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as started:
        assert started.stdout is not None
        try:
            yield started, started.stdout.readline().strip()
        finally:
            started.kill()


def event(number: int) -> dict[str, Any]:
    return told("success", number / 100, run_id=f"r{number}", records_processed=number)


def stored(bench: IntakeBench) -> list[int]:
    return sorted(each.event.records or 0 for each in bench.pushed.after(0, 10_000))


def test_what_was_acknowledged_is_there_and_what_is_sent_again_counts_once(tmp_path: Path) -> None:
    with intake_bench(tmp_path) as bench:
        acknowledged = list[int]()
        for kill_after_s in (0.15, 0.4):
            with process(tmp_path) as (server, address), suppress(OSError):
                Timer(kill_after_s, server.kill).start()
                for number in range(EACH):
                    EndpointSink(address, TOKEN).send([event(number)])
                    acknowledged.append(number)
                server.wait()
        assert set(acknowledged) <= set(stored(bench))
        with process(tmp_path) as (_, first), process(tmp_path) as (_, second):
            for address in (first, second):
                EndpointSink(address, TOKEN).send([event(number) for number in range(EACH)])
        assert stored(bench) == list(range(EACH))
        bench.sync()
        assert sorted(run["records_processed"] for run in bench.runs()) == list(range(EACH))
        (status,) = bench.sources.statuses()
        assert (status.rows, status.rejected) == (EACH, 0)
