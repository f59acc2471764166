"""A date for which every run has failed lacks its data, for everybody who asks, where no table tells of it."""

from pathlib import Path

import pytest

from bot.domain.evidence.freshness import Staleness
from bot.domain.verdicts.judge import Verdict
from tests.scenarios.test_recorded import DAYS, NEW, TWICE, Team, daily, due_of_new
from tests.support.builders import Row, at, failed, run

LOST, UNTOLD = (Verdict.PROCESSOR_FAILED, Staleness.NO_DATA), (Verdict.UNKNOWN, Staleness.UNKNOWN)
OK = (Verdict.OK, Staleness.FRESH)
UNTRACED = {key: value for key, value in NEW.items() if key != "table"}


def known(folder: Path, told: Row, new: Row = UNTRACED) -> Team:
    """Every date but the last two is well; its table, if the registry names one, was never seen."""
    made = Team(folder, [TWICE, new])
    runs, loads = daily("Twice", "t.twice", DAYS, 11.2, 23.2)
    made.load([*runs, *(run(f"New{day}", "New", start=13.2, day=day) for day in DAYS[:3]), told], loads)
    return made


def said(team: Team) -> tuple[Verdict, Staleness]:
    return team.verdict("New", DAYS[3]).verdict, team.stale("New", DAYS[3])


def attempt(name: str, start: float, **other: object) -> Row:
    return failed(name, "New", "error", "ValueError: DNP", start=start, day=DAYS[3], **other)


@pytest.mark.parametrize("new", [UNTRACED, NEW])
def test_all_say_that_it_is_missing(tmp_path: Path, new: Row) -> None:
    made = known(tmp_path, attempt("first", 13.2), new)
    assert said(made) == LOST
    assert due_of_new(made) == (5, 3, 0)
    [reason] = [reason.text for reason in made.health().reasons if reason.name == "dates_missing"]
    assert "18 Jan" in reason
    assert "New" in made.found()


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (run("worked", "New", start=15, day=DAYS[3]), OK),
        (run("quiet", "New", start=15, day=DAYS[3], records_processed=None), UNTOLD),
        (run("polled", "New", start=15, day=DAYS[3], records_processed=0, trigger="poll"), UNTOLD),
        (attempt("none", 15, failure_category="no_data_available"), UNTOLD),
        (attempt("early", 12, failure_category="no_data_available", inserted_at=at(16, DAYS[3])), LOST),
        (attempt("late", 15), LOST),
        (attempt("first", 13.2, status="success", records_processed=None, inserted_at=at(16, DAYS[3])), UNTOLD),
    ],
)
def test_what_comes_later_decides(tmp_path: Path, later: Row, expected: tuple[Verdict, Staleness]) -> None:
    made = known(tmp_path, attempt("first", 13.2))
    made.load([later], [])
    assert said(made) == expected


def test_a_success_that_is_taken_back_leaves_a_failure(tmp_path: Path) -> None:
    made = known(tmp_path, run("first", "New", start=13.2, day=DAYS[3], records_processed=None))
    assert said(made) == UNTOLD
    made.load([attempt("first", 13.2, inserted_at=at(16, DAYS[3]))], [])
    assert said(made) == LOST
