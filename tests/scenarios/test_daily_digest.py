"""A year of reports: three replicas, kills, outages and both nights on which clocks change; each once for its date."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.fire_times import CronFires
from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.delivery import Page
from bot.domain.gate.memory import GateResult
from bot.domain.reports.daily import DailyReport
from bot.domain.reports.monthly import MonthlyReport
from bot.domain.reports.policy import ReportPolicy, Schedule
from bot.domain.reports.said import PICTURE, REST
from bot.domain.reports.weekly import WeeklyReport
from bot.ports.fakes.state import FakeState
from bot.ports.state import State
from bot.reporting import report_posts
from bot.services.app import AppServices
from bot.services.report_posts import ReportPosts
from bot.services.reports import ReportService
from bot.services.reviews import ReviewService
from tests.support.migrated_state import empty_state
from tests.support.pager import FakePager, PagedStory
from tests.support.rotas import NEW_YORK

DAY = timedelta(days=1)
POLICY = ReportPolicy(zone=NEW_YORK)
EARLY = time(6, 59), time(7), time(7, 0, 30), time(7, 2)
CLOCKS = (*EARLY, time(7, 40), time(8, 0, 30), time(11, 30), time(12, 30), time(18))
"""When somebody looks; of each date."""


class Bare(ReportService):
    """Composes nothing: what is claimed and posted does not depend on what it says."""

    def __init__(self) -> None:
        self.policy, self.zone, self.fires = POLICY, NEW_YORK, CronFires(POLICY.daily, NEW_YORK)

    def daily(self, now: datetime, day: date | None = None) -> DailyReport:
        return DailyReport(day=day or now.astimezone(NEW_YORK).date(), as_of=now, zone=NEW_YORK)


class BareReviews(ReviewService):
    """The same of the weekly report and the monthly review."""

    def __init__(self) -> None:
        self.zone = NEW_YORK
        self.fires = {
            Schedule.WEEKLY: CronFires(POLICY.weekly, NEW_YORK, day_of_week="sun"),
            Schedule.MONTHLY: CronFires(POLICY.monthly, NEW_YORK, day="1st mon"),
        }

    def weekly(self, now: datetime, day: date | None = None) -> WeeklyReport:
        return WeeklyReport(day=day or now.astimezone(NEW_YORK).date(), as_of=now, zone=NEW_YORK)

    def monthly(self, now: datetime, day: date | None = None) -> MonthlyReport:
        return MonthlyReport(day=day or now.astimezone(NEW_YORK).date(), as_of=now, zone=NEW_YORK)


class Year:
    """Replicas over one state, and the channel that their pages arrive in."""

    def __init__(self, services: AppServices, state: State, begin: datetime, replicas: int = 3) -> None:
        self.paged = PagedStory(begin, FakePager("report"), state=state)
        self.services = replace(services, now=lambda: self.paged.now, reports=Bare(), reviews=BareReviews())
        self.replicas = [self.process() for _ in range(replicas)]
        self.chance = random.Random(14)

    def process(self) -> tuple[ReportPosts[Any], ...]:
        return report_posts(
            self.services, self.paged.state, self.paged.paging.target, lambda: self.paged.now, "#data"
        ).reports

    def tick(self) -> None:
        """Detection looks."""
        version = self.paged.state.remembered(self.paged.now, DAY).version
        with self.paged.state.transaction() as tx:
            tx.gate.commit(self.paged.now.replace(microsecond=0), GateResult((), (), ()), version)

    def look(self) -> None:
        """All replicas, in any order; one may be killed and begin again meanwhile."""
        self.tick()
        order = list(range(len(self.replicas)))
        self.chance.shuffle(order)
        for each in order:
            if self.chance.random() < 0.1:
                self.replicas[each] = self.process()
            else:
                self.work(each)
        self.work(order[0])
        self.paged.paging.deliver()

    def work(self, replica: int) -> None:
        """The other reports come on Sundays and Mondays; on Tuesdays nothing of them comes again."""
        digest, *others = self.replicas[replica]
        digest.look()
        for each in others if self.paged.now.astimezone(NEW_YORK).isoweekday() in (7, 1, 2) else ():
            each.look()

    def day(self, day: date, clocks: tuple[time, ...] = CLOCKS) -> None:
        for clock in clocks:
            self.paged.now = datetime.combine(day, clock, NEW_YORK).astimezone(UTC)
            self.look()

    @property
    def posted(self) -> list[Page]:
        """The digests, without what goes into threads."""
        return self.of("digest")

    def of(self, prefix: str) -> list[Page]:
        [pager] = self.paged.pagers
        mine = (page for page in pager.taken if page.dedup_key.startswith(f"{prefix}:"))
        return [page for page in mine if not page.dedup_key.endswith((REST, PICTURE))]


@contextmanager
def sqlite(directory: Path) -> Iterator[State]:
    state = SqlState(open_engine(empty_state(directory / "state.db")))
    yield state
    state.close()


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, NEW_YORK).astimezone(UTC)


def test_a_year_of_three_replicas_has_one_report_a_date(services: AppServices) -> None:
    first = date(2026, 1, 1)
    year = Year(services, FakeState(), at(first, time(5)))
    year.tick()
    days = [first + n * DAY for n in range(365)]
    late, missed = days[40:60], days[200:205]
    for day in days:
        year.day(day, CLOCKS[4:] if day in late else CLOCKS[7:] if day in missed else CLOCKS)
    [pager] = year.paged.pagers
    assert set(Counter(page.dedup_key for page in pager.taken).values()) == {1}
    keys = {page.dedup_key for page in year.posted}
    assert keys == {f"digest:{day}{':skipped' if day in missed else ''}" for day in days}
    labelled = {page.dedup_key for page in year.posted if page.title.endswith("40 min late")}
    assert labelled == {f"digest:{day}" for day in late}
    due = {
        "weekly": [day for day in days if day.weekday() == 6],
        "monthly": [day for day in days if day.weekday() == 0 and day.day <= 7],
    }
    assert {name: len(those) for name, those in due.items()} == {"weekly": 52, "monthly": 12}
    for name, those in due.items():
        wanted = [f"{name}:{day}{':skipped' if day in missed else ''}" for day in those]
        assert [page.dedup_key for page in year.of(name)] == wanted


@pytest.mark.parametrize("night", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_nights_on_which_clocks_change_in_a_database(services: AppServices, night: date, tmp_path: Path) -> None:
    with sqlite(tmp_path) as state:
        year = Year(services, state, at(night - 2 * DAY, time(5)))
        year.tick()
        for day in (night - 2 * DAY, night - DAY, night, night + DAY):
            year.day(day, CLOCKS[:6])
        assert [page.dedup_key for page in year.posted] == [f"digest:{night + n * DAY}" for n in (-2, -1, 0, 1)]
        on_night = next(page for page in year.posted if page.dedup_key == f"digest:{night}")
        assert on_night.created_at == at(night, time(7))
        [weekly] = year.of("weekly")
        assert (weekly.dedup_key, weekly.created_at) == (f"weekly:{night}", at(night, time(8, 0, 30)))


def test_after_noon_one_line_says_why_there_was_none(services: AppServices) -> None:
    day = date(2026, 1, 15)
    year = Year(services, FakeState(), at(day - DAY, time(5)))
    year.day(day - DAY)
    year.day(day, (time(12, 30), time(13)))
    [_, line] = year.posted
    assert line.text == (
        "No daily digest for Thu 15 Jan: Fireline was not at work from 12:00 UTC until 17:30 UTC, when it was of no "
        "use any more. The last one is of Wed 14 Jan."
    )
    [audited] = [link.record for link in year.paged.state.audit_of("digest:2026-01-15")]
    assert audited.act == "digest skipped"


def test_what_began_after_its_time_makes_up_for_nothing(services: AppServices) -> None:
    day = date(2026, 1, 15)
    year = Year(services, FakeState(), at(day, time(9)))
    year.day(day, CLOCKS[6:])
    assert year.posted == []
    year.day(day + DAY)
    assert [page.dedup_key for page in year.posted] == ["digest:2026-01-16"]


def test_a_digest_waits_for_what_is_new_but_not_for_long(services: AppServices) -> None:
    day = date(2026, 1, 15)
    year = Year(services, FakeState(), at(day - DAY, time(5)), replicas=1)
    year.tick()
    for second, posted in ((0, 0), (60, 0), (120, 1), (180, 1)):
        year.paged.now = at(day, time(7)) + timedelta(seconds=second)
        year.work(0)
        year.paged.paging.deliver()
        assert len(year.posted) == posted
