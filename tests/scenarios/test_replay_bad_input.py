"""History as real exports damage it: what cannot be told is said, and nothing is told for want of evidence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.detection.watch import Watch
from bot.domain.errors import BadInput
from bot.domain.evidence.observation import Observed, Timeline
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.findings.finding import FLEET
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Registry
from bot.domain.platform.schedule import Active
from bot.domain.verdicts.judge import Judged, Verdict
from tests.support import builders
from tests.support.pipeline_days import DAY, PipelineDays
from tests.support.pipeline_notified import decisions, messages, the_one
from tests.support.pipeline_troubles import Incident
from tests.support.small_world import loaded

Told = list[tuple[Kind, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A row of each file."""
    announced, start = builders.at(1), builders.at(2)
    window = {"kind": "backfill", "processors": ["Box"], "start": start, "end": start, "announced_at": announced}
    world = builders.World([builders.run("a")], [builders.loaded()], [builders.raw_file()], [builders.game()], [window])
    return world.write(tmp_path)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("table_loads.parquet", "no table_loads file: cannot tell whether a table has its rows"),
        ("raw_files.parquet", "no raw_files file: cannot tell whether a source delivered"),
        ("game_schedule.parquet", "no game_schedule file: cannot tell which dates have games"),
        ("planned_windows.json", "no planned_windows file: cannot tell planned backfills and maintenance"),
    ],
)
def test_a_missing_file_is_named_with_what_is_unknown(folder: Path, file: str, said: str) -> None:
    (folder / file).unlink()
    _, observed, report = loaded(folder)
    assert [warning for warning in report.warnings if warning.startswith(said)]
    assert observed.seen is not None
    kinds = (bool(observed.seen.tables), bool(observed.seen.sources), observed.seen.calendar)
    assert kinds == (file[:5] != "table", file[:3] != "raw", file[:4] != "game")


def test_a_history_without_runs_is_refused(folder: Path) -> None:
    (folder / "runs.parquet").unlink()
    with pytest.raises(BadInput, match="there is no runs file"):
        loaded(folder)


@pytest.mark.parametrize(
    ("lacking", "name", "words"),
    [
        ("loads", "PlayByPlay", "table loads"),
        ("files", "NewsScraper", "raw files"),
        ("games", "PlayByPlay", "the games of that date"),
    ],
)
def test_an_empty_date_without_the_evidence_is_unknown_and_says_what_lacks(lacking: str, name: str, words: str) -> None:
    days = Incident()
    days.finds_nothing("PlayByPlay")
    days.has_no_file("news")
    judged = _verdict(days.registry, _without(days, lacking), name)
    assert judged == (Verdict.UNKNOWN, f"cannot be judged without {words}")


@pytest.mark.parametrize("lacking", ["loads", "files", "games"])
def test_nothing_is_reported_of_healthy_days_for_want_of_evidence(lacking: str) -> None:
    days = Incident()
    assert _told(days, _without(days, lacking)) == []


@pytest.mark.parametrize("lacking", ["loads", "files"])
def test_failures_are_reported_without_evidence_too(lacking: str) -> None:
    days = Incident()
    days.fails("PlayByPlay")
    assert _told(days, _without(days, lacking)) == [(Kind.REPEATED_FAILURE, "PlayByPlay")]


def test_without_files_an_empty_table_is_reported_as_empty() -> None:
    days = Incident()
    days.has_no_file("plays")
    assert _told(days, _without(days, "files")) == [(Kind.ZERO_RECORDS_PROCESSOR, "PlayByPlay")]


@pytest.mark.parametrize("hours", [4, 9, 30])
def test_a_history_that_stops_arriving_is_one_message(hours: float) -> None:
    """Rows, loads and files of some hours are lost: one message for all that is missing; what is not there a day later
    is reported by itself.
    """
    days = Incident()
    begin = days.slots("PlayByPlay")[0] - timedelta(minutes=30)
    told = _told(days, _gap(days.observed(), begin, begin + timedelta(hours=hours)))
    assert told[:1] == [(Kind.SOURCE_BLIND, FLEET)]
    assert set(told[1:]) <= {(Kind.MISSING_RUN, "Coordinator"), (Kind.PARTIAL_COVERAGE, "Standings")}


def test_a_gap_between_slots_is_not_noticed() -> None:
    days = Incident()
    begin = days.slots("BoxScores")[-1] + timedelta(minutes=50)
    shorter = _gap(days.observed(), begin, begin + timedelta(minutes=20))
    assert _told(days, shorter) == []


@pytest.mark.parametrize("minutes", [-9, 5])
def test_clocks_that_are_wrong_by_minutes(minutes: int) -> None:
    """Rows are written before their runs end, or late."""
    days = Incident()
    days.finds_nothing("PlayByPlay")
    by = timedelta(minutes=minutes)
    seen = days.observed()
    skewed = tuple(
        run._replace(known_at=run.known_at + by) if run.processor < "M" or run.processor == "PlayByPlay" else run
        for run in seen.runs
    )
    assert _told(days, replace(seen, runs=skewed)) == [(Kind.ZERO_RECORDS_PROCESSOR, "PlayByPlay")]


