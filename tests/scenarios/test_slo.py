"""Objectives over a history: the figures of health, what a blind source hides, a budget that burns."""

import json
import shutil
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.slo import SloQuestion, answer_slo
from bot.config.settings import BUNDLED_CONFIG
from bot.domain.errors import BadInput
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.health.missing import DueOutcome
from bot.domain.health.model import Because, Window
from bot.domain.platform.registry import Registry
from bot.domain.reports.objectives import Counts, SloReport
from bot.domain.reports.weekly import WeeklyReport
from bot.domain.slo import CustomQuery, Measure, PlatformObjective, ServiceLevel, ServiceLevels
from bot.domain.sources import Feed, SourcePlan, SourceStatus
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.blindness import Blindness
from bot.services.burning import Burning
from bot.services.gate import GateService
from bot.services.slo import SloService
from bot.views import incident_words, slo, slo_words, weekly_words
from tests.support.builders import NOW
from tests.support.gate_story import RULES
from tests.support.slack_bench import ALEX, Bench, play

DAY = timedelta(days=1)
EXAMPLE = Path(__file__).parents[2] / "docs" / "example"
REGISTRY = Registry.model_validate(
    {"processors": [{"name": f"P{n}", "phase": 2, "schedule_hours_et": [25]} for n in range(33)]}
)
LEVELS = ServiceLevels(
    (ServiceLevel(2, 0.95, time(2), 1), ServiceLevel(3, 0.99)),
    (
        PlatformObjective("availability", 0.995, 30, measure=Measure.AVAILABILITY),
        PlatformObjective("data", 0.999, 1, measure=Measure.COMPLETENESS),
        PlatformObjective("hit_rate", 0.55, 30),
    ),
)


class Told:
    """A warehouse that tells of 97 days: of the last, `bad` are missing and of `unknown` nobody can tell."""

    def __init__(self, bad: int = 0, unknown: int = 0) -> None:
        self.bad, self.unknown, self.asked = bad, unknown, 0

    def outcomes(self, window: Window) -> list[DueOutcome]:
        self.asked += 1
        found = []
        for back in range(97):
            settled = window.as_of - back * DAY - timedelta(hours=1)
            for n in range(33):
                good: bool | None = back > 0 or n >= self.bad
                good = None if back == 0 and n >= 33 - self.unknown else good
                filled = settled - timedelta(hours=2) if good else None
                found.append(DueOutcome(f"P{n}", settled.date() - DAY, settled, good, filled))
        return found


class Known:
    """The history is known up to now."""

    def known(self, now: datetime) -> object:
        from bot.services.known_until import Known as Until

        return Until(now, now)


class NoHistory:
    def known(self, _now: datetime) -> object:
        raise BadInput("There is no run history yet.")


def service(told: Told) -> SloService:
    return SloService(told, REGISTRY, LEVELS, Known())  # type: ignore[arg-type]


def test_outcomes_are_those_of_health(services: AppServices) -> None:
    report = services.slo.of(NOW)
    warehouse = services.slo._warehouse
    moment = report.as_of
    window = Window(moment - 7 * DAY, moment, moment, 7, exact=False)
    due = {each.processor: (each.due, each.filled, each.unknown) for each in warehouse.health_due(window) if each.due}
    found: dict[str, tuple[int, int, int]] = {}
    for each in warehouse.outcomes(window):
        all_, good, unknown = found.get(each.processor, (0, 0, 0))
        found[each.processor] = (all_ + 1, good + (each.good is True), unknown + (each.good is None))
    assert found == due
    missing = {(each.processor, each.data_date) for each in warehouse.missing_dates(window)}
    assert missing == {(each.processor, each.data_date) for each in warehouse.outcomes(window) if each.good is False}


