"""A job that is killed, in the middle of whatever: what it had told is sent by the next one, once."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.recorder.answers import Answer
from bot.recorder.recording import Recorder
from bot.recorder.spool import EVENTS, LARGEST_EVENT, REFUSED, SENT, Spool
from tests.house.project import ROOT
from tests.support.intake_bench import TOKEN, intake_bench

JOB = """
import os, signal, sys
from bot import recorder
recorder.configure(sys.argv[2], spool=sys.argv[1])
for n in range(3):
    with recorder.record_run("Box", "2026-01-15", run_id=f"{sys.argv[3]}-{n}") as run:
        if n == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        run.records = n + 1
"""
NOWHERE = "http://127.0.0.1:9"


def killed(folder: Path, name: str, sink: str = NOWHERE) -> None:
    """A job with two runs that end and a third in which it is killed."""
    command = [sys.executable, "-c", JOB, str(folder), sink, name]
    environment = {**os.environ, "FIRELINE_INTAKE_TOKEN": TOKEN}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


class Told:
    """A sink that knows what it was told; `fails`: after so many events it is gone."""

    def __init__(self, fails: int = 10**6) -> None:
        self.events: list[dict[str, Any]] = []
        self._left = fails

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        taken = events[: self._left]
        self.events += taken
        self._left -= len(taken)
        if len(taken) < len(events):
            raise OSError("gone")
        return [event for event in events if event["processor_name"] == "Odd"]

    def done(self, processor: str, data_date: str) -> Answer:
        return Answer("unknown", f"{processor} {data_date}")

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event["run_id"], event["kind"]) for event in self.events]


def expected(name: str) -> list[tuple[str, str]]:
    return [*((f"{name}-{n}", kind) for n in range(2) for kind in ("start", "success")), (f"{name}-2", "start")]


def test_what_a_killed_job_told_is_sent_by_the_next_one(tmp_path: Path) -> None:
    killed(tmp_path, "a")
    killed(tmp_path, "b")
    sink = Told()
    made = Recorder(sink, str(tmp_path))
    with made.record_run("Box", "2026-01-15", run_id="c") as run:
        run.records = 1
    assert made.flush()
    assert sorted(sink.told) == sorted([*expected("a"), *expected("b"), ("c", "start"), ("c", "success")])
    assert [name for name in os.listdir(tmp_path) if name.endswith(EVENTS)] == [Path(made._spool._name).name]


def test_a_job_that_lives_keeps_its_own(tmp_path: Path) -> None:
    own, sink = Spool(str(tmp_path)), Told()
    own.append({"run_id": "own", "kind": "start", "processor_name": "Box"})
    Spool(str(tmp_path)).flush(sink.send)
    assert sink.events == []


def test_a_sink_that_goes_away_in_between_gets_the_rest_later(tmp_path: Path) -> None:
    killed(tmp_path, "a")
    first, second = Told(fails=2), Told()
    with pytest.raises(OSError, match="gone"):
        Spool(str(tmp_path)).flush(first.send)
    Spool(str(tmp_path)).flush(second.send)
    assert second.told == expected("a")


def test_a_job_that_ends_while_much_is_sent_to_duckdb_ends_as_it_would(tmp_path: Path) -> None:
    """A thread at work in C++ while the interpreter ends takes the process down with it."""
    run = {"processor_name": "Box", "data_date": "2026-01-15", "at": "2026-01-15T10:00:00+00:00", "kind": "start"}
    left = tmp_path / "spool" / f"1-a{EVENTS}"
    left.parent.mkdir()
    left.write_text("".join(json.dumps(run | {"run_id": f"r{n}"}) + "\n" for n in range(4_000)))
    job = (
        "from bot.recorder import recording\n"
        "recording.EXIT_S = 0.5\n"
        f"recording.configure('duckdb:///{tmp_path}/jobs.duckdb', {str(left.parent)!r}).flush(0.0)\n"
        "with recording.record_run('Box', '2026-01-15') as run: run.records = 1\n"
    )
    done = subprocess.run([sys.executable, "-c", job], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_killed_between_sending_and_noting_it_the_same_is_sent_again_and_counts_once(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    spool = tmp_path / "spool"
    with intake_bench(tmp_path / "bench") as bench, bench.serving() as address:
        killed(spool, "a", address)
        [name] = [spool / name for name in os.listdir(spool) if name.endswith(EVENTS)]
        whole = name.read_bytes()
        from bot.recorder.sinks.endpoint import EndpointSink

        for _ in range(2):
            name.write_bytes(whole)
            (spool / f"{name.name}{SENT}").unlink(missing_ok=True)
            Spool(str(spool)).flush(EndpointSink(address, TOKEN).send)
        bench.sync()
        found = [(run["run_id"], run["status"], run["records_processed"]) for run in bench.runs()]
        assert found == [("a-0", "success", 1), ("a-1", "success", 2), ("a-2", "running", None)]
        assert bench.pushed.last() == 5


def test_a_line_that_was_cut_off_costs_itself_only_and_what_is_refused_is_put_aside(tmp_path: Path) -> None:
    odd = {"run_id": "r", "kind": "start", "processor_name": "Odd"}
    good = {**odd, "processor_name": "Box"}
    lines = [json.dumps(good), '{"run_id": "x', json.dumps(odd), "7", json.dumps(good)[:20]]
    (tmp_path / f"1-a{EVENTS}").write_text("\n".join(lines))
    sink = Told()
    Spool(str(tmp_path)).flush(sink.send)
    assert sink.events == [good, odd]
    assert json.loads((tmp_path / REFUSED).read_text()) == odd
    assert sorted(os.listdir(tmp_path)) == [REFUSED]


def test_a_line_too_long_to_be_an_event_holds_up_no_other(tmp_path: Path) -> None:
    good = {"run_id": "r", "kind": "start", "processor_name": "Box"}
    long = json.dumps(good | {"error_message": "x" * LARGEST_EVENT})
    (tmp_path / f"1-a{EVENTS}").write_text(f"{json.dumps(good)}\n{long}\n{json.dumps(good)}\n")
    sink, spool = Told(), Spool(str(tmp_path))
    spool.flush(sink.send)
    assert sink.events == [good, good]
    assert spool.refusal == (1, str(tmp_path / REFUSED), f"it has {len(long) + 1} bytes")
    assert sorted(os.listdir(tmp_path)) == [REFUSED]


def test_a_mark_that_makes_no_sense_sends_all_again(tmp_path: Path) -> None:
    event = {"run_id": "r", "kind": "start", "processor_name": "Box"}
    (tmp_path / f"1-a{EVENTS}").write_text(json.dumps(event) + "\n")
    for mark in ("x", "99999"):
        (tmp_path / f"1-a{EVENTS}").write_text(json.dumps(event) + "\n")
        (tmp_path / f"1-a{EVENTS}{SENT}").write_text(mark)
        sink = Told()
        Spool(str(tmp_path)).flush(sink.send)
        assert sink.events == [event]