def test_duplicated_rows_count_once() -> None:
    """Two failures written twice are no four in a row; three written twice are one incident."""
    for attempts, wanted in ((2, []), (3, [(Kind.REPEATED_FAILURE, "PlayByPlay")])):
        days = Incident()
        if attempts == 2:
            days.stumbles("PlayByPlay", 2)
        else:
            days.fails("PlayByPlay")
        seen = days.observed()
        again = tuple(run._replace(known_at=run.known_at + timedelta(minutes=n % 2)) for n, run in enumerate(seen.runs))
        twice = replace(seen, runs=seen.runs + again, loads=seen.loads * 2, files=seen.files * 2)
        assert _told(days, twice) == wanted


def test_rows_from_the_future_change_nothing_before_it() -> None:
    days = Incident()
    days.fails("PlayByPlay")
    seen = days.observed()
    ahead = timedelta(days=400)
    odd = tuple(
        run._replace(
            run_id=f"f{run.run_id}",
            data_date=run.data_date + ahead,
            started_at=run.started_at + ahead,
            ended_at=None,
        )
        for run in seen.runs[::50]
    )
    assert _told(days, replace(seen, runs=seen.runs + odd)) == [(Kind.REPEATED_FAILURE, "PlayByPlay")]


def test_runs_of_processors_that_the_registry_does_not_know_are_passed_over() -> None:
    days = Incident()
    days.fails("PlayByPlay")
    seen = days.observed()
    known = tuple(each for each in days.registry.processors if each.name not in ("Shots", "Roster"))
    days.registry = Registry(processors=known)
    assert _told(days, seen) == [(Kind.REPEATED_FAILURE, "PlayByPlay")]


def test_a_processor_in_service_that_never_ran_is_missing_once() -> None:
    """Told at its first slot; the days after are the same incident."""
    days = Incident()
    days.amend("Standings", active=Active.model_validate({"from": days.dates[0]}))
    for when in days.dates:
        days.runs["Standings", when], days.loads["Standings", when] = [], []
    told = the_one(messages(days, ahead=1))
    assert (told.finding.kind, told.finding.root) == (Kind.MISSING_RUN, "Standings")


def _without(days: PipelineDays, lacking: str) -> Observed:
    gone: dict[str, Callable[[Observed], Observed]] = {
        "loads": lambda seen: replace(seen, loads=()),
        "files": lambda seen: replace(seen, files=()),
        "games": lambda seen: replace(seen, games=()),
    }
    return gone[lacking](days.observed())


def _gap(seen: Observed, begin: datetime, end: datetime) -> Observed:
    return replace(
        seen,
        runs=tuple(run for run in seen.runs if not begin <= run.started_at < end),
        loads=tuple(load for load in seen.loads if not begin <= load.known_at < end),
        files=tuple(file for file in seen.files if not begin <= file.known_at < end),
    )


def _told(days: PipelineDays, seen: Observed) -> Told:
    noon = days.slots("Standings")[0]
    decided: list[Decision] = decisions(days.registry, seen, noon, noon + timedelta(days=2))
    return [(each.finding.kind, each.finding.root) for each in decided if each.outcome is Outcome.ANNOUNCE]


def test_while_nothing_becomes_known_open_troubles_are_looked_at_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is dated months after the others is reached."""
    days = Incident()
    seen = days.observed()
    watch = Watch(days.registry, seen, SeverityPolicy(), AcceptedLosses(), StormPolicy())
    timeline, hour = Timeline(seen), datetime.combine(DAY + timedelta(days=9), time(12), UTC)
    troubles = [watch.tick(timeline.until(hour), hour)]
    asked, verdict = list[date](), watch.verdict

    def counted(day: ProcessorDate, now: datetime) -> Judged:
        asked.append(day.data_date)
        return verdict(day, now)

    monkeypatch.setattr(watch, "verdict", counted)
    for minutes in (10, 20, 30, 40, 50):
        now = hour + timedelta(minutes=minutes)
        troubles.append(watch.tick(timeline.until(now), now))
    assert [len(found) for found in troubles] == [len(troubles[0])] * 6
    assert troubles[0]
    assert asked == []
    now = hour + timedelta(hours=1)
    watch.tick(timeline.until(now), now)
    assert asked


def _verdict(registry: Registry, seen: Observed, name: str, day: date = DAY) -> tuple[Verdict, str]:
    watch = Watch(registry, seen, SeverityPolicy(), AcceptedLosses(), StormPolicy())
    now = max(run.known_at for run in seen.runs)
    watch.tick(Timeline(seen).until(now), now)
    judged = watch.verdict(watch.history.day(name, day), now)
    return judged.verdict, judged.because
