"""Lanes run beside each other and beside each other's failures, and end soon."""

import logging
import threading
import time
from datetime import timedelta

import pytest

from bot import scheduler
from bot.domain.errors import BadInput, FirelineError, StateUnavailable
from bot.domain.sources import Feed, SourceFailed, SourcePlan
from bot.scheduler import Lane, Lanes, running
from bot.services.sources import Connected, SourcesService
from bot.services.vitals import Vitals
from bot.source_lanes import SourceLanes

OFTEN = timedelta(milliseconds=20)
SOON_S = 5.0


def vitals() -> Vitals:
    return Vitals(lambda: 0.0)


@pytest.fixture(autouse=True)
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "RETRY_S", 0.01)


def test_a_failure_is_reported_and_the_lane_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    starts, again = list[int](), threading.Event()

    def work() -> None:
        starts.append(1)
        if len(starts) > 2:
            again.set()
        raise ValueError("no")

    with (
        caplog.at_level(logging.ERROR, "fireline"),
        running([Lane("detection", OFTEN, work, "nothing is lost")], vitals()),
    ):
        assert again.wait(SOON_S)
    assert "detection failed; nothing is lost" in caplog.messages


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no"), ["detection failed; nothing is lost", "detection works again"]),
        (BadInput("no"), ["detection failed; nothing is lost: no", "detection works again"]),
        (StateUnavailable("down"), []),
    ],
    ids=["a fault", "trouble", "the state, which logs its own"],
)
def test_a_failure_is_logged_once_and_once_when_it_is_over(
    error: Exception, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    left, works, seen = list(range(20)), threading.Event(), vitals()

    def work() -> None:
        if left.pop() if left else False:
            raise error
        works.set()

    lane = Lane("detection", timedelta(milliseconds=2), work, "nothing is lost")
    with caplog.at_level(logging.INFO, "fireline"), running([lane], seen):
        assert works.wait(SOON_S)
    assert caplog.messages == said
    assert seen.wrong() == ()


@pytest.mark.parametrize(
    ("error", "starts"), [(StateUnavailable("down"), 2), (SourceFailed("away"), 1)], ids=["ours", "the source's"]
)
def test_what_failed_of_our_own_is_tried_again_before_its_time(
    error: FirelineError, starts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "SOON_S", 0.01)
    done, again = list[int](), threading.Event()

    def work() -> None:
        done.append(1)
        if len(done) == 1:
            raise error
        again.set()

    with running([Lane("audit", timedelta(hours=1), work, "")], vitals()):
        again.wait(SOON_S if starts == 2 else 0.1)
    assert len(done) == starts


def test_a_lane_that_hangs_holds_back_no_other() -> None:
    hangs, told = threading.Event(), threading.Event()
    lanes = [Lane("slow", OFTEN, lambda: hangs.wait(SOON_S), ""), Lane("messages", OFTEN, told.set, "")]
    with running(lanes, vitals(), hangs.set):
        assert told.wait(SOON_S)
        assert not hangs.is_set()


def test_what_is_at_work_is_waited_for() -> None:
    begun, ended = threading.Event(), list[bool]()

    def work() -> None:
        begun.set()
        time.sleep(0.1)
        ended.append(True)

    with running([Lane("slow", timedelta(hours=1), work, "")], vitals()):
        assert begun.wait(SOON_S)
    assert ended == [True]


def test_what_does_not_end_is_left_behind(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(scheduler, "ENDS_WITHIN_S", 0.05)
    begun, released = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        released.wait(SOON_S)

    with caplog.at_level(logging.INFO), running([Lane("stuck", OFTEN, work, "nothing is lost")], vitals()):
        assert begun.wait(SOON_S)
    released.set()
    assert "stuck is ended in the middle of its work; nothing is lost" in caplog.messages


def test_a_wall_clock_that_is_put_back_stops_no_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    starts, again = list[int](), threading.Event()

    def work() -> None:
        starts.append(1)
        if len(starts) > 3:
            again.set()

    monkeypatch.setattr(time, "time", lambda: 0.0)
    with running([Lane("detection", OFTEN, work, "")], vitals()):
        assert again.wait(SOON_S)


def test_a_lane_that_is_woken_starts_at_once_and_not_more_often_than_it_may() -> None:
    starts = threading.Semaphore(0)
    lane = Lane("hourly", timedelta(hours=1), starts.release, "nothing is lost")
    with running([lane], vitals()) as lanes:
        assert starts.acquire(timeout=SOON_S)
        for name in ("hourly", "hourly", "another"):
            lanes.wake(name)
        assert starts.acquire(timeout=SOON_S)
        lanes.wake("hourly")
        assert not starts.acquire(timeout=0.05)


def test_a_lane_that_failed_is_not_woken_before_its_pause_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "RETRY_S", 60.0)
    starts = threading.Semaphore(0)

    def work() -> None:
        starts.release()
        raise SourceFailed("the history cannot be read", "Look at it.")

    with running([Lane("pushed", OFTEN, work, "nothing is lost")], vitals()) as lanes:
        assert starts.acquire(timeout=SOON_S)
        lanes.wake("pushed")
        assert not starts.acquire(timeout=0.05)


def test_what_was_told_wakes_who_reads_it_and_nobody_who_is_to_read_it_seldom() -> None:
    woken = list[str]()

    class Told:
        def nothing_new(self) -> bool:
            return True

    class Heard(Lanes):
        def wake(self, name: str) -> None:
            woken.append(name)

    def each(name: str, source: object, seconds: float) -> Connected:
        plan = SourcePlan(name, "push", Feed.RUNS, timedelta(seconds=seconds), timedelta())
        return Connected(plan, source, None)  # type: ignore[arg-type]

    given = [each("pushed", Told(), 0.25), each("billed", Told(), 60), each("table", object(), 0.25)]
    sources = SourcesService(None, given, lambda: None, lambda: None)  # type: ignore[arg-type,return-value]
    lanes = Heard(vitals())
    SourceLanes(sources, lanes, mine=lambda: False).start()
    sources.told()
    lanes.stop(lambda: None)
    assert woken == ["source pushed"]
