"""What the timeline tells of a run before its row is written."""

from datetime import timedelta

from bot.domain.evidence.observation import Observed, Started, Timeline
from bot.domain.evidence.runs import Category, Status
from tests.support.days import SLOT, run


def test_a_start_says_nothing_of_the_end() -> None:
    end = SLOT + timedelta(hours=2)
    finished = run(Status.FAILED, 7, SLOT, Category.TIMEOUT, ended_at=end, known_at=end, hinted=Category.TIMEOUT)
    timeline = Timeline(Observed((finished,), (), (), (), ()))
    [started] = timeline.until(SLOT)
    assert isinstance(started, Started)
    begun = started.run
    assert (begun.run_id, begun.started_at, begun.attempt) == (finished.run_id, SLOT, finished.attempt)
    known = (begun.status, begun.ended_at, begun.recorded, begun.hinted, begun.records, begun.seconds)
    assert known == (Status.RUNNING, None, None, None, None, None)
    assert list(timeline.until(end)) == [finished]


def test_what_a_second_reading_brings_again_is_what_was_written_since() -> None:
    old = run(Status.SUCCESS, 7, SLOT, ended_at=SLOT, known_at=SLOT)
    new = run(Status.SUCCESS, 8, SLOT, ended_at=SLOT, known_at=SLOT + timedelta(hours=1))
    timeline = Timeline(Observed((new, old), (), (), (), ()))
    told = list(timeline.until(SLOT + timedelta(hours=1)))
    row, started = timeline.again(SLOT, SLOT + timedelta(hours=1))
    assert isinstance(started, Started)
    assert (row, started.run.known_at) == (new, new.known_at)
    assert {row, started} < set(told)
