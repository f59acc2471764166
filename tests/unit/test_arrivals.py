"""How late rows come; and what a run that took all its time is, whatever it says."""

from datetime import timedelta

import pytest

from bot.domain.evidence.arrivals import FEWEST, Arrivals
from bot.domain.evidence.runs import Category
from tests.scenarios.test_detection_unregistered import FIRST, run


def test_few_rows_say_nothing_of_how_late_one_may_be() -> None:
    arrivals = Arrivals()
    for number in range(FEWEST):
        assert arrivals.latest is None
        arrivals.take(run("Job", FIRST + timedelta(minutes=number)))
    late = run("Job", FIRST)
    arrivals.take(late._replace(known_at=late.known_at + timedelta(hours=1)))
    assert arrivals.latest == timedelta(hours=1)


@pytest.mark.parametrize(
    ("seconds", "recorded", "said"),
    [
        (60.0, None, Category.TIMEOUT),
        (59.0, None, Category.NO_DATA_AVAILABLE),
        (60.0, Category.VALIDATION_FAILED, None),
    ],
)
def test_a_failure_that_took_its_whole_limit_ran_out_of_time(
    seconds: float, recorded: Category | None, said: Category | None
) -> None:
    hinted = None if recorded else Category.NO_DATA_AVAILABLE
    failed = run("Job", FIRST, Category.UNKNOWN)._replace(recorded=recorded, hinted=hinted, seconds=seconds)
    assert failed.with_time_limit(60.0).hinted is said
    assert failed.with_time_limit(None).hinted is hinted
