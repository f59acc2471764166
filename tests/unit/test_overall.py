"""The colour of now: what it comes from, that it is never GREEN out of ignorance, and that each fact is said once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence.runs import Category
from bot.domain.health.model import Because, Colour, DueDates, HealthReason, HealthReport, HealthRequest, RunCount
from bot.views import health_words
from tests.support.health_reports import REGISTRY, failed, ran, report

BOX, GAMEBOOK, SCRAPER, SUMMARY = "NbacBoxscoreProcessor", "NbacGamebookProcessor", "NbacScraper", "TeamSummary"
ERROR = Category.PROCESSING_ERROR
WELL = [ran(SCRAPER, 100), ran(BOX, 100), ran(GAMEBOOK, 100), ran(SUMMARY, 100)]
BAD_WEEK = [*WELL, failed(GAMEBOOK, 300, ERROR)]


def texts(made: HealthReport) -> list[str]:
    return [reason.text for reason in made.reasons]


def test_a_bad_week_with_a_good_last_day_is_not_red_and_says_so() -> None:
    made = report(BAD_WEEK, day=WELL)
    assert made.overall is Colour.YELLOW
    said = "NbacGamebookProcessor: 25.0% succeed (300 real failures); 100.0% succeed in the last day."
    assert texts(made)[0] == said
    assert {row.name: row.status for row in made.processors}[GAMEBOOK] is Colour.RED, "over the window it is"


def test_a_phase_that_is_red_over_the_last_day_makes_the_whole_red() -> None:
    made = report([*WELL, failed(GAMEBOOK, 10, ERROR)], day=[ran(SCRAPER, 9), failed(GAMEBOOK, 10, ERROR)])
    assert made.overall is Colour.RED
    assert texts(made)[0] == ("phase 2: 0.0% succeed in the last day (10 real failures), all in NbacGamebookProcessor.")


def test_the_row_that_makes_the_whole_red_says_so() -> None:
    """Though over the window nearly all succeed."""
    made = report([*WELL, failed(GAMEBOOK, 2, ERROR)], day=[ran(SCRAPER, 9), failed(GAMEBOOK, 2, ERROR)])
    assert made.overall is Colour.RED
    (row,) = [row for row in made.phases if row.name == "phase 2"]
    assert (row.status, health_words.why(row)) == (Colour.YELLOW, "last day: most fail")


def test_one_processor_that_is_red_does_not_make_the_whole_red() -> None:
    made = report([*WELL, failed(GAMEBOOK, 10, ERROR)], day=[ran(BOX, 90), failed(GAMEBOOK, 10, ERROR)])
    assert made.overall is Colour.YELLOW


def test_nothing_that_succeeded_where_data_was_due_is_red() -> None:
    made = report(WELL, day=[ran(SCRAPER, 9)], day_due=[DueDates(SUMMARY, 1, 0)])
    assert (made.overall, made.reasons[0].name, made.reasons[0].subject) == (Colour.RED, "nothing_succeeded", "phase 3")


def test_a_processor_and_a_phase_have_a_colour_of_now_of_their_own() -> None:
    day = [ran(SCRAPER, 9), ran(BOX, 90), failed(GAMEBOOK, 10, ERROR)]
    box = report(BAD_WEEK, HealthRequest(processor=BOX), day=day)
    assert box.overall is Colour.GREEN
    gamebook = report(BAD_WEEK, HealthRequest(processor=GAMEBOOK), day=day)
    assert gamebook.overall is Colour.RED
    assert report(BAD_WEEK, HealthRequest(phase=1), day=day).overall is Colour.GREEN


def test_what_ran_without_being_registered_is_yellow() -> None:
    made = report([*WELL, ran("Newcomer", 3)], day=WELL)
    assert (made.overall, [reason.name for reason in made.reasons]) == (Colour.YELLOW, ["not_registered"])
    assert texts(made) == ["Newcomer ran but is not in the registry."]


def test_nothing_ran_and_nothing_was_due_is_grey() -> None:
    assert report(day=[]).overall is Colour.GREY
    assert report(day=[]).reasons[0].name == "nothing_ran"


UNSURE = (Because.STATE_UNREADABLE, Because.FLEET_SILENT, Because.NO_NEW_DATA, Because.DID_NOT_RUN)
COUNTS = st.lists(
    st.builds(
        lambda name, runs, well: ran(name, runs) if well else failed(name, runs, ERROR),
        st.sampled_from([BOX, GAMEBOOK, SCRAPER, SUMMARY, "Newcomer"]),
        st.integers(1, 50),
        st.booleans(),
    ),
    max_size=6,
)


@pytest.mark.parametrize("name", UNSURE)
def test_what_is_unknown_is_never_green(name: Because) -> None:
    made = report(WELL, day=WELL, unsure=[HealthReason(name, "x", "It cannot be told.")])
    assert (made.overall, texts(made)) == (Colour.YELLOW, ["It cannot be told."])
    assert report(day=[], unsure=[HealthReason(name, "x", "It cannot be told.")]).overall is Colour.GREY


@given(COUNTS, COUNTS)
def test_every_colour_has_its_reasons_each_once(counts: list[RunCount], day: list[RunCount]) -> None:
    made = report(counts, day=day)
    assert made.reasons
    assert len(set(texts(made))) == len(made.reasons)
    ill = any(row.status in (Colour.RED, Colour.YELLOW) for row in (*made.phases, *made.processors))
    if made.overall is Colour.GREEN:
        assert not ill
        assert [reason.name for reason in made.reasons] == ["all_well"]
    if ill:
        assert made.overall in (Colour.RED, Colour.YELLOW)
    about = {reason.subject for reason in made.reasons}
    for row in made.processors:
        phase = f"phase {row.phase}"
        if row.status in (Colour.RED, Colour.YELLOW):
            assert {row.name, phase} & about, "nothing that is not well goes unsaid"


def test_what_comes_of_one_processor_is_said_of_that_processor() -> None:
    made = report([*WELL, failed(GAMEBOOK, 40, ERROR)], day=WELL)
    assert [reason.subject for reason in made.reasons] == [GAMEBOOK]


def test_what_several_share_is_said_of_their_phase() -> None:
    made = report([*WELL, failed(GAMEBOOK, 40, ERROR), failed(BOX, 20, ERROR)], day=WELL)
    assert [reason.subject for reason in made.reasons] == ["phase 2"]
    assert "40 of 60 real failures in NbacGamebookProcessor; 100.0% succeed in the last day" in texts(made)[0]


def test_the_rate_of_the_window_is_next_to_it() -> None:
    made = report(BAD_WEEK, day=WELL)
    assert made.total.success_rate == pytest.approx(400 / 700)
    assert made.last_day is not None
    assert made.last_day.success_rate == 1.0
    assert {row.name for row in made.processors} == {processor.name for processor in REGISTRY.processors}


def test_a_window_of_one_day_is_said_once() -> None:
    runs = [ran(GAMEBOOK, 90), failed(GAMEBOOK, 10, Category.PROCESSING_ERROR)]
    assert texts(report(runs, day=runs))[0] == "NbacGamebookProcessor: 90.0% succeed, target 95.0%."
