"""Polls that found nothing: thousands a day, of which the newest alone is kept overnight."""

from datetime import timedelta
from random import Random

import pytest

from bot.domain.detection.silence import Gaps
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Observed
from bot.domain.evidence.runs import Category, Status
from bot.domain.platform.judgement import STANDARD
from bot.domain.platform.registry import Registry
from tests.support.days import DATE, SLOT, day, processor, run

EMPTY = [
    run(Status.FAILED, start=SLOT + timedelta(minutes=n), category=Category.NO_DATA_AVAILABLE, trigger="poll")
    for n in range(5)
]
BROKEN = EMPTY[1]._replace(run_id="broken", recorded=Category.PROCESSING_ERROR)
FOUND = EMPTY[2]._replace(run_id="found", status=Status.SUCCESS, recorded=None, records=7)
BY_TEXT = EMPTY[0]._replace(run_id="text", recorded=None, hinted=Category.NO_DATA_AVAILABLE)


def test_the_newest_stays_and_what_is_reported_of_it() -> None:
    made = day(runs=[])
    for poll in [EMPTY[4], BY_TEXT, *EMPTY[:4]]:
        made.take(poll)
    made.forget_polls()
    assert made.polls == [EMPTY[4]]
    assert made.last_no_data_at == EMPTY[4].started_at


def test_polls_that_say_something_stay() -> None:
    made = day(runs=[])
    for poll in [EMPTY[0], BROKEN, FOUND, EMPTY[3]]:
        made.take(poll)
    made.forget_polls()
    assert made.polls == [BROKEN, FOUND, EMPTY[3]]


def test_without_polls_nothing_is_forgotten() -> None:
    made = day()
    before = list(made.attempts)
    made.forget_polls()
    assert list(made.attempts) == before


def test_the_picture_forgets_them() -> None:
    picture = PipelineHistory(Registry(processors=(processor(),)), Observed((), (), (), (), ()))
    picture.take(EMPTY)
    picture.forget_before(SLOT + timedelta(days=1))
    assert picture.day("Box", DATE).polls == EMPTY[-1:]


def test_a_night_of_retries_by_the_thousand_does_not_make_other_nights_silent() -> None:
    gaps, midnight = Gaps(), SLOT.replace(hour=0, minute=0)
    for night in range(10):
        apart = 5 if night == 9 else 300
        for second in range(0, 3600, apart):
            gaps.start(midnight + timedelta(days=night, seconds=second))
    usual = gaps.usual(0, STANDARD)
    assert usual is not None
    assert usual[0] >= 300


@pytest.mark.parametrize("seed", range(3))
def test_a_poller_at_random_moments_is_not_silent_where_chance_brings_as_much(seed: int) -> None:
    """Every four minutes: twice its p99 gap is 37 minutes, which chance brings it once in a month."""
    gaps, moment, chance = Gaps(), SLOT, Random(seed)
    while moment < SLOT + timedelta(days=21):
        gaps.start(moment)
        moment += timedelta(minutes=chance.expovariate(1 / 4))
    usual = gaps.usual(SLOT.hour, STANDARD)
    assert usual is not None
    assert 45 < usual[1] / 60 < 65
