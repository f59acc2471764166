"""Recording a run from within a job: what is told of it, and that nothing of it reaches the job."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import recorder
from bot.recorder import (
    NoDataAvailableError,
    Recorder,
    UpstreamDependencyError,
    ValidationFailedError,
    recording,
)
from bot.recorder.errors import LONGEST_TEXT
from bot.recorder.run import NO_COUNT
from tests.house.project import ROOT
from tests.support.recorder_told import DAY, Told, job, made_for, told_recorder


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    yield from told_recorder(tmp_path)


def test_a_run_is_told_from_its_start_to_its_end(told: Told) -> None:
    job(lambda run: setattr(run, "records", 120))
    assert told.end() == ("success", 120, None, None)
    start, end = told.events
    assert (start["kind"], start["processor_name"], start["data_date"]) == ("start", "Box", "2026-01-15")
    assert (start["attempt"], start["trigger"], start["phase"]) == (2, "poll", 2)
    assert start["at"] == start["started_at"] == end["started_at"] <= end["at"]
    assert start["run_id"] == end["run_id"]


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (NoDataAvailableError("no games"), "no_data_available"),
        (UpstreamDependencyError("box is missing"), "upstream_failure"),
        (ValidationFailedError("3 rows"), "validation_failed"),
        (type("ValidationError", (ValueError,), {})("3 rows"), "validation_failed"),
        (type("NoDataAvailableError", (Exception,), {})("theirs"), "no_data_available"),
        (type("ReadTimeout", (type("Timeout", (OSError,), {}),), {})("slow"), "timeout"),
        (TimeoutError("slow"), "timeout"),
        (subprocess.TimeoutExpired("job", 3), "timeout"),
        (ValueError("boom"), "processing_error"),
        (KeyboardInterrupt(), "processing_error"),
        (SystemExit(3), "processing_error"),
        (asyncio.CancelledError(), "processing_error"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_the_job_raises_says_why_it_failed_and_goes_on_to_the_job(
    told: Told, error: BaseException, category: str
) -> None:
    def fails(_: recorder.Run) -> None:
        raise error

    with pytest.raises(type(error)):
        job(fails)
    kind, records, found, text = told.end()
    assert (kind, records, found) == ("failed", None, category)
    assert text.startswith(f"{type(error).__name__}: ")
    assert text.endswith("in fails)")


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (None, NO_COUNT),
        (True, "run.records is True, which is no whole number: set it to the rows that it wrote"),
        ("12", "run.records is '12', which is no whole number: set it to the rows that it wrote"),
        (1.5, "run.records is 1.5, which is no whole number: set it to the rows that it wrote"),
        (-1, "run.records is -1: a count is never negative"),
    ],
    ids=str,
)
def test_a_success_without_a_row_count_is_none(told: Told, records: Any, said: str) -> None:
    job(lambda run: setattr(run, "records", records))
    assert told.end() == ("failed", None, "processing_error", said)


def test_no_rows_are_a_count_and_what_the_job_says_of_itself_counts(told: Told) -> None:
    job(lambda run: setattr(run, "records", 0))
    assert told.end() == ("success", 0, None, None)
    job(lambda run: run.skip("no games"))
    assert told.end() == ("skipped", None, None, "no games")
    job(lambda run: run.fail("3 of 10 files", "validation_failed"))
    assert told.end() == ("failed", None, "validation_failed", "3 of 10 files")
    job(lambda run: run.fail(TimeoutError("slow")))
    assert told.end() == ("failed", None, "timeout", "TimeoutError: slow")

    def leaves(run: recorder.Run) -> None:
        run.records = 3
        sys.exit(0)

    with pytest.raises(SystemExit):
        job(leaves)
    assert told.end() == ("success", 3, None, None)


def test_a_decorated_function_returns_its_row_count(told: Told) -> None:
    @recorder.recorded("Box")
    def load(source: str, data_date: date) -> int:
        return len(source) * 10 if data_date else 0

    @recorder.recorded("Box", argument="day", trigger="poll")
    async def later(day: str) -> int:
        await asyncio.sleep(0)
        return len(day) - 3

    assert load("abc", DAY) == 30
    assert told.end() == ("success", 30, None, None)
    assert load("abc", data_date=DAY) == 30
    assert asyncio.run(later("2026-01-16")) == 7
    assert told.end() == ("success", 7, None, None)
    assert [event.get("data_date") for event in told.events] == ["2026-01-15"] * 4 + ["2026-01-16"] * 2


def test_runs_of_tasks_and_threads_do_not_meet(told: Told) -> None:
    async def task(rows: int) -> None:
        async with recorder.record_run("Box", DAY, run_id=f"task {rows}") as run:
            await asyncio.sleep(0)
            run.records = rows

    async def all_tasks() -> None:
        await asyncio.gather(*(task(rows) for rows in range(20)))

    def thread(rows: int) -> None:
        with recorder.record_run("Box", DAY, run_id=f"thread {rows}") as run:
            run.records = rows

    asyncio.run(all_tasks())
    threads = [threading.Thread(target=thread, args=[rows]) for rows in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert made_for[told].flush()
    ends = {event["run_id"]: event["records_processed"] for event in told.events if event["kind"] == "success"}
    assert ends == {f"{kind} {rows}": rows for kind in ("task", "thread") for rows in range(20)}


def test_a_long_run_is_alive(tmp_path: Path) -> None:
    sink = Told()
    made = Recorder(sink, str(tmp_path), heartbeat_s=0.01)
    with made.record_run("Box", DAY) as run:
        while not any(event["kind"] == "heartbeat" for event in sink.events):
            made.flush()
        run.records = 1
    assert made.flush()
    assert sink.events[-1]["kind"] == "success"


def test_what_makes_no_sense_never_reaches_the_job(told: Told) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    odd: Any = Odd()
    with recorder.record_run(odd, odd, attempt=odd, phase="2", trigger=odd, colour="red") as run:
        run.records = odd
    kind, *_ = told.end()
    assert (kind, told.events[-1]["processor_name"], "data_date" in told.events[-1]) == ("failed", "(Odd)", False)
    with pytest.raises(ValueError, match="x"), recorder.record_run("Box", "soon"):
        raise ValueError("x" * 100_000)
    assert LONGEST_TEXT < len(told.end()[3]) < LONGEST_TEXT + 100
    moment = datetime(2026, 1, 15, 3, tzinfo=UTC)
    with recorder.record_run("Box", moment) as run:
        run.records = 1
    assert made_for[told].flush()
    assert told.events[-1]["data_date"] == "2026-01-15"


@pytest.mark.parametrize("given", ["2026-13-40", "", None, "2026-01-06T05:00:00", b"2026-01-06", 20.26])
def test_the_log_names_what_was_given_as_a_date_and_is_none(
    given: Any, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with recorder.record_run("Box", given, run_id="r7") as run:
        run.records = 1
    assert told.end()[0] == "success"
    assert "data_date" not in told.events[-1]
    assert caplog.messages == [
        f"'Box' run 'r7' is told without its data date: data_date is {given!r}, which is no date. Give a date, "
        "or write 2026-01-06"
    ]


def test_while_the_sink_is_down_events_wait_and_questions_are_unknown(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    told.down = True
    for _ in range(5):
        job(lambda run: setattr(run, "records", 1))
    assert not recorder.flush()
    answer = recorder.is_done("Box", DAY)
    assert (bool(answer), answer.state) == (False, "unknown")
    assert answer.why == "the sink cannot say: OSError: no route to the sink"
    assert repr(recorder.dependencies_ready(DAY, ["Box"])).startswith("<not ready: Box (the sink cannot say")
    told.down = False
    assert recorder.flush()
    assert [event["kind"] for event in told.events] == ["start", "success"] * 5
    assert len([each for each in caplog.records if "kept and sent later" in each.getMessage()]) <= 2


@pytest.mark.usefixtures("told")
def test_what_is_needed_is_named() -> None:
    assert recorder.is_done("Box", DAY)
    ready = recorder.dependencies_ready(DAY, ["Box", "Odds"])
    assert (bool(ready), ready.missing, ready.unknown) == (False, {"Odds": "Odds 2026-01-15"}, {})
    assert recorder.dependencies_ready("2026-01-15", ["Box"])


def test_a_disk_that_takes_nothing_and_a_sink_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Told()
    made = Recorder(sink, str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    with made.record_run("Box", DAY) as run:
        run.records = 1
    assert made.flush()
    assert [event["kind"] for event in sink.events] == ["start", "success"]
    monkeypatch.setenv("FIRELINE_SINK", "nowhere")
    recording._DEFAULT.clear()
    job(lambda run: setattr(run, "records", 1))
    assert recorder.is_done("Box", DAY).state == "unknown"
    recording._DEFAULT.clear()


def test_a_child_that_is_forked_within_a_run_tells_only_of_its_own(tmp_path: Path) -> None:
    script = """
import os, sys
from bot import recorder
recorder.configure("", spool=sys.argv[1])
with recorder.record_run("Box", "2026-01-15", run_id="parent") as run:
    child = os.fork()
    if not child:
        with recorder.record_run("Box", "2026-01-15", run_id="child") as own:
            own.records = 2
        sys.exit(7)
    os.waitpid(child, 0)
    run.records = 1
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
    sink = Told()
    Recorder(sink, str(tmp_path))._spool.flush(sink.send)
    told = sorted((event["run_id"], event["kind"]) for event in sink.events)
    assert told == [("child", "start"), ("child", "success"), ("parent", "start"), ("parent", "success")]


def test_importing_it_brings_nothing_but_the_standard_library() -> None:
    code = """
import sys
before = set(sys.modules)
import bot.recorder
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))
print(*sorted({"asyncio", "dataclasses", "inspect", "logging", "socket", "urllib.request", "tempfile", "uuid"}
    & (set(sys.modules) - before)))
print(*sorted(name for name in sys.modules if name.startswith("bot.") and not name.startswith("bot.recorder")))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "bot\n\n\n"
