"""Who was called, when, and how the calls went: from the outbox of pages, and from nothing else."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.delivery import UNSENT, Act, PageState, Queued
from bot.domain.oncall.schedule import Person
from bot.domain.reports.replay import NIGHT_FROM, NIGHT_UNTIL
from bot.domain.statistics import nearest_rank

HOURS = 24


@dataclass(frozen=True)
class Call:
    """One person was called about one thing at one moment, by however many channels. `hour` by the clock of the
    report, `night` by that of where the person lives; `left`: nobody of that name is in oncall.yaml any more, and the
    report's clock is taken. `label`: of the incident.
    """

    person: str
    at: datetime
    hour: int
    night: bool
    left: bool = False
    label: str = ""


@dataclass(frozen=True)
class Paging:
    calls: tuple[Call, ...]

    @property
    def at_night(self) -> int:
        return sum(each.night for each in self.calls)

    @cached_property
    def by_hour(self) -> Sequence[int]:
        count = Counter(each.hour for each in self.calls)
        return [count[hour] for hour in range(HOURS)]

    @cached_property
    def by_person(self) -> Mapping[str, Sequence[Call]]:
        """Whoever was called most first."""
        found = dict[str, list[Call]]()
        for each in self.calls:
            found.setdefault(each.person, []).append(each)
        return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))


@dataclass(frozen=True)
class OwnLine:
    """How Fireline's own pages went, one a person and channel. `sent` were taken, `p99` of them within that time of
    being due (None: of none it is known); `unsent` were not; `again` of those sent took more than one try, and may have
    come twice. `watchdog`: what watches Fireline, in words.
    """

    sent: int
    p99: timedelta | None
    unsent: int
    again: int
    watchdog: Sequence[str] = ()


def paging(pages: Iterable[Queued], people: Mapping[str, Person], zone: ZoneInfo) -> Paging:
    """Those that were sent; what went as a line of another page is that one."""
    called = {
        (each.page.dedup_key, each.page.person, each.page.created_at): each.page.label
        for each in pages
        if each.page.act is Act.TRIGGER and each.state is PageState.SENT and not each.carried_by
    }
    calls = (_call(person, at, people.get(person), zone, label) for (_, person, at), label in called.items())
    return Paging(tuple(sorted(calls, key=lambda each: (each.at, each.person))))


def _call(name: str, at: datetime, person: Person | None, zone: ZoneInfo, label: str) -> Call:
    theirs = at.astimezone(zone if person is None else person.zone).hour
    night = theirs >= NIGHT_FROM or theirs < NIGHT_UNTIL
    return Call(name, at, at.astimezone(zone).hour, night, left=person is None, label=label)


def own_line(pages: Iterable[Queued], watchdog: Sequence[str]) -> OwnLine:
    """Of those that call somebody; what was acknowledged before it was sent is none."""
    wanted = [each for each in pages if each.page.act is Act.TRIGGER and each.state is not PageState.CANCELLED]
    sent = [each for each in wanted if each.state is PageState.SENT]
    took = sorted(each.not_before - each.page.created_at for each in sent if each.not_before >= each.page.created_at)
    unsent = sum(each.state in UNSENT or each.state in (PageState.REFUSED, PageState.UNKNOWN) for each in wanted)
    again = sum(each.page.attempts > 1 for each in sent)
    p99 = took[nearest_rank(0.99, len(took))] if took else None
    return OwnLine(len(sent), p99, unsent, again, watchdog)
