"""Which dates wait for the end of a game, and for how long."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import Game, Observed
from tests.support.pipeline_fleet import fleet

DATE = date(2026, 1, 15)
MIDNIGHT = datetime(2026, 1, 15, tzinfo=UTC)
GIVEN_UP = MIDNIGHT + timedelta(hours=36)
STARTED = {"PlayByPlay": MIDNIGHT - timedelta(days=20)}
BEFORE = [Game(DATE - timedelta(days=n), MIDNIGHT - timedelta(days=n) + timedelta(hours=28)) for n in range(1, 30)]


def waits_until(name: str, *finals: datetime | None) -> datetime | None:
    """Other dates' games have ended 28 hours after their date began."""
    games = (*BEFORE, *(Game(DATE, final) for final in finals))
    history = PipelineHistory(fleet(), Observed((), (), (), games, ()))
    history.at(MIDNIGHT + timedelta(days=3))
    return history.day(name, DATE).games_over_at


@pytest.mark.parametrize("late", [timedelta(hours=31), timedelta(hours=34)])
def test_after_the_games_all_of_them_are_waited_for(late: timedelta) -> None:
    assert waits_until("PlayByPlay", MIDNIGHT + timedelta(hours=27), MIDNIGHT + late) == MIDNIGHT + late


def test_a_game_without_an_end_is_given_up() -> None:
    assert waits_until("PlayByPlay", MIDNIGHT + timedelta(hours=27), None) == GIVEN_UP
    assert waits_until("PlayByPlay", MIDNIGHT + timedelta(hours=50)) == GIVEN_UP


def test_nobody_waits_without_games_or_before_they_usually_end() -> None:
    assert waits_until("PlayByPlay") is None
    assert waits_until("NewsScraper", None) == GIVEN_UP
    assert waits_until("Standings", None) is None, "its data do not come from games"
    early = fleet().model_copy(
        update={"processors": tuple(p.model_copy(update={"schedule_hours_et": (16.0,)}) for p in fleet().processors)}
    )
    games = (*BEFORE, Game(DATE, None))
    assert PipelineHistory(early, Observed((), (), (), games, ())).day("PlayByPlay", DATE).games_over_at is None


def test_where_ends_are_never_reported_time_alone_speaks() -> None:
    games = tuple(Game(DATE - timedelta(days=n), None) for n in range(5))
    assert PipelineHistory(fleet(), Observed((), (), (), games, ())).day("PlayByPlay", DATE).games_over_at is None


def test_nothing_is_due_for_games_that_were_given_up() -> None:
    games = (*BEFORE, Game(DATE, None), Game(DATE, MIDNIGHT + timedelta(hours=28)), Game(DATE, None))
    picture = PipelineHistory(fleet(), Observed((), (), (), games, (), starts=STARTED))
    assert (picture.day("PlayByPlay", DATE).games, picture.day("PlayByPlay", DATE).expected) == (3, True)
    picture.at(GIVEN_UP)
    assert (picture.day("PlayByPlay", DATE).games, picture.day("PlayByPlay", DATE).expected) == (1, True)


def test_a_date_whose_games_were_all_put_off_is_off() -> None:
    picture = PipelineHistory(fleet(), Observed((), (), (), (*BEFORE, Game(DATE, None)), (), starts=STARTED))
    picture.at(GIVEN_UP - timedelta(seconds=1))
    assert picture.day("PlayByPlay", DATE).expected
    picture.at(GIVEN_UP)
    assert picture.day("PlayByPlay", DATE).expected is False


def test_who_does_not_wait_for_games_learns_that_they_were_put_off() -> None:
    early = fleet().model_copy(
        update={"processors": tuple(p.model_copy(update={"schedule_hours_et": (16.0,)}) for p in fleet().processors)}
    )
    picture = PipelineHistory(early, Observed((), (), (), (*BEFORE, Game(DATE, None)), (), starts=STARTED))
    assert picture.day("PlayByPlay", DATE).expected
    picture.at(GIVEN_UP)
    assert picture.day("PlayByPlay", DATE).expected is False
