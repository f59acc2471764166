"""What a digest says: the figures of /health, what it could not ask, and what has changed since the last one."""

import json
import re
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import NoReturn

import pytest

from bot.adapters.fire_times import CronFires
from bot.cli.health_json import health_json
from bot.cli.report_json import daily_json
from bot.cli.slo_json import slo_json
from bot.domain.errors import WarehouseUnavailable
from bot.domain.evidence.weekdays import Alike
from bot.domain.findings.finding import FindingKind
from bot.domain.gate.memory import GateResult
from bot.domain.gate.noise_ledger import Ending
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.health.model import Because, Colour, HealthReason, HealthRequest
from bot.domain.health.usual import Baseline, Cluster, Moved
from bot.domain.incidents.decisions import Reason
from bot.domain.reports.daily import NeedKind
from bot.domain.reports.paging import OwnLine
from bot.domain.reports.policy import ReportPolicy
from bot.domain.slo import ServiceLevels
from bot.ports.fakes.state import FakeState
from bot.reporting import report_posts
from bot.services.app import AppServices
from bot.services.gate import GateService
from bot.services.health import HealthService
from bot.services.incidents import IncidentService
from bot.services.notified import notified_within
from bot.services.oncall import OncallService
from bot.services.reports import OF_NOW_ALONE, Asked, ReportService
from bot.services.responses import ResponseService
from bot.services.watched import never
from bot.views import daily_report
from tests.support import slo_cards
from tests.support.gate_story import RULES, finding
from tests.support.pager import FakePager, PagedStory, member
from tests.support.response_bench import paging_state
from tests.support.rotas import NEW_YORK, PLAN, eastern

MORNING = eastern(2026, 1, 16, 7)
"""The history of the small world ends at 04:01 of that day."""
DAY = timedelta(days=1)


class Down:
    """A warehouse that does not answer."""

    def __getattr__(self, name: str) -> NoReturn:
        raise WarehouseUnavailable("BigQuery does not answer.")


@pytest.fixture
def state() -> FakeState:
    return paging_state()


@pytest.fixture
def watched(services: AppServices, state: FakeState) -> AppServices:
    """The small history, loaded once, with a state of its own."""
    known = IncidentService(state, services.registry, services.validation.judge)
    people = ResponseService(state, lambda _: PLAN, identify=member)
    return replace(services, responses=people, incidents=known, oncall=OncallService(PLAN, state))


def reports_of(services: AppServices, state: FakeState | None, health: HealthService | None = None) -> ReportService:
    policy = ReportPolicy(zone=NEW_YORK)
    people = services.oncall, services.responses, state
    asked = Asked(health or services.health, services.slo, services.impact, services.trends, *people)
    return ReportService(asked, services.registry, policy, CronFires(policy.daily, NEW_YORK))


def down(services: AppServices) -> HealthService:
    return HealthService(Down(), services.registry, ServiceLevels(()))


@pytest.mark.parametrize("hours", [0, 5, 24 * 3, 24 * 20])
def test_every_figure_is_that_of_health(watched: AppServices, state: FakeState, hours: int) -> None:
    now = MORNING + timedelta(hours=hours)
    report = reports_of(watched, state).daily(now)
    said = json.loads(daily_json(report))
    for name, days in (("health", 7), ("last_day", 1)):
        asked = watched.health.of(HealthRequest(days=days), now)
        assert said[name] == json.loads(health_json(asked))
    text = daily_report.markdown(report)
    for each in said["moved"]:
        usual = json.loads(health_json(watched.health.of(HealthRequest(processor=each["processor"]), now)))["baseline"]
        assert each == usual
        assert all(line in text for line in each["text"])
    assert len(said["moved"]) == len(watched.health.baselines(now).moved)
    assert said["service_levels"] == json.loads(json.dumps(slo_json(watched.slo.of(now))))
    for row in said["health"]["phases"]:
        tried = row["succeeded"] + row["real"] + row["unknown"]
        if row["success_rate"] is not None:
            assert f"Phase {row['phase']}: {row['status']}, {row['success_rate']:.1%} of {tried:,}" in text
    noise = said["last_day"]["noise"]
    assert f"{noise['raw_failures']:,} failed run" in text
    assert f"{noise['kept_quiet']:,} expected and kept quiet" in text


def test_without_phases_processors_are_listed_by_their_names(watched: AppServices, state: FakeState) -> None:
    report = reports_of(watched, state).daily(MORNING)
    assert report.health is not None
    row = replace(report.health.processors[0], name="orders_etl")
    said = daily_report.markdown(replace(report, health=replace(report.health, phases=(), processors=(row,))))
    assert "## Processors over 7 days\n\n- orders_etl: " in said


