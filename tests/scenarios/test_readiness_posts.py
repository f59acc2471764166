"""Before the deadline that a date is for: what it still lacks, once for each date, and never taken for well."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import WarehouseUnavailable
from bot.domain.evidence.freshness import DateFreshness
from bot.domain.gate.memory import GateResult
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.impact.deadlines import Basis, Pace
from bot.domain.impact.readiness import finals
from bot.domain.impact.report import FreshnessFacts, ImpactMap
from bot.domain.platform.registry import Registry
from bot.domain.reports.policy import ReportPolicy
from bot.ports.fakes.state import FakeState
from bot.reporting import report_posts
from bot.services.app import AppServices
from bot.services.reports import Asked, ReportService
from bot.views import readiness
from tests.support import report_cards
from tests.support.pager import FakePager, PagedStory
from tests.support.report_cards import TONIGHT
from tests.support.rotas import NEW_YORK, eastern

DAY = date(2026, 1, 20)
DUE = eastern(2026, 1, 20, 17)
HOUR = timedelta(hours=1)


class Impact:
    """The impact of a small registry; `filled` have their data, `down`: the warehouse does not answer."""

    def __init__(self) -> None:
        self.map, self.filled, self.down, self.idle = ImpactMap(TONIGHT), set[str](), False, False

    def readiness(self, now: datetime, due: Any) -> Any:
        if self.down:
            raise WarehouseUnavailable("BigQuery does not answer.")
        states = {
            name: DateFreshness(name, expected=not self.idle, settled_at=DUE, filled=name in self.filled)
            for name in TONIGHT.by_name
        }
        known = FreshnessFacts(states, lambda _: Pace(900.0, Basis.OWN), None)
        found = [self.map.readiness(day, moments, now, known) for day, moments in due.items()]
        return tuple(each for each in found if each is not None)


class Story:
    def __init__(self, services: AppServices) -> None:
        self.state, self.impact = FakeState(), Impact()
        self.paged = PagedStory(DUE - 30 * HOUR, FakePager("report"), state=self.state)
        self.state.commit(self.paged.now, GateResult((), (), ()), 0)
        people = services.oncall, services.responses, self.state
        asked = Asked(services.health, services.slo, self.impact, services.trends, *people)  # type: ignore[arg-type]
        self.services = replace(services, now=lambda: self.paged.now, reports=self.reports(asked))
        self.shadowed = self.reports(replace(asked, shadow=ShadowPolicy(everything=True)))
        self.posts = [self.process() for _ in range(3)]

    def reports(self, asked: Asked) -> ReportService:
        return ReportService(asked, TONIGHT, ReportPolicy(zone=NEW_YORK), lambda _: None, 5)

    def process(self) -> Any:
        return report_posts(
            self.services, self.state, self.paged.paging.target, lambda: self.paged.now, "#data-alerts"
        ).readiness

    def at(self, moment: datetime) -> list[str]:
        """What has been said until then, whoever looked."""
        self.paged.now = moment
        for each in self.posts:
            each.look()
        self.paged.paging.deliver()
        [pager] = self.paged.pagers
        assert isinstance(pager, FakePager)
        return [page.text for page in pager.taken]


@pytest.fixture
def story(services: AppServices) -> Story:
    return Story(services)


def test_two_hours_before_it_says_once_what_is_missing(story: Story) -> None:
    assert story.at(DUE - 3 * HOUR) == []
    story.impact.filled = {"NbacGamebookProcessor"}
    [said] = story.at(DUE - 2 * HOUR)
    assert said.splitlines() == [
        "20 Jan still lacks 2 of 3 steps",
        "PredictionCoordinator is due 17:00 EST. 1 of 3 steps done.",
        "• PlayerGameSummary: its last slot has just passed, start by 16:30 EST",
        "• PredictionCoordinator: its slot is to come, start by 16:45 EST",
    ]
    story.impact.filled = set(TONIGHT.by_name)
    assert len(story.at(DUE - HOUR)) == 1
    assert len(story.at(DUE + HOUR)) == 1
    assert len(story.at(DUE + 22 * HOUR + timedelta(minutes=1))) == 2


def test_a_new_installation_in_shadow_says_nothing_until_it_is_switched_on(story: Story) -> None:
    shown = story.services.reports
    story.services.renew(replace(story.services, reports=story.shadowed))
    assert story.at(DUE - 2 * HOUR) == []
    story.services.renew(replace(story.services, reports=shown))
    assert len(story.at(DUE - HOUR)) == 1


def test_all_there_is_said_too(story: Story) -> None:
    story.impact.filled = set(TONIGHT.by_name)
    [said] = story.at(DUE - 2 * HOUR)
    assert said == "Ready for 20 Jan: all 3 steps done\nPredictionCoordinator is due 17:00 EST. 3 of 3 steps done."


def test_where_nothing_is_due_nothing_is_said(story: Story) -> None:
    story.impact.idle = True
    assert story.at(DUE - 2 * HOUR) == []
    story.impact.idle = False
    assert story.at(DUE - HOUR) == []


def test_a_warehouse_that_is_down_is_asked_again_and_then_said_to_be_unavailable(story: Story) -> None:
    story.impact.down = True
    assert story.at(DUE - 2 * HOUR) == []
    [said] = story.at(DUE - HOUR)
    assert said == "Readiness of 20 Jan is unavailable, neither good nor bad: BigQuery does not answer."
    story.impact.down = False
    assert len(story.at(DUE - HOUR / 2)) == 1


def test_whose_deadline_a_day_is_for() -> None:
    assert finals(TONIGHT, 5) == {"PredictionCoordinator"}
    several = Registry.model_validate(
        {
            "processors": [
                {"name": "A", "phase": 1, "sla_completion_time": "03:00"},
                {"name": "B", "phase": 2, "dependencies": ["A"], "sla_completion_time": "04:00"},
                {"name": "C", "phase": 2, "sla_completion_time": "05:00"},
            ]
        }
    )
    assert finals(several) == finals(several, 9) == {"B", "C"}
    assert finals(several, 1) == {"A"}


def test_the_card_names_the_most_urgent_step_first() -> None:
    made = report_cards.digest()
    assert made.tonight is not None
    card = readiness.card(made.tonight[0], NEW_YORK)
    assert card.text.splitlines()[0] == "20 Jan is at risk: 1 of 3 steps late"
    assert card.blocks[-1]["elements"][0]["text"]["text"] == "Impact of NbacGamebookProcessor"
