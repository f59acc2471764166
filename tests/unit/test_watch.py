"""The verdict of a watch: by intervals that do not touch, and never by fewer than five."""

from datetime import date, time

import pytest

from bot.domain.errors import BadInput
from bot.domain.reports.watch import Share, Verdict, begun, check_days
from bot.views import watch
from tests.support.review_cards import SUNDAY, WATCH, watched
from tests.support.rotas import NEW_YORK, eastern

TODAY = date(2026, 1, 18)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (Share(5, 5), Share(0, 5), Verdict.BETTER),
        (Share(0, 5), Share(5, 5), Verdict.WORSE),
        (Share(5, 5), Share(0, 4), Verdict.EARLY),
        (Share(4, 4), Share(0, 500), Verdict.EARLY),
        (Share(3, 5), Share(1, 5), Verdict.NOT_BETTER),
        (Share(0, 500), Share(0, 500), Verdict.NOT_BETTER),
        (Share(50, 100), Share(30, 100), Verdict.BETTER),
        (Share(50, 100), Share(45, 100), Verdict.NOT_BETTER),
    ],
)
def test_a_share_against_the_one_before(before: Share, after: Share, verdict: Verdict) -> None:
    assert after.against(before) is verdict


def test_what_is_worse_outdoes_and_no_difference_is_too_early_while_days_are_to_come() -> None:
    assert [watched(after, bad).verdict for after, bad in ((5, 0), (2, 0), (1, 0), (5, 4))] == [
        Verdict.BETTER,
        Verdict.BETTER,
        Verdict.EARLY,
        Verdict.NOT_BETTER,
    ]


def test_a_watch_that_makes_no_sense() -> None:
    for days in (0, 31):
        with pytest.raises(BadInput, match="Give 1 to 30 days"):
            check_days("Box", TODAY, days, TODAY)
    with pytest.raises(BadInput, match="has not come yet"):
        check_days("Box", date(2026, 1, 19), 5, TODAY)


def test_its_result_comes_when_the_digest_does_on_the_day_after_the_last() -> None:
    made = begun("Box", date(2026, 3, 5), 5, "Ana", "C1", SUNDAY, time(7), NEW_YORK)
    assert made.ends_at == eastern(2026, 3, 10, 7)  # a night on which clocks change lies between
    same = begun("Box", date(2026, 3, 5), 5, "Ben", "C1", SUNDAY, time(7), NEW_YORK)
    other = begun("Box", date(2026, 3, 5), 5, "Ana", "C2", SUNDAY, time(7), NEW_YORK)
    assert (same.id == made.id, other.id == made.id) == (True, False)


def test_each_line_is_narrow_enough_for_a_phone() -> None:
    assert max(map(len, watch.table(watched(5)))) <= 38
    assert watch.gone(WATCH, "Nobody <knows>.").endswith("no result. Nobody &lt;knows&gt;.")
