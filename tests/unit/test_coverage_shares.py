"""How much of a dense day is expected when some of its slots failed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.evidence.coverage import ExpectedRows, FilledDate, expected_rows, expected_unreported
from bot.domain.evidence.runs import Category, Status
from bot.domain.platform.judgement import STANDARD
from bot.domain.platform.registry import ExpectedRecords
from tests.support.builders import DAY
from tests.support.days import SLOT, day, processor, run

EARLIER = [FilledDate(day=DAY, rows=160, games=2, loads=16)] * 10


@pytest.mark.parametrize(
    ("slots", "failed", "expected"),
    [(16, 0, 160), (16, 1, 150), (16, 2, 140), (16, 3, 130), (16, 12, 80), (8, 1, 140), (8, 2, 160), (8, 3, 100)],
)
def test_slots_that_failed_are_expected_less_where_someone_is_notified(
    slots: int, failed: int, expected: float
) -> None:
    """Two of eight are a quarter of the day, of which no failure would tell: the day is judged as a whole."""
    hours = [SLOT - timedelta(hours=slots - place) for place in range(slots)]
    runs = [run(Status.FAILED, 0, hour, Category.PROCESSING_ERROR) for hour in hours[:failed]]
    made = day(slots=tuple(hours), runs=[*runs, *(run(records=10, start=hour) for hour in hours[failed:])])
    earlier = [one._replace(loads=slots) for one in EARLIER]
    known = expected_unreported(made, earlier)
    assert known is not None
    assert known.rows == pytest.approx(expected)
    assert not known.least


WEEKS = [date(2026, 1, 14) - timedelta(days=back) for back in range(30)]
"""Before Thursday, 15 January."""


def daily(rows: Callable[[date], int], on: date, before: int = 30, minimum: float | None = None) -> float | None:
    """What is usual on a date of a processor that brings something every day."""
    expected = {"per_game": False, "min": minimum}
    made = replace(day(processor=processor(expected_records=expected)), data_date=on)
    earlier = [FilledDate(past, rows(past), 0, 1) for past in WEEKS[:before] if past < on]
    known = expected_unreported(made, earlier)
    return None if known is None else known.rows


def smaller_on_weekends(past: date) -> int:
    return 600 if past.weekday() >= 5 else 1_000


@pytest.mark.parametrize(("on", "expected"), [(date(2026, 1, 15), 1_000), (date(2026, 1, 17), 600)])
def test_what_is_usual_is_told_by_the_weekday(on: date, expected: float) -> None:
    assert daily(smaller_on_weekends, on) == pytest.approx(expected)


def test_the_first_weekend_has_no_measure_but_the_stated_minimum() -> None:
    saturday, working = date(2026, 1, 10), 5
    assert daily(smaller_on_weekends, saturday, before=4 + working) is None
    assert daily(smaller_on_weekends, saturday, before=4 + working, minimum=400) == 400


def test_what_is_stated_as_the_least_is_a_floor_and_said_as_stated() -> None:
    """A loss that lasts becomes what is usual; not what is stated."""
    lost = [FilledDate(past, 150, 1, 1) for past in WEEKS]
    known = [expected_rows(DAY, ExpectedRecords(min=least), 2, lost, STANDARD) for least in (100, 200)]
    assert known == [ExpectedRows(300, least=False), ExpectedRows(400, least=True)]
    assert [str(each) for each in known] == ["about 300", "at least 400"]
    assert str(expected_rows(DAY, ExpectedRecords(min=200), 1, [], STANDARD)) == "at least 200"


@pytest.mark.parametrize(("weekends", "expected"), [(1, None), (2, 600), (3, 600)])
def test_a_usual_from_one_date_is_no_usual(weekends: int, expected: float | None) -> None:
    assert daily(smaller_on_weekends, date(2026, 1, 17), before=7 * weekends - 2) == expected


def test_what_a_weekday_has_had_before_is_no_loss() -> None:
    uneven = {0: 1_000, 7: 700, 14: 1_000, 21: 1_000, 28: 1_000}
    rows = daily(lambda past: uneven.get((date(2026, 1, 8) - past).days, 1_000), date(2026, 1, 15))
    assert rows == pytest.approx(700 / 0.9)
