"""Lanes run beside each other and beside each other's failures, and end soon."""

import logging
import threading
import time
from datetime import timedelta

import pytest

from bot import scheduler
from bot.scheduler import Lane, running

OFTEN = timedelta(milliseconds=20)
SOON_S = 5.0


def test_a_failure_is_told_and_the_lane_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    starts, again = list[int](), threading.Event()

    def work() -> None:
        starts.append(1)
        if len(starts) > 2:
            again.set()
        raise ValueError("no")

    with caplog.at_level(logging.ERROR, "fireline"), running([Lane("detection", OFTEN, work, "nothing is lost")]):
        assert again.wait(SOON_S)
    assert "detection failed; nothing is lost" in caplog.messages


def test_a_lane_that_hangs_holds_back_no_other() -> None:
    hangs, told = threading.Event(), threading.Event()
    lanes = [Lane("slow", OFTEN, lambda: hangs.wait(SOON_S), ""), Lane("messages", OFTEN, told.set, "")]
    with running(lanes, hangs.set):
        assert told.wait(SOON_S)
        assert not hangs.is_set()


def test_what_is_at_work_is_waited_for() -> None:
    begun, ended = threading.Event(), list[bool]()

    def work() -> None:
        begun.set()
        time.sleep(0.1)
        ended.append(True)

    with running([Lane("slow", timedelta(hours=1), work, "")]):
        assert begun.wait(SOON_S)
    assert ended == [True]


def test_what_does_not_end_is_left_behind(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(scheduler, "ENDS_WITHIN_S", 0.05)
    begun, released = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        released.wait(SOON_S)

    with running([Lane("stuck", OFTEN, work, "")]):
        assert begun.wait(SOON_S)
    released.set()
    assert "stuck did not end in time and is left behind" in caplog.messages


def test_a_wall_clock_that_is_put_back_stops_no_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    starts, again = list[int](), threading.Event()

    def work() -> None:
        starts.append(1)
        if len(starts) > 3:
            again.set()

    monkeypatch.setattr(time, "time", lambda: 0.0)
    with running([Lane("detection", OFTEN, work, "")]):
        assert again.wait(SOON_S)
