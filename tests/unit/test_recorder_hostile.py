"""Whatever a job says to the recorder, nothing of it raises into the job, and the run is told."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import recorder
from bot.recorder import recording
from tests.support.recorder_told import DAY, Told, job, made_for, told_recorder


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    yield from told_recorder(tmp_path)


class Fails:
    """Raises whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def _raises(self, *_: object) -> Any:
        raise RuntimeError

    __str__ = __repr__ = __hash__ = __eq__ = __lt__ = __gt__ = __bool__ = __len__ = __iter__ = _raises
    __index__ = __int__ = __float__ = __fspath__ = __call__ = __getitem__ = __contains__ = __format__ = _raises


class FailingText(str):
    __slots__ = ()
    __str__ = __getitem__ = encode = replace = __len__ = __eq__ = __hash__ = Fails._raises  # type: ignore[assignment]


class FailingNumber(int):
    __str__ = __repr__ = __lt__ = __gt__ = __eq__ = __hash__ = Fails._raises


class FailingDay(datetime):
    date = isoformat = __str__ = __repr__ = Fails._raises  # type: ignore[assignment]


class FailingError(Exception):
    __str__ = __repr__ = __eq__ = __hash__ = Fails._raises


HOSTILE: dict[str, Any] = {
    "fails": Fails(),
    "failing text": FailingText("text"),
    "failing number": FailingNumber(7),
    "failing date": FailingDay(2026, 1, 15),
    "failing error": FailingError(),
    "half a character": "a\ud800",
    "NUL": "a\0b",
    "huge": 10**5_000,
    "large": 10**30,
    "not a number": float("nan"),
    "infinite": float("-inf"),
    "long": "x" * 10_000_000,
    "bytes": b"\xff",
    "itself": type("Itself", (), {"__getattr__": lambda self, _: self, "__index__": lambda self: self})(),
    "class": type,
    "list of lists": [[[]]],
}


def test_the_table_of_what_fails_fails() -> None:
    for name in ("fails", "failing text", "failing number", "failing date", "failing error"):
        with pytest.raises(RuntimeError):
            str(HOSTILE[name])


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_job_says_nothing_reaches_it(told: Told, name: str) -> None:
    odd = HOSTILE[name]
    say: list[Callable[[recorder.Run], object]] = [
        lambda run: run.skip(odd),
        lambda run: run.fail(odd),
        lambda run: run.fail("so", odd),
        lambda run: setattr(run, "records", odd),
        lambda run: run.beat(),
    ]
    for each in say:
        with recorder.record_run(odd, odd, run_id=odd, attempt=odd, phase=odd, trigger=odd, other=odd) as run:
            each(run)
        with recorder.record_run("Box", DAY) as run:
            each(run)
    for error in (FailingError(odd), SystemExit(odd), type("Ödd", (ValueError,), {})(odd)):
        with pytest.raises(type(error)), recorder.record_run("Box", DAY):
            raise error
    function: Any = recorder.recorded(odd, argument=odd, run_id=odd, data_date=odd)(lambda given: given)
    assert function(odd) is odd
    recorder.recorded("Box")(odd)
    assert recorder.is_done(odd, odd).state
    assert not recorder.dependencies_ready(odd, odd)
    assert not recorder.dependencies_ready(odd, [odd])
    assert recorder.flush(odd) in (True, False)
    assert made_for[told].flush()
    assert len([each for each in told.events if each["kind"] in ("success", "failed", "skipped")]) == 14
    for event in told.events:
        json.dumps(event).encode()
        assert "\0" not in str(event)


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_is_configured_with_the_job_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    odd, sink = HOSTILE[name], Told()
    monkeypatch.chdir(tmp_path)
    given: list[dict[str, Any]] = [
        {"sink": odd, "spool": str(tmp_path / "a")},
        {"sink": sink, "spool": odd},
        {"sink": sink, "spool": str(tmp_path / "b"), "heartbeat_s": odd},
    ]
    for each in given:
        made = recorder.configure(**each)
        job(lambda run: setattr(run, "records", 1))
        assert recorder.is_done("Box", DAY).why
        made.flush(0.5)
        made.close()
    assert [event["kind"] for event in sink.events] == ["start", "success"] * 2
    recording._DEFAULT.clear()


def test_a_log_that_fails_does_not_reach_the_job(tmp_path: Path) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise RuntimeError(record.msg)

    heard, sink = Broken(), Told()
    sink.down = True
    logger = logging.getLogger("fireline.recorder")
    logger.addHandler(heard)
    try:
        made = recorder.configure(sink, str(tmp_path))
        job(lambda run: setattr(run, "records", 1))
        assert not made.flush()
        sink.down = False
        assert made.flush()
    finally:
        logger.removeHandler(heard)
        recording._DEFAULT.clear()
