"""How late rows come; and what a run that took all its time is, whatever it says."""

from datetime import timedelta

import pytest

from bot.domain.evidence.arrivals import LATE, LATEST, MANY, SOME, Arrivals
from bot.domain.evidence.runs import Category
from tests.scenarios.test_detection_unregistered import FIRST, run


def test_the_more_rows_have_come_in_time_the_sooner_a_late_one_is_none() -> None:
    arrivals = Arrivals()
    seen = []
    for number in range(MANY + 1):
        seen.append(arrivals.within)
        arrivals.take(run("Job", FIRST + timedelta(minutes=number)))
    assert (seen[SOME - 1], seen[SOME], seen[MANY]) == (LATEST, LATE, timedelta())


def test_where_rows_come_late_they_are_waited_for() -> None:
    arrivals = Arrivals()
    for number in range(MANY):
        row = run("Job", FIRST + timedelta(minutes=number))
        arrivals.take(row._replace(known_at=row.known_at + timedelta(minutes=20 * (number == 7))))
    assert arrivals.within == timedelta(minutes=40)


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
