"""Jobs run beside each other's failures, one at a time, and the last one is let finish."""

import logging
import threading
import time
from datetime import timedelta

import pytest

from bot.scheduler import Job, running

OFTEN = timedelta(milliseconds=20)
SOON_S = 5.0


def test_a_failure_is_told_and_the_job_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    starts, again = list[int](), threading.Event()

    def work() -> None:
        starts.append(1)
        if len(starts) > 2:
            again.set()
        raise ValueError("no")

    with caplog.at_level(logging.ERROR, "fireline"), running([Job("detection", OFTEN, work, "nothing is lost")]):
        assert again.wait(SOON_S)
    assert "detection failed; nothing is lost" in caplog.messages


def test_jobs_do_not_overlap() -> None:
    at_work, overlaps, done = list[str](), list[str](), threading.Event()

    def work() -> None:
        overlaps.extend(at_work)
        at_work.append("busy")
        time.sleep(0.03)
        at_work.clear()
        done.set()

    with running([Job(name, OFTEN, work, "") for name in ("one", "two")]):
        assert done.wait(SOON_S)
        time.sleep(0.2)
    assert overlaps == []


def test_the_job_at_work_is_waited_for() -> None:
    begun, ended = threading.Event(), list[bool]()

    def work() -> None:
        begun.set()
        time.sleep(0.1)
        ended.append(True)

    with running([Job("slow", timedelta(hours=1), work, "")]):
        assert begun.wait(SOON_S)
    assert ended == [True]