def test_every_rate_has_its_count(watched: AppServices, state: FakeState) -> None:
    text = daily_report.markdown(reports_of(watched, state).daily(MORNING))
    rates = [line for line in text.splitlines() if re.match(r"- Phase \d+: .*%", line)]
    assert rates
    assert all("nothing to judge" in line or re.search(r"% of \d", line) for line in rates)


def test_what_moved_what_is_left_and_its_own_pages_are_in_the_thread(watched: AppServices, state: FakeState) -> None:
    slower = Moved(MORNING.date(), Alike.WEEKDAY, 312.0, 260.0, 40, 4, 160)
    failing = Moved(MORNING.date(), Alike.WEEKDAY, 0.12, 0.05, 50, 4, 160)
    found = Baseline("Box", None, (), slower, failing, Cluster(0, 3, 1, 9, 14, 4))
    own = OwnLine(3, timedelta(seconds=3.2), 0, 1, ("no outside monitor",))
    report = replace(reports_of(watched, state).daily(MORNING), moved=(found,), slo=slo_cards.report(), own=own)
    said = unescape(daily_report.rest(report))
    assert (
        "• Box: 20% slower than its Fridays (p50 312 s, usual 260 s, n=4); "
        "failure rate 5.0% on its Fridays (n=160) -> 12.0% (n=50); "
        "failures cluster on Mondays 03:00, 9 of 14 in 4 weeks"
    ) in said
    assert "• No budget spent of 4, unknown: phase 5, <graded>\n• Phase 2: 82% left, burns now: 9 of 49.5" in said
    assert "3 pages sent, 99 % within 3.2s, 0 not sent, 1 tried more than once" in said


def test_what_needs_somebody_comes_first(watched: AppServices, state: FakeState) -> None:
    report = reports_of(watched, state).daily(datetime(2026, 1, 20, 12, tzinfo=UTC))
    assert report.needs[0].kind is NeedKind.UNTAKEN
    blocks = daily_report.card(report).blocks
    assert len([each for each in blocks if "accessory" in each]) <= 3
    assert blocks[3]["accessory"]["text"]["text"] == "INC-1"


def test_a_spent_budget_needs_somebody_after_what_is_open(watched: AppServices, state: FakeState) -> None:
    report = reports_of(watched, state).daily(MORNING)
    assert report.health is not None
    text = "phase 2: its budget is spent: 33 misses in 30 days, 9.9 allowed."
    reason = HealthReason(Because.BUDGET_SPENT, "phase 2", text)
    spent = replace(report, health=replace(report.health, overall=Colour.RED, reasons=(reason,)), incidents=())
    assert (spent.needs[-1].kind, spent.needs[-1].reason) == (NeedKind.BUDGET, reason)
    assert "phase 2: its budget is spent: 33 misses in 30 days, 9.9 allowed" in daily_report.card(spent).text


def test_a_digest_of_the_past_says_what_is_known_of_now_only(watched: AppServices, state: FakeState) -> None:
    report = reports_of(watched, state).daily(MORNING + 4 * DAY, date(2026, 1, 16))
    assert report.as_of == MORNING
    assert report.health is not None
    assert report.health.window.exact
    assert set(report.unavailable) == set(OF_NOW_ALONE)
    named = f"Unavailable: {', '.join(OF_NOW_ALONE)}: it is known of now only"
    said = daily_report.markdown(report)
    assert named in said
    assert "first digest" not in said
    assert report.slo == watched.slo.of(MORNING)
    known = watched.health.baselines(MORNING, past=True)
    assert report.moved == known.moved
    assert {each.newest.day for each in known.found.values() if each.newest is not None} == {date(2026, 1, 16)}
    earlier = watched.health.baselines(eastern(2026, 1, 15, 20), past=True)
    assert all(each.newest is None for each in earlier.found.values()), "what came later on that day is not of then"


class Mornings:
    """One process over the small history, whose warehouse may be down."""

    def __init__(self, services: AppServices, state: FakeState) -> None:
        self.paged = PagedStory(MORNING - DAY, FakePager("report"), state=state)
        self.services = replace(services, now=lambda: self.paged.now, reports=reports_of(services, state))
        self.whole, self.state = self.services.reports, state
        clock = lambda: self.paged.now  # noqa: E731 (it is read again each time)
        self.posts = report_posts(self.services, state, self.paged.paging.target, clock, "#data-alerts").reports[0]

    def at(self, moment: datetime) -> list[str]:
        """The keys of what arrives then."""
        self.paged.now = moment
        with self.state.transaction() as tx:
            tx.gate.commit(moment, GateResult((), (), ()), self.state.remembered(moment, DAY).version)
        self.posts.look()
        self.paged.paging.deliver()
        [pager] = self.paged.pagers
        return [page.dedup_key for page in pager.taken]

    def goes_down(self) -> None:
        self.services.reports = reports_of(self.services, self.state, down(self.services))


