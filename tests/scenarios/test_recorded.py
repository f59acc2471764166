"""Nothing is due before a processor's own first trace, nor where no calendar tells; no answer is green by it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.detection.watch import Watch
from bot.domain.evidence.freshness import Staleness, staleness
from bot.domain.evidence.observation import Timeline
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.health.model import Colour, HealthReport, HealthRequest
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Verdict
from bot.domain.verdicts.validation import Validated, ValidationRequest
from bot.services.health import HealthService
from bot.services.replay import ALWAYS
from bot.services.validation import ValidationService
from tests.support.builders import DAY, Row, World, game, load, loaded, registry, run, warehouse

DAYS = [DAY + timedelta(days=ahead) for ahead in range(5)]
NOW = datetime(2026, 1, 20, 10, tzinfo=UTC)
TWICE: Row = {"name": "Twice", "phase": 1, "table": "t.twice", "schedule_hours_et": [6.0, 18.0], "per_game": False}
NEW: Row = {"name": "New", "phase": 2, "table": "t.new", "schedule_hours_et": [8.0], "per_game": False}
PLAYED: Row = {"name": "Played", "phase": 3, "table": "t.played", "schedule_hours_et": [28.0], "per_game": True}


def daily(name: str, table: str, days: list[date], *starts: float) -> tuple[list[Row], list[Row]]:
    runs = [run(f"{name}{day}{start}", name, start=start, day=day) for day in days for start in starts]
    return runs, [loaded(table, hours=starts[-1] + 0.1, day=day) for day in days]


class Team:
    """A warehouse with the answers that people get of it."""

    def __init__(self, directory: Path, processors: list[Row]) -> None:
        self.held, self.processors, self._directory, self._loads = warehouse(), processors, directory, 0
        self.registry = registry(processors)
        self.health_service = HealthService(self.held, self.registry, ServiceLevels(()))

    def load(self, runs: list[Row], loads: list[Row], games: list[Row] | None = None) -> SqlWarehouse:
        self._loads += 1
        world = World(runs, loads, game_schedule=games or (), processors=self.processors)
        load(self.held, world.write(self._directory / str(self._loads)), self.processors, now=NOW)
        return self.held

    def health(self) -> HealthReport:
        return self.health_service.of(HealthRequest(), NOW)

    def verdict(self, name: str, day: date) -> Validated:
        service = ValidationService(self.held, self.registry, self.health_service, AcceptedLosses())
        [row] = service.of(ValidationRequest(processor=name, first=day, last=day), NOW).rows
        return row

    def stale(self, name: str, day: date) -> Staleness:
        [found] = [each for each in self.held.freshness(day, NOW) if each.processor == name]
        return staleness(None, found, NOW)

    def found(self) -> set[str]:
        """Processors of which detection has said something, tick by tick."""
        observed = self.held.observed(ALWAYS, NOW)
        watch = Watch(self.registry, observed, SeverityPolicy(), AcceptedLosses(), StormPolicy())
        timeline, now, said = Timeline(observed), NOW - timedelta(days=6), set[str]()
        while now <= NOW:
            findings = watch.tick(timeline.until(now), now)
            said |= {name for finding in findings for name in finding.processors}
            now += timedelta(hours=1)
        return said


@pytest.fixture
def team(tmp_path: Path) -> Team:
    made = Team(tmp_path, [TWICE, NEW])
    made.load(*daily("Twice", "t.twice", DAYS, 11.2, 23.2))
    return made


def test_registered_before_it_runs(team: Team) -> None:
    assert team.found() == set()
    row = team.verdict("New", DAYS[2])
    assert (row.verdict, "nothing of it was ever seen" in row.judged.because) == (Verdict.UNKNOWN, True)
    assert team.stale("New", DAYS[2]) is Staleness.UNKNOWN
    report = team.health()
    assert report.overall is Colour.YELLOW
    [reason] = [reason.text for reason in report.reasons if reason.name == "never_seen"]
    assert reason.startswith("1 registered processor was never seen: New; nothing is due before a first run.")


def test_with_its_first_run_it_is_due(team: Team) -> None:
    team.load(*daily("New", "t.new", [DAYS[1]], 13.2))
    assert team.found() == {"New"}
    assert team.verdict("New", DAYS[0]).judged.because.endswith("its record begins only at 2026-01-16 13:12 UTC")
    assert [team.verdict("New", day).verdict for day in DAYS[1:4]] == [
        Verdict.OK, Verdict.MISSING_RUN, Verdict.MISSING_RUN,
    ]  # fmt: skip
    assert team.stale("New", DAYS[2]) is Staleness.NO_DATA
    names = {reason.name for reason in team.health().reasons}
    assert ("dates_missing" in names, "never_seen" in names) == (True, False)


def test_in_service_from_a_date_on_it_is_missed_without_any_run(tmp_path: Path) -> None:
    made = Team(tmp_path, [TWICE, {**NEW, "active": {"from": str(DAYS[2])}}])
    made.load(*daily("Twice", "t.twice", DAYS, 11.2, 23.2))
    assert made.found() == {"New"}
    assert [made.verdict("New", day).verdict for day in DAYS[1:4]] == [
        Verdict.OFF_DAY, Verdict.MISSING_RUN, Verdict.MISSING_RUN,
    ]  # fmt: skip
    assert [made.stale("New", day) for day in DAYS[1:4]] == [
        Staleness.FRESH, Staleness.NO_DATA, Staleness.NO_DATA,
    ]  # fmt: skip
    assert due_of_new(made) == (3, 0, 0)
    assert made.verdict("New", NOW.date()).judged.because == "its run may still begin"
    assert {"dates_missing"} <= {reason.name for reason in made.health().reasons}


def test_a_run_that_does_not_say_what_it_brought_makes_its_date_unknown(tmp_path: Path) -> None:
    """Without a table nobody can tell; what never ran has brought nothing, what a run says it brought counts."""
    made = Team(tmp_path, [TWICE, {**NEW, "active": {"from": str(DAYS[1])}}])
    made.load(*daily("Twice", "t.twice", DAYS, 11.2, 23.2))
    assert due_of_new(made) == (4, 0, 0)
    silent = run("silent", "New", start=13.2, day=DAYS[2], records_processed=None)
    counted = run("counted", "New", start=13.2, day=DAYS[3])
    made.load([silent], [])
    assert made.stale("New", DAYS[2]) is Staleness.UNKNOWN
    made.load([counted], [])
    assert [made.stale("New", day) for day in DAYS[1:4]] == [
        Staleness.NO_DATA, Staleness.UNKNOWN, Staleness.FRESH,
    ]  # fmt: skip
    assert due_of_new(made) == (4, 1, 1)


def due_of_new(team: Team) -> tuple[int, int, int]:
    """Its dates: due, filled, unknown."""
    [row] = [row for row in team.health().processors if row.name == "New"]
    return row.due.due, row.due.filled, row.due.unknown


def test_a_date_that_the_export_cuts_between_two_slots(tmp_path: Path) -> None:
    """The run of the first slot is not in it, that of the second found nothing."""
    made = Team(tmp_path, [TWICE])
    runs, loads = daily("Twice", "t.twice", DAYS[1:], 11.2, 23.2)
    cut = run("cut", "Twice", start=23.2, day=DAYS[0], records_processed=0)
    made.load([cut, *runs], loads)
    assert made.found() == set()
    assert made.verdict("Twice", DAYS[0]).verdict is Verdict.UNKNOWN
    assert made.stale("Twice", DAYS[0]) is Staleness.UNKNOWN
    assert not [reason for reason in made.health().reasons if reason.name == "dates_missing"]


def test_a_backfill_of_an_old_date_makes_nothing_due(tmp_path: Path) -> None:
    made = Team(tmp_path, [TWICE])
    old = run("old", "Twice", start=9, day=DAYS[0], trigger="backfill") | {"data_date": DAY - timedelta(days=200)}
    runs, loads = daily("Twice", "t.twice", DAYS[1:], 11.2, 23.2)
    made.load([old, *runs], loads)
    assert made.found() == set()
    assert made.verdict("Twice", DAY - timedelta(days=100)).verdict is Verdict.UNKNOWN
    assert not [reason for reason in made.health().reasons if reason.name == "dates_missing"]


def test_a_calendar_that_ends_before_the_games_do_is_not_green(tmp_path: Path) -> None:
    made = Team(tmp_path, [TWICE, PLAYED])
    runs, loads = daily("Twice", "t.twice", DAYS, 11.2, 23.2)
    played, filled = daily("Played", "t.played", DAYS[:2], 33.2)
    idle = [run(f"i{day}", "Played", start=33.2, day=day, records_processed=0) for day in DAYS[2:]]
    later = loaded("t.played", hours=33.3, day=DAYS[3])
    made.load([*runs, *played, *idle], [*loads, *filled, later], [game(f"G{day}", day) for day in DAYS[:2]])
    report = made.health()
    assert report.overall is Colour.YELLOW
    [reason] = [reason.text for reason in report.reasons if reason.name == "due_unknown"]
    assert reason == "Whether data was due is unknown for 2 dates of Played: no game calendar tells."
    [row] = [row for row in report.processors if row.name == "Played"]
    assert (row.due.due, row.due.undecided) == (2, 2)
