"""The weekly report over a small history, posted, completed and mailed once; and a watch that outlives a process."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.adapters.fire_times import CronFires
from bot.adapters.pages.mail import Mail, MailServer, Security
from bot.cli.review_json import monthly_json, weekly_json
from bot.domain.delivery import Page
from bot.domain.errors import BadInput, WarehouseUnavailable
from bot.domain.gate.memory import GateResult
from bot.domain.reports.policy import ReportPolicy, Schedule
from bot.domain.reports.said import COMPLETED
from bot.domain.reports.watch import Verdict
from bot.guiding import RunbookFiles
from bot.ports.fakes.state import FakeState
from bot.reporting import report_posts
from bot.services.app import AppServices
from bot.services.health import HealthService
from bot.services.oncall import OncallService
from bot.services.retrospect import RetrospectService
from bot.services.reviews import Asked, ReviewService
from bot.services.slo import SloService
from bot.services.watches import WatchRequest, WatchService
from bot.views import weekly_report
from tests.scenarios.conftest import NoRuns
from tests.support.pager import FakePager, PagedStory, member, person
from tests.support.rotas import NEW_YORK, PLAN, eastern
from tests.support.slack_bench import ALEX, Bench, play

SUNDAY = eastern(2026, 1, 18, 8)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
POLICY = ReportPolicy(zone=NEW_YORK)
FIRES = {
    Schedule.WEEKLY: CronFires(POLICY.weekly, NEW_YORK, day_of_week="sun"),
    Schedule.MONTHLY: CronFires(POLICY.monthly, NEW_YORK, day="1st mon"),
}


class Down:
    """A warehouse that does not answer."""

    def __getattr__(self, name: str) -> NoReturn:
        raise WarehouseUnavailable("BigQuery does not answer.")


class Weeks:
    """One process over the small history, whose warehouse may be down."""

    def __init__(self, services: AppServices, state: FakeState, policy: ReportPolicy = POLICY) -> None:
        self.state, self.given = state, services
        self.paged = PagedStory(SUNDAY - DAY, FakePager("report"), FakePager("mail"), state=state)
        oncall = OncallService(PLAN, state)
        reports = services.reports
        reports.policy = policy
        self.services = replace(services, now=lambda: self.paged.now, oncall=oncall)
        self.goes_on()

    def goes_on(self, warehouse: Any = None, health: HealthService | None = None) -> None:
        given, registry = self.given, self.given.registry
        real = given.watches._warehouse
        health = health or given.health
        slo = given.slo if warehouse is None else SloService(warehouse, registry, given.slo._levels, health)
        opened = warehouse or real
        asked = Asked(
            opened,
            health,
            slo,
            self.services.oncall,
            given.deploys,
            RetrospectService(self.state),
            RunbookFiles(Path("nowhere")),
            self.state,
        )
        self.services.reviews = ReviewService(asked, registry, POLICY, FIRES)
        self.services.watches = WatchService(opened, registry, health, slo, self.state, POLICY, member)
        self.posts = report_posts(
            self.services, self.state, self.paged.paging.target, lambda: self.paged.now, "#data-alerts"
        )

    def goes_down(self) -> None:
        down: Any = Down()
        self.goes_on(down, HealthService(down, self.given.registry, self.given.slo._levels))

    def at(self, moment: datetime) -> list[str]:
        """The keys of what has arrived by then."""
        self.paged.now = moment
        with self.state.transaction() as tx:
            tx.gate.commit(moment, GateResult((), (), ()), self.state.remembered(moment, DAY).version)
        for each in self.posts.reports[1:]:
            each.look()
        self.posts.watches.look()
        self.paged.paging.deliver()
        return [page.dedup_key for page in self.taken]

    @property
    def taken(self) -> list[Page]:
        return self.paged.pagers[0].taken


@pytest.fixture
def state() -> FakeState:
    made = FakeState()
    made.commit(SUNDAY - 6 * DAY, GateResult((), (), ()), 0)
    return made


@pytest.fixture
def weeks(services: AppServices, state: FakeState) -> Iterator[Weeks]:
    before = services.reports.policy
    yield Weeks(services, state)
    services.reports.policy = before


def test_a_weekly_report_is_posted_once_with_the_words_of_the_command(weeks: Weeks) -> None:
    assert weeks.at(SUNDAY) == ["weekly:2026-01-18"]
    thread = [f"weekly:2026-01-18:{each}" for each in ("picture", "rest")]
    assert sorted(weeks.at(SUNDAY + MINUTE)) == ["weekly:2026-01-18", *thread]
    weeks.goes_on()
    assert len(weeks.at(SUNDAY + 2 * MINUTE)) == 3
    assert any(page.text.startswith("What is left of the budgets, 30 days. Phase ") for page in weeks.taken)
    said = weekly_report.markdown(weeks.services.reviews.weekly(SUNDAY))
    lines = weeks.taken[0].text.splitlines()
    assert all(line in said for line in lines[:2])
    kept = weeks.state.reports.said("weekly:2026-01-18")
    assert kept is not None
    assert len(json.loads(kept.card)) <= 50
    later = weeks.services.reviews.weekly(SUNDAY + 7 * DAY)
    assert later.before is not None
    assert later.before.day == date(2026, 1, 18)


def test_every_level_of_the_week_is_that_of_slo(weeks: Weeks) -> None:
    given = json.loads(weekly_json(weeks.services.reviews.weekly(SUNDAY)))
    from bot.cli.slo_json import slo_json

    assert given["service_levels"] == json.loads(json.dumps(slo_json(weeks.given.slo.of(SUNDAY))))
    assert given["pages"] == {"all": 0, "night": 0, "by_hour": [0] * 24, "by_person": {}}
    assert given["noisiest"] == given["silences_that_hid"] == []


def test_a_warehouse_that_is_down_is_said_and_the_report_is_completed(weeks: Weeks) -> None:
    weeks.goes_down()
    weeks.at(SUNDAY)
    said = weeks.taken[0].text
    assert "service levels unavailable" in said.splitlines()[0]
    assert "BigQuery does not answer. It is completed here when it can be asked." in said
    weeks.goes_on()
    weeks.at(SUNDAY + 90 * MINUTE)
    assert weeks.taken[-1].dedup_key == f"weekly:2026-01-18{COMPLETED}"
    assert "unavailable" not in weeks.taken[-1].text.splitlines()[0]
    keys = weeks.at(SUNDAY + 91 * MINUTE)
    assert weeks.at(SUNDAY + 92 * MINUTE) == keys


def test_one_that_is_completed_compares_itself_with_the_sunday_before(weeks: Weeks) -> None:
    weeks.at(SUNDAY)
    weeks.goes_down()
    weeks.at(SUNDAY + 7 * DAY)
    weeks.goes_on()
    later = weeks.services.reviews.weekly(SUNDAY + 7 * DAY + 90 * MINUTE)
    assert later.before is not None
    assert (later.day, later.before.day) == (date(2026, 1, 25), date(2026, 1, 18))


def test_a_week_that_was_not_watched_says_so(weeks: Weeks) -> None:
    report = weeks.services.reviews.weekly(SUNDAY, date(2026, 1, 5))
    assert (report.day, report.as_of) == (date(2026, 1, 4), eastern(2026, 1, 4, 8))
    assert report.unwatched
    assert "Nothing was watched in that week" in weekly_report.markdown(report)
    with pytest.raises(BadInput, match="its time has not come"):
        weeks.services.reviews.weekly(SUNDAY, date(2026, 1, 19))


def test_without_a_history_it_says_what_it_cannot_tell(weeks: Weeks) -> None:
    none: Any = NoRuns()
    weeks.goes_on(none, HealthService(none, weeks.given.registry, weeks.given.slo._levels))
    reviews = weeks.services.reviews
    for report, asked in (
        (reviews.weekly(SUNDAY), {"service levels", "the noisiest"}),
        (reviews.monthly(SUNDAY), {"service levels", "capacity", "cost"}),
    ):
        assert {name for name, why in report.unavailable.items() if why.startswith("There is no run history")} == asked
        assert not report.later
    assert weekly_report.card(reviews.weekly(SUNDAY)).text.splitlines()[0].endswith("service levels unavailable")


def test_it_comes_by_mail_once_to_whom_the_policy_names(services: AppServices, state: FakeState) -> None:
    weeks = Weeks(services, state, replace(POLICY, mail=("Ana", "Nobody")))
    weeks.at(SUNDAY)
    weeks.at(SUNDAY + MINUTE)
    services.reports.policy = POLICY
    [mail] = weeks.paged.pagers[1].taken
    assert mail.person == "Ana"
    assert mail.title.startswith("Weekly report, Sun 18 Jan: ")
    server = Mail(MailServer("mail.example", 25, "fireline@example.com", Security.NONE))
    first, again = (server._message(replace(mail, attempts=tries)) for tries in (0, 3))
    assert first["Message-ID"] == again["Message-ID"]
    assert "Service levels, 7 days" in first.get_content()


def test_a_month_is_that_before_its_first_monday(weeks: Weeks) -> None:
    assert [key for key in weeks.at(eastern(2026, 2, 2, 8)) if key.startswith("monthly")] == ["monthly:2026-02-02"]
    given = json.loads(monthly_json(weeks.services.reviews.monthly(eastern(2026, 2, 2, 8))))
    assert (given["month"], given["incidents"]) == ("2026-01", 0)
    assert given["precision"] == {"incidents": 0, "useful": 0, "noise": 0, "interval_95": None, "by_kind": {}}
    assert {"currency": given["cost"]["currency"], "processors": given["cost"]["processors"]} == {
        "currency": "USD",
        "processors": [],
    }


def watching(weeks: Weeks, now: datetime, processor: str = "Box") -> Any:
    weeks.paged.now = now
    request = WatchRequest(processor, date(2026, 1, 13), 2)
    made = weeks.services.watches.start(request, "C1", person("Ana"), now)
    return weeks.services.watches.of(request, now), made


def test_a_watch_begins_before_any_of_its_days_is_read(weeks: Weeks) -> None:
    """Slack waits for three seconds, and a day is two questions."""
    weeks.goes_down()
    now = eastern(2026, 1, 14, 9)
    made = weeks.services.watches.start(WatchRequest("Box", date(2026, 1, 13), 2), "C1", person("Ana"), now)
    assert weeks.services.watches.standing() == [made]


def test_a_watch_posts_its_result_once_whoever_restarts(weeks: Weeks) -> None:
    found, made = watching(weeks, eastern(2026, 1, 14, 9))
    assert (found.over, [each.day.day for each in found.before.days]) == (False, [11, 12])
    assert made.ends_at == eastern(2026, 1, 15, 7)
    assert watching(weeks, eastern(2026, 1, 14, 10))[1] is not None
    assert len(weeks.services.watches.standing()) == 1
    assert weeks.at(eastern(2026, 1, 15, 6, 59)) == []
    weeks.goes_down()
    assert weeks.at(eastern(2026, 1, 15, 7)) == []
    weeks.goes_on()
    [key] = weeks.at(eastern(2026, 1, 15, 9))
    assert weeks.at(eastern(2026, 1, 15, 10)) == [key]
    [result] = weeks.taken
    assert result.target == "C1"
    assert result.text.startswith("Watch of Box since 13 Jan: ")
    assert weeks.services.watches.standing() == []


def test_a_watch_that_is_ended_posts_nothing_and_one_that_is_over_is_answered_at_once(weeks: Weeks) -> None:
    _, made = watching(weeks, eastern(2026, 1, 14, 9))
    ended = weeks.services.watches.end(made.id, person("Ben"), eastern(2026, 1, 14, 10))
    assert ended.processor == "Box"
    with pytest.raises(BadInput, match="No watch"):
        weeks.services.watches.end(made.id, person("Ben"), eastern(2026, 1, 14, 10))
    assert weeks.at(eastern(2026, 1, 15, 9)) == []
    found, none = watching(weeks, SUNDAY)
    assert (found.over, none, found.verdict in Verdict) == (True, None, True)


def test_a_watch_of_a_processor_that_is_gone_says_so(weeks: Weeks) -> None:
    with pytest.raises(BadInput, match="Bax"):
        watching(weeks, eastern(2026, 1, 14, 9), "Bax")
    _, made = watching(weeks, eastern(2026, 1, 14, 9))
    with weeks.state.transaction() as tx:
        tx.reports.watches.end(made.id, SUNDAY)
        tx.reports.watches.start(replace(made, processor="Gone"))
    weeks.at(eastern(2026, 1, 15, 9))
    assert "no result." in weeks.taken[0].text


def test_figures_of_a_watch_are_those_of_health(weeks: Weeks) -> None:
    from bot.domain.health.model import HealthRequest

    now = eastern(2026, 1, 16, 9)
    found = weeks.services.watches.of(WatchRequest("Box", date(2026, 1, 13), 30), now)
    [row] = weeks.given.health.of(HealthRequest(days=30, processor="Box"), now).processors
    runs = [each.tally.runs for each in (*found.before.days, *found.after.days)]
    assert sum(runs) >= row.tally.runs > 0


def test_in_slack(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        refused = await bench.ask("/watch Box", sees="ephemeral", user=ALEX)
        assert refused["text"].startswith("I cannot tell who you are")
        listed = await bench.ask("/watch list", sees="ephemeral")
        assert listed["text"].startswith("No watch goes on.")
        helped = await bench.ask("/watch help", sees="ephemeral")
        assert "/watch" in helped["text"]
        unknown = await bench.ask("/watch end nothing", sees="ephemeral")
        assert unknown["text"]

    play(scenario, transport, services)