def test_budgets_are_counted_anew_for_health_when_outcomes_change_and_each_hour() -> None:
    told, levels, read = Told(bad=33), ServiceLevels((ServiceLevel(2, 0.99),)), count()
    plan = SourcePlan("loads", "sql", Feed.TABLE_LOADS, timedelta(minutes=1), timedelta())
    seeing = Blindness(lambda: [SourceStatus(plan, NOW + timedelta(seconds=next(read)), synced_at=NOW)])
    slo = SloService(told, REGISTRY, levels, Known(), seeing)  # type: ignore[arg-type]
    counted: list[SloReport] = []
    report = slo._report
    slo._report = lambda *given: counted.append(report(*given)) or counted[-1]  # type: ignore[method-assign, func-returns-value]
    [reason] = slo.spent(NOW, None)
    text = "phase 2: its budget is spent: 33 misses in 30 days, 9.9 allowed; kept again after 30 days without another."
    assert (reason.name, reason.text) == (Because.BUDGET_SPENT, text)
    assert (slo.spent(NOW, 2), slo.spent(NOW, 3), len(counted)) == ((reason,), (), 1)
    told.bad = 9
    assert (slo.spent(NOW, None), len(counted)) == ((), 2)
    slo.spent(NOW + timedelta(hours=1), None)
    assert len(counted) == 3
    hits = PlatformObjective("hits", 0.9, measure=Measure.QUERY, window_days=30, query=CustomQuery("hits", HITS))
    asked = told.asked
    assert SloService(told, REGISTRY, ServiceLevels((), (hits,)), Known()).spent(NOW, None) == ()  # type: ignore[arg-type]
    assert told.asked == asked, "a query of the team's own is not asked, and then no outcomes are"


def test_a_budget_that_burns_is_one_finding_while_it_does() -> None:
    told = Told(bad=7)
    burning = Burning(service(told), SeverityPolicy())
    [found] = burning(NOW)
    assert (found.kind, found.severity, found.root) == (FindingKind.SLO_BURN, Severity.P2, "phase 2")
    assert found.explanation == (
        "phase 2: 7 of 33 outcomes failed in a day and 7 of 231 in a week, target 95.0%; "
        "14% of the budget of 30 days is spent"
    )
    assert burning(NOW + timedelta(minutes=30)) == [found]
    assert told.asked == 1
    [again] = burning(NOW + timedelta(hours=2))
    assert (again.fingerprint, again.since, told.asked) == (found.fingerprint, found.since, 2)
    told.bad = 6
    assert burning(NOW + timedelta(hours=3)) == []


def test_without_objectives_or_a_history_nothing_burns_and_detection_goes_on() -> None:
    bare = SloService(Told(bad=33), REGISTRY, ServiceLevels(()), Known())  # type: ignore[arg-type]
    assert Burning(bare, SeverityPolicy())(NOW) == []
    assert bare.of(NOW).phases == ()
    empty = SloService(Told(), REGISTRY, LEVELS, NoHistory())  # type: ignore[arg-type]
    assert Burning(empty, SeverityPolicy())(NOW) == []


def test_the_gate_tells_of_it_and_it_has_a_name() -> None:
    state = FakeState()
    gate = GateService(state, RULES)
    found = Burning(service(Told(bad=9)), SeverityPolicy())(NOW)
    for seconds in (0, 60):
        gate.tick(NOW + timedelta(seconds=seconds), found)
    [incident] = state.open_incidents()
    assert (incident.number, incident.root, incident.severity) == (1, "phase 2", Severity.P2)
    assert incident_words.NEXT_STEPS[incident.headline.action]


def test_what_nobody_can_tell_is_shown_and_burns_nothing() -> None:
    report = service(Told(unknown=33)).of(NOW)
    [phase, none] = report.phases
    assert (phase.day, phase.burns) == (Counts(0, 0, 33), False)
    assert none.month == Counts()
    text = slo.text(report)
    assert "100.0% of 957, 33 unknown" in text
    assert "unknown: no outcome is known in 30 days" in text
    assert "Hit rate: unknown, nothing measures it; target 55.0%" in text
    assert [each.kept for each in report.platform] == [False, None, None]


def test_one_phase_or_a_sentence_that_says_which_there_are() -> None:
    assert [each.phase for each in service(Told()).of(NOW, 2).phases] == [2]
    with pytest.raises(BadInput, match=r"no objective for phase 7\. Known: 2, 3"):
        service(Told()).of(NOW, 7)


