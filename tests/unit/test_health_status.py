"""The colour of a row and its named reasons."""

import pytest

from bot.domain.evidence.runs import Status
from bot.domain.health.model import Because, Colour, DueDates, Durations, HealthReason, Tally, Window
from bot.domain.health.report import Measured, Period, Scope, assess
from bot.domain.health.status import status_of
from bot.domain.health.undue import unseen, unseen_by_name
from tests.support.health_reports import AS_OF, REGISTRY, TARGETS, ran

NO_DURATIONS = (None, None)
NOT_DUE = DueDates("Box", 0, 0)


def tally(succeeded: int = 0, real: int = 0, unknown: int = 0, expected: int = 0) -> Tally:
    failed = real + unknown + expected
    return Tally(
        runs=succeeded + failed, succeeded=succeeded, failed=failed, real=real, unknown=unknown, expected=expected
    )


def timed(p95: float) -> Durations:
    return Durations("Box", 2, p95 / 2, p95, p95 * 2)


@pytest.mark.parametrize(
    ("row", "due", "target", "colour", "names"),
    [
        (tally(), NOT_DUE, 0.95, Colour.GREY, []),
        (tally(), DueDates("Box", 1, 1), 0.95, Colour.YELLOW, ["nothing_succeeded"]),
        (tally(), DueDates("Box", 2, 1), 0.95, Colour.RED, ["nothing_succeeded"]),
        (tally(), DueDates("Box", 1, 0, unknown=1), 0.95, Colour.RED, ["nothing_succeeded"]),
        (tally(expected=50), DueDates("Box", 2, 0), 0.95, Colour.RED, ["nothing_succeeded"]),
        (tally(expected=50), NOT_DUE, 0.95, Colour.GREEN, []),
        (tally(succeeded=49, real=51), NOT_DUE, 0.95, Colour.RED, ["mostly_failing"]),
        (tally(succeeded=50, unknown=50), NOT_DUE, 0.95, Colour.YELLOW, ["below_target"]),
        (tally(succeeded=49, unknown=51), NOT_DUE, None, Colour.RED, ["mostly_failing"]),
        (tally(succeeded=94, real=6), NOT_DUE, 0.95, Colour.YELLOW, ["below_target"]),
        (tally(succeeded=95, real=5), NOT_DUE, 0.95, Colour.GREEN, []),
        (tally(succeeded=95, real=5), NOT_DUE, None, Colour.GREEN, []),
        (tally(succeeded=1, expected=99_999), NOT_DUE, 0.95, Colour.GREEN, []),
        (tally(real=1), NOT_DUE, None, Colour.RED, ["mostly_failing"]),
    ],
)
def test_the_colour(row: Tally, due: DueDates, target: float | None, colour: Colour, names: list[str]) -> None:
    found, findings = status_of("Box", row, Tally(), NO_DURATIONS, due, target)
    assert (found, [finding.name for finding in findings]) == (colour, names)
    assert all(finding.subject == "Box" and finding.text.startswith("Box: ") for finding in findings)


@pytest.mark.parametrize(
    ("succeeded", "before", "now", "colour"),
    [(20, 100.0, 121.0, Colour.YELLOW), (20, 100.0, 119.0, Colour.GREEN), (19, 100.0, 900.0, Colour.GREEN)],
    ids=["slower", "hardly slower", "too few runs"],
)
def test_slower_than_the_baseline_is_an_early_warning(
    succeeded: int, before: float, now: float, colour: Colour
) -> None:
    durations = (timed(now), timed(before))
    found, findings = status_of("Box", tally(succeeded), tally(500), durations, NOT_DUE, 0.95)
    assert found is colour
    assert [finding.name for finding in findings] == (["slower_than_baseline"] if colour is Colour.YELLOW else [])


def test_failing_more_than_usual_needs_enough_runs() -> None:
    usual = tally(succeeded=970, real=30)
    _, few = status_of("Box", tally(succeeded=9, real=1), usual, NO_DURATIONS, NOT_DUE, 0.5)
    _, many = status_of("Box", tally(succeeded=900, real=100), usual, NO_DURATIONS, NOT_DUE, 0.5)
    assert few == ()
    assert [finding.name for finding in many] == ["failing_more_than_baseline"]


def test_dates_due_that_nobody_can_tell_of_keep_the_whole_and_their_row_from_green() -> None:
    due = [DueDates("Box", 5, 4, unknown=1), DueDates("New", 3, 0, unknown=3), DueDates("Lost", 4, 2)]
    text = "Whether data is there is unknown for 4 dates due of Box, New."
    assert list(unseen(due)) == [HealthReason(Because.DATA_UNKNOWN, "Box", text)]
    rows = unseen_by_name(due)
    assert rows.keys() == {"Box", "New"}
    assert rows["New"][0].text == "New: whether its data is there is unknown for 3 of 3 dates due."
    assert not list(unseen(due[2:]))


def test_who_fails_today_without_being_registered_is_neither_green_nor_left_out() -> None:
    good = [ran(processor.name, 9) for processor in REGISTRY.processors]
    failing = [ran("Newcomer", 4, status=Status.FAILED), ran("Newcomer", 4)]
    today = Period([*good, failing[0]], ())
    measured = Measured(Period([*good, *failing], ()), Period((), ()), (), day=today)
    report = assess(measured, Scope(REGISTRY), TARGETS, Window.live(AS_OF, 7))
    assert next(row.status for row in report.processors if row.name == "Newcomer") is Colour.YELLOW
    assert report.overall is Colour.YELLOW
    texts = [reason.text for reason in report.reasons]
    assert texts == [
        "Newcomer ran but is not in the registry.",
        "Newcomer: 0.0% succeed in the last day (4 real failures, 4 of them unexplained).",
    ]
