"""How much of a dense day is expected when some of its slots failed."""

from datetime import timedelta

import pytest

from bot.domain.evidence.coverage import FilledDate, usual_rows
from bot.domain.evidence.runs import Category, Status
from tests.support.days import SLOT, day, run

EARLIER = [FilledDate(rows=160, games=2, loads=16)] * 10


@pytest.mark.parametrize(
    ("slots", "failed", "expected"),
    [(16, 0, 160), (16, 1, 150), (16, 2, 140), (16, 3, 130), (16, 12, 80), (8, 1, 140), (8, 2, 160), (8, 3, 100)],
)
def test_slots_that_failed_are_expected_less_where_someone_is_told(slots: int, failed: int, expected: float) -> None:
    """Two of eight are a quarter of the day, of which no failure would tell: the day is judged as a whole."""
    hours = [SLOT - timedelta(hours=slots - place) for place in range(slots)]
    runs = [run(Status.FAILED, 0, hour, Category.PROCESSING_ERROR) for hour in hours[:failed]]
    made = day(slots=tuple(hours), runs=[*runs, *(run(records=10, start=hour) for hour in hours[failed:])])
    earlier = [one._replace(loads=slots) for one in EARLIER]
    assert usual_rows(made, earlier) == pytest.approx(expected)