def test_without_an_objective_it_says_so() -> None:
    empty = SloService(Told(), REGISTRY, ServiceLevels((), ()), Known()).of(NOW)  # type: ignore[arg-type]
    report = WeeklyReport(day=NOW.date(), as_of=NOW, zone=REGISTRY.zone, slo=empty)
    said = slo.text(empty), json.dumps(slo.card(empty).payload()), weekly_words.title(report), slo_words.spent(empty)
    assert all("no objective is set in slos.yaml" in each for each in said)


def test_json_has_the_rule_and_every_count() -> None:
    given = json.loads(answer_slo(service(Told(bad=2)), SloQuestion(as_json=True), NOW))  # the same service as Slack
    [phase, _] = given["phases"]
    assert phase["rule"]["day"] == 7
    assert phase["day"] == {"good": 31, "bad": 2, "unknown": 0, "rate": 31 / 33}
    assert phase["budget"] == pytest.approx(49.5)


def test_in_slack(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/slo")
        assert shown["text"].startswith("Service levels, 30 days")
        one = await bench.ask("/slo phase 2")
        assert "Phase 2" in one["text"]
        assert "Phase 3" not in one["text"]
        drawn = await bench.press(one, "slo.burn_down", sees="message")
        assert drawn["files"][0]["alt_txt"].startswith("What is left of the budgets, 30 days. Phase 2: ")
        refused = await bench.ask("/slo tomorrow", sees="ephemeral", user=ALEX)
        assert "is no phase" in refused["text"]
        helped = await bench.ask("/slo help", sees="ephemeral")
        assert "/health" in helped["text"]

    play(scenario, transport, services)


def test_a_platform_without_phases_has_the_objectives_of_its_processors() -> None:
    shop = Registry.model_validate(
        {"timezone": "Europe/Berlin", "processors": [{"name": "P0", "schedule": "*/5 * * * *"}, {"name": "P1"}]}
    )
    orders = PlatformObjective("orders_complete", 0.99, 30, measure=Measure.COMPLETENESS, processors=("P0",))
    graded = PlatformObjective("graded", 0.9, 30, measure=Measure.DEADLINE, processors=("Gone",))
    made = SloService(Told(bad=1), shop, ServiceLevels((), (orders, graded)), Known())  # type: ignore[arg-type]
    report = made.of(NOW)
    assert (report.phases, [each.label for each in report.objectives]) == ((), ["orders complete", "graded"])
    assert report.named[0].month == Counts(29, 1, 0)
    said = slo.text(report)
    assert "Orders complete  ░░░░░░░░░░  0% of the budget left (spent): 1 of 0.3 misses in 30 days" in said
    assert "Graded  ··········  unknown: the registry has no processor Gone" in said


def test_check_config_says_what_each_alert_can_do() -> None:
    said = " ".join(CliRunner().invoke(app, ["check-config"]).stdout.split())
    assert "phase 1: a budget of 4.5 outcomes in 30 days, one miss costs 22.2% of it; report only" in said
    assert "no history tells how often it would have fired" in said


HITS = "SELECT data_date AS day, SUM(hit) AS good, SUM(runs) AS total FROM daily_counts GROUP BY data_date"
GOOD = "SELECT data_date AS day, SUM(runs) AS good, SUM(runs) AS total FROM daily_counts GROUP BY data_date"
OBJECTIVES = f"""
objectives:
  - {{name: in_time, objective: 0.9, measure: deadline}}
  - {{name: fresh, objective: 0.9, measure: freshness, freshness_hours: 30, processors: [BoxscoreProcessor]}}
  - {{name: coverage, objective: 0.9, measure: query, query: "{GOOD}"}}
  - {{name: hit_rate, objective: 0.55, measure: query, query: "{HITS}"}}
"""


def test_the_history_beside_it_tells_how_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    shutil.copytree(BUNDLED_CONFIG, config)
    shutil.copy(EXAMPLE / "registry.yaml", config)
    (config / "slos.yaml").write_text(f"phases: [{{phase: 2, success_rate: 0.95}}]{OBJECTIVES}")
    monkeypatch.setenv("FIRELINE_CONFIG", str(config))
    monkeypatch.setenv("FIRELINE_HOME", str(tmp_path))
    loaded = CliRunner().invoke(app, ["load", str(EXAMPLE)])
    assert loaded.exit_code == 0, loaded.output
    said, narrow = (CliRunner().invoke(app, ["slo"], env={"COLUMNS": width}) for width in ("500", "60"))
    assert said.exit_code == 0, said.output
    assert max(map(len, narrow.stdout.splitlines())) <= 60 < max(map(len, said.stdout.splitlines()))
    assert narrow.stdout.split() == said.stdout.split(), "no word is cut"
    assert "would have fired on 0 days of the last 90" in said.stdout
    assert "Hit rate  ··········  unknown: its query names column hit, which is not there" in said.stdout
    found = {each["name"]: each for each in json.loads(CliRunner().invoke(app, ["slo", "--json"]).stdout)["named"]}
    assert (found["hit_rate"]["spent"], found["hit_rate"]["burns"]) == (None, False)
    assert found["coverage"]["month"]["good"] > 0 == found["coverage"]["month"]["bad"]
    assert found["in_time"]["month"]["good"] > 0
    assert found["fresh"]["month"]["good"] > 0
    checked = CliRunner().invoke(app, ["check-config"])
    assert checked.exit_code == 1, checked.output
    why = "query of hit_rate: its query names column hit, which is not there. Correct the query, or what it reads"
    assert why in checked.stderr
    assert "no error" not in checked.output
    assert "objective: coverage: a budget of" in " ".join(checked.stdout.split())
    (config / "slos.yaml").write_text(OBJECTIVES.replace("[BoxscoreProcessor]", "[Boxscores]"))
    checked = CliRunner().invoke(app, ["check-config"])
    assert checked.exit_code == 1, checked.output
    assert "slos.yaml: processors of fresh: there is no processor 'Boxscores' in registry.yaml" in checked.stderr
    assert datetime(2026, 1, 1, tzinfo=UTC) < NOW


SMALL = """
phases: [{phase: 2, success_rate: 0.95}, {phase: 3, success_rate: 0.99}]
objectives: [{name: all_there, objective: 0.975, measure: completeness, processors: [BoxscoreProcessor, Forecast]}]
"""


def test_health_says_which_budgets_are_spent_as_slo_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    shutil.copytree(BUNDLED_CONFIG, config)
    shutil.copy(EXAMPLE / "registry.yaml", config)
    (config / "slos.yaml").write_text(SMALL)
    monkeypatch.setenv("FIRELINE_CONFIG", str(config))
    monkeypatch.setenv("FIRELINE_HOME", str(tmp_path))
    assert CliRunner().invoke(app, ["load", str(EXAMPLE)]).exit_code == 0
    found = json.loads(CliRunner().invoke(app, ["slo", "--json"]).stdout)
    spent = {each["name"] or f"phase {each['phase']}": each["spent"] for each in (*found["phases"], *found["named"])}
    assert {name for name, share in spent.items() if share >= 1} == {"phase 3", "all_there"}
    health = json.loads(CliRunner().invoke(app, ["health", "--json"]).stdout)
    budgets = {each["name"]: each["text"] for each in health["reasons"] if "budget" in each["name"]}
    assert (health["overall"], set(budgets)) == ("RED", {"budget_spent", "budget_without_room"})
    assert budgets["budget_spent"].startswith("all there: its budget is spent: 2 misses in 30 days, 1.3 allowed")
    assert budgets["budget_without_room"].startswith("phase 3: its budget has no room for a miss: 1 miss")
    for asked in (["BoxscoreProcessor"], ["--as-of", "2026-02-10"], ["phase", "2"]):
        assert "budget" not in CliRunner().invoke(app, ["health", *asked]).stdout