@pytest.fixture
def mornings(watched: AppServices) -> Mornings:
    state = FakeState()
    state.commit(MORNING - DAY, GateResult((), (), ()), 0)
    return Mornings(watched, state)


def test_a_warehouse_that_is_down_is_never_healthy_and_the_digest_is_completed(mornings: Mornings) -> None:
    mornings.goes_down()
    assert mornings.at(MORNING) == ["digest:2026-01-16"]
    [pager] = mornings.paged.pagers
    assert isinstance(pager, FakePager)
    said = pager.taken[0].text
    assert said.startswith("Daily digest, Fri 16 Jan: unavailable\nHealth is unavailable: nothing is known of it")
    assert "Unavailable: health: BigQuery does not answer. It is completed here when it can be asked." in said
    assert "GREEN" not in said
    assert mornings.at(MORNING + timedelta(minutes=1)) == ["digest:2026-01-16"]
    mornings.services.reports = mornings.whole
    later = MORNING + timedelta(minutes=90)
    mornings.at(later)
    keys = mornings.at(later + timedelta(minutes=1))
    assert sorted(keys) == [
        "digest:2026-01-16",
        *(f"digest:2026-01-16:{each}" for each in ("completed", "picture", "rest")),
    ]
    assert pager.taken[1].target == pager.taken[0].id
    assert pager.taken[1].text.startswith("Daily digest, Fri 16 Jan: ")
    assert mornings.at(later + timedelta(minutes=2)) == keys
    kept = mornings.state.reports.said("digest:2026-01-16")
    assert kept is not None
    assert (kept.whole, kept.made_at) == (True, MORNING)
    assert mornings.services.reports.daily(later).before is None


def test_a_digest_compares_itself_with_the_last_that_was_delivered(mornings: Mornings) -> None:
    assert "in the first digest" in daily_report.markdown(mornings.services.reports.daily(MORNING))
    mornings.at(MORNING)
    mornings.paged.now = MORNING + DAY
    mornings.posts.look()  # it is not delivered
    report = mornings.services.reports.daily(MORNING + 2 * DAY)
    assert report.before is not None
    assert report.before.day == date(2026, 1, 16)
    assert " on Fri 16 Jan: " in daily_report.markdown(report)


def test_all_clear_is_two_lines(mornings: Mornings) -> None:
    report = mornings.services.reports.daily(MORNING)
    assert report.health is not None
    green = replace(report.health, overall=Colour.GREEN, reasons=())
    clear = replace(report, health=green, incidents=(), tonight=(), unavailable={}, duty=report.duty)
    assert clear.all_clear
    _, *lines = daily_report.card(clear).text.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("GREEN")
    assert lines[0].endswith("Nothing needs you.")
    assert daily_report.rest(clear) == ""
    assert not replace(clear, unavailable={"health": "down"}).all_clear


def test_how_the_findings_ended_is_what_health_says(watched: AppServices, state: FakeState) -> None:
    """Of a day that has any, and of the past as they had ended by then."""
    found = [finding("Gamebook"), finding("Raw01"), finding("Raw02", FindingKind.MISSING_RUN)]
    GateService(state, RULES).tick(MORNING - timedelta(hours=2), found[:2], (), found[2:])
    health = copy(watched.health)
    health._notified = lambda since, until: notified_within(state, never, since, until)
    reports = reports_of(watched, state, health)
    report = reports.daily(MORNING)
    said = json.loads(daily_json(report))["findings"]
    assert said == json.loads(health_json(health.of(HealthRequest(days=1), MORNING)))["noise"]["findings"]
    assert said["all"] == sum(said[each] for each in Ending) == len(said["listed"]) == 3
    assert f"Findings of the last day: 3 = 2 told + 1 expected ({Reason.BLIND})." in daily_report.markdown(report)
    GateService(state, RULES).tick(MORNING + timedelta(hours=1), found)
    later = reports.daily(MORNING + 4 * DAY, MORNING.date())
    assert later.ledger is not None
    assert [later.ledger.totals[each] for each in (Ending.TOLD, Ending.EXPECTED)] == [2, 1]


def test_what_is_in_shadow_has_one_line(watched: AppServices, state: FakeState) -> None:
    everything = ShadowPolicy(everything=True)
    rules = replace(RULES, policy=replace(RULES.policy, shadow=everything))
    GateService(state, rules).tick(MORNING - timedelta(hours=2), [finding("Gamebook", severity="P0")])
    reports = reports_of(watched, state)
    line = "In shadow, sent to nobody: 1 finding of everything, would have paged 1 time and posted 1 message."
    reports._asked = replace(reports._asked, shadow=everything)
    report = reports.daily(MORNING)
    assert line in daily_report.markdown(report)
    assert report.incidents is not None
    assert "Gamebook" not in {name for each in report.incidents for name in each.incident.processors}
