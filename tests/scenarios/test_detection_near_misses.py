"""What looks like trouble and is none: nothing is said of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.detection.streaks import Dependents
from bot.domain.detection.watch import Watch
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.incidents.decisions import Decision
from bot.domain.platform.accepted_losses import AcceptedLoss, AcceptedLosses
from tests.support.pipeline_days import DAY, later
from tests.support.pipeline_notified import decisions, messages, the_one
from tests.support.pipeline_troubles import Incident


@pytest.mark.parametrize("name", ["PlayByPlay", "Gamebook", "Features", "Coordinator"])
def test_two_failures_and_then_a_success(name: str) -> None:
    days = Incident()
    days.stumbles(name, 2, slot=1 if name in ("PlayByPlay", "Gamebook") else 0)
    assert messages(days) == []


def test_two_of_three_attempts_of_one_evening() -> None:
    """A day on which two slots fail once is no streak and no spike."""
    days = Incident()
    days.stumbles("PlayByPlay", 1, slot=1)
    days.stumbles("PlayByPlay", 1, slot=3)
    assert messages(days) == []


def test_two_failing_occasions_of_a_dense_processor() -> None:
    days = Incident()
    days.stumbles("Odds", 1, slot=3)
    days.stumbles("Odds", 1, slot=8)
    assert messages(days) == []


def test_one_run_into_its_limit() -> None:
    days = Incident()
    good = days.runs["Features", DAY][0]
    cut = days.failed("Features", DAY, good.started_at, seconds=1_803, recorded=Category.TIMEOUT)
    again = later(good, timedelta(minutes=32))._replace(run_id="again", trigger="retry", attempt=2)
    days.runs["Features", DAY][0:1] = [cut, again]
    days.loads["Features", DAY][0] = days.loads["Features", DAY][0]._replace(known_at=again.known_at)
    assert messages(days) == []


def test_a_long_run_that_is_alive() -> None:
    days = Incident()
    days.slows("Features", 15, days=1)
    assert (days.runs["Features", DAY][0].seconds or 0) > 1_000
    assert messages(days, ahead=1) == []


@pytest.mark.parametrize("hours", [0.5, 1.5, 2.9])
def test_a_row_that_is_written_late_while_the_table_shows_its_load(hours: float) -> None:
    days = Incident()
    days.row_is_late("Features", hours)
    assert messages(days) == []


@pytest.mark.parametrize("hours", [0.4, 1.4])
def test_the_row_of_a_skip_that_is_written_late(hours: float) -> None:
    days = Incident()
    *kept, skip = days.runs["Features", DAY]
    days.runs["Features", DAY] = [*kept, skip._replace(known_at=skip.known_at + timedelta(hours=hours))]
    assert messages(days) == []


def test_an_early_slot_that_has_only_a_part() -> None:
    """At 23:00 ET six tenths of the rows are there; the rest comes, the last of it four minutes late."""
    days = Incident()
    days.change("BoxScores", DAY, lambda run: later(run, timedelta(minutes=4)))
    assert messages(days) == []


@pytest.mark.parametrize("share", [0.91, 0.97, 1.2])
def test_nearly_all_of_the_usual_rows(share: float) -> None:
    days = Incident()
    days.brings_only("BoxScores", share)
    assert messages(days) == []


@pytest.mark.parametrize("factor", [4.0, 6.0])
def test_one_slow_run(factor: float) -> None:
    days = Incident()
    days.slows("BoxScores", factor, days=1, most=1)
    assert messages(days, ahead=1) == []


def test_a_run_of_hardly_longer_runs() -> None:
    days = Incident()
    days.slows("BoxScores", 1.12)
    assert messages(days, ahead=2) == []


def test_five_processors_that_fail_at_once_and_recover() -> None:
    days = Incident()
    for name in ("PlayByPlay", "Injuries", "Referees", "Shots", "Tracking"):
        days.stumbles(name, 2)
    assert messages(days) == []


def test_a_run_that_starts_forty_minutes_late() -> None:
    days = Incident()
    days.is_late("Standings", 40 / 60)
    assert messages(days) == []


def test_the_ordinary_noise_of_a_poller() -> None:
    """Unrecorded, worded like faults, and a few real ones between them."""
    days = Incident()
    polls = [run for run in days.runs["Poller", DAY] if run.trigger == "poll"]
    for place, poll in enumerate(polls):
        at = days.runs["Poller", DAY].index(poll)
        real = Category.PROCESSING_ERROR if place % 12 == 0 else None
        days.runs["Poller", DAY][at] = poll._replace(recorded=real, hinted=real)
    assert messages(days) == []


def test_a_processor_that_fails_because_its_upstream_is_empty() -> None:
    """Worded and recorded as faults of their own: the one message is about the root."""
    days = Incident()
    days.finds_nothing("Gamebook")
    for name in ("Summary", "Features"):
        runs = days.runs[name, DAY]
        days.runs[name, DAY] = [run._replace(recorded=None, hinted=None) for run in runs]
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.root) == (Kind.ZERO_RECORDS_PROCESSOR, "Gamebook")


def test_a_skip_whose_data_is_there() -> None:
    """The ordinary second slot of the chain, many times over."""
    days = Incident()
    assert any(run.records == 0 for run in days.runs["Features", DAY])
    assert messages(days) == []


@pytest.mark.parametrize("accepted", [True, False])
def test_a_loss_that_the_team_has_accepted(accepted: bool) -> None:
    days = Incident()
    days.finds_nothing("PlayByPlay")
    loss = AcceptedLoss(processor="PlayByPlay", first=DAY, last=DAY, reason="the source deleted it")
    noon = days.slots("Standings")[0]
    until = noon + timedelta(days=2)
    losses = AcceptedLosses((loss,) if accepted else ())
    decided = decisions(days.registry, days.observed(), noon, until, accepted=losses)
    assert bool(decided) is not accepted


def test_a_game_that_goes_on_after_the_last_slot() -> None:
    days = Incident()
    days.finds_nothing("PlayByPlay")
    last = days.slots("PlayByPlay")[-1]
    told = _with_games_until(days, last + timedelta(hours=3))
    assert told[0].finding.kind is Kind.ZERO_RECORDS_PROCESSOR
    assert timedelta(0) <= told[0].at - (last + timedelta(hours=3)) <= timedelta(minutes=20)


def test_games_that_were_put_off() -> None:
    days = Incident()
    for name in ("PlayByPlay", "Shots", "Tracking"):
        days.finds_nothing(name)
    assert _with_games_until(days, None) == []


def _with_games_until(days: Incident, over_at: datetime | None) -> list[Decision]:
    noon, seen = days.slots("Standings")[0], days.observed()
    games = tuple(game._replace(final_at=over_at) if game.data_date == DAY else game for game in seen.games)
    return decisions(days.registry, replace(seen, games=games), noon, noon + timedelta(days=2))


def test_what_depends_on_a_healthy_date_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among 10,000 processors each look at what depends on one may be thousands of dates."""
    looked, real = list[str](), Watch._dependents

    def noted(self: Watch, day: ProcessorDate) -> Dependents:
        looked.append(day.processor.name)
        return real(self, day)

    monkeypatch.setattr(Watch, "_dependents", noted)
    assert messages(Incident()) == []
    assert looked == []
