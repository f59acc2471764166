"""Compose the weekly report and the monthly review: ask every service for its part, of their own time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from bot.domain.errors import BadInput
from bot.domain.gate.folded import Folded, is_storm, storms_folded
from bot.domain.gate.noise_ledger import NoiseLedger
from bot.domain.health.model import BASELINE, Window
from bot.domain.health.report import Period
from bot.domain.incidents.figures import Figures
from bot.domain.incidents.incident import Incident
from bot.domain.platform.registry import Registry
from bot.domain.reports import monthly, noisiest, weekly
from bot.domain.reports.cost import STANDARD, Cost, Prices, cost_of
from bot.domain.reports.monthly import Capacity, MonthlyReport, Precision
from bot.domain.reports.objectives import Counts
from bot.domain.reports.paging import Call, own_line, paging
from bot.domain.reports.policy import FireTime, ReportPolicy, Schedule
from bot.domain.reports.summaries import month_of, week_of
from bot.domain.reports.weekly import Hid, Untried, WeeklyReport
from bot.domain.runbooks.runbook import Runbook
from bot.ports.state import State
from bot.ports.warehouse import Warehouse
from bot.services.confirmed import is_confirmed
from bot.services.deploys import DeploysService
from bot.services.health import HealthService
from bot.services.noise_ledger import ledger_within
from bot.services.oncall import OncallService
from bot.services.report_parts import NOTHING_STORED, OF_NOW, Parts, kept_before
from bot.services.retrospect import RetrospectService
from bot.services.slo import SloService

DAY = timedelta(days=1)
MOST_BACK = 40
"""Days: the newest fire before a date is one of so many."""


@dataclass(frozen=True)
class Asked:
    """Whom a review asks. `state` None: this process keeps none. `watchdog`: what watches Fireline, in words."""

    warehouse: Warehouse
    health: HealthService
    slo: SloService
    oncall: OncallService
    deploys: DeploysService
    retrospect: RetrospectService
    library: Callable[[], Sequence[Runbook]]
    state: State | None
    watchdog: Callable[[], Sequence[str]] = tuple


class ReviewService:
    """`fires`: when each of them is due."""

    def __init__(
        self,
        asked: Asked,
        registry: Registry,
        policy: ReportPolicy,
        fires: Mapping[Schedule, FireTime],
        prices: Prices = STANDARD,
    ) -> None:
        self._asked, self._registry, self.fires, self._prices = asked, registry, fires, prices
        self.zone = policy.zone or registry.zone

    def weekly(self, now: datetime, day: date | None = None) -> WeeklyReport:
        """Of the seven days up to now; with `day` as it was due on the Sunday up to it. Raises BadInput for one to
        come.
        """
        day, at = self._when(Schedule.WEEKLY, now, day)
        asked, part, since = self._asked, Parts(), at - weekly.WEEK
        ledger = cache(lambda: ledger_within(self._state, since, at))
        pages = cache(lambda: self._state.pages_within(since, at))
        incidents = cache(lambda: self._state.announced(since, at))
        return WeeklyReport(
            day=day,
            as_of=at,
            zone=self.zone,
            watched_since=part("what was watched", lambda: self._state.first_tick()),
            slo=part("service levels", lambda: asked.slo.of(at)),
            incidents=part("incidents", lambda: len(incidents())),
            figures=part("how soon", lambda: self._figures(since, at, at)),
            paging=part("pages", lambda: paging(pages(), asked.oncall.plan.by_name, self.zone)),
            noisiest=part("the noisiest", lambda: self._noisiest(since, at)),
            hid=part("what silences hid", lambda: self._hid(ledger())),
            untried=part("runbooks", lambda: self._untried(at)),
            drifts=part("deploys", lambda: self._drifts(at, now)),
            drifts_off=asked.deploys.off,
            ledger=part("findings", ledger),
            storms=part("storms", lambda: self._storms(incidents(), at)),
            own=part("Fireline's own pages", lambda: own_line(pages(), asked.watchdog())),
            before=part(
                "the report before", lambda: kept_before(self._state, Schedule.WEEKLY, day, self.zone, week_of)
            ),
            unavailable=part.unavailable,
            later=part.later,
        )

    def monthly(self, now: datetime, day: date | None = None) -> MonthlyReport:
        """Of the calendar month before now; with `day` as it was due on the first Monday up to it."""
        day, at = self._when(Schedule.MONTHLY, now, day)
        asked, part = self._asked, Parts()
        since, until = monthly.span_of(monthly.month_before(day), self.zone)
        incidents = cache(lambda: self._state.announced(since, until))
        return MonthlyReport(
            day=day,
            as_of=at,
            zone=self.zone,
            watched_since=part("what was watched", lambda: self._state.first_tick()),
            slo=part("service levels", lambda: asked.slo.of(at)),
            capacity=part("capacity", lambda: self._capacity(at)),
            kinds=part("incidents", lambda: monthly.by_kind(incidents())),
            figures=part("how soon", lambda: self._figures(since, until, at)),
            precision=part("precision", lambda: self._precision(incidents())),
            cost=part("cost", lambda: self._cost(since, until, at)),
            before=part(
                "the review before", lambda: kept_before(self._state, Schedule.MONTHLY, day, self.zone, month_of)
            ),
            unavailable=part.unavailable,
            later=part.later,
        )

    def calls_of(self, person: str, since: datetime, until: datetime) -> Sequence[Call]:
        """What has paged somebody, in order of time: as the weekly report counts it."""
        pages = self._state.pages_within(since, until)
        return paging(pages, self._asked.oncall.plan.by_name, self.zone).by_person.get(person, ())

    def _when(self, schedule: Schedule, now: datetime, day: date | None) -> tuple[date, datetime]:
        """Whose date, and as of when."""
        today = now.astimezone(self.zone).date()
        if day is None or day == today:
            return today, now
        if day > today:
            raise BadInput(f"There is no {schedule} report for {day} yet: its time has not come.")
        for back in range(MOST_BACK):
            at = self.fires[schedule](day - back * DAY)
            if at is not None and at <= now:
                return day - back * DAY, at.astimezone(UTC)
        raise BadInput(f"No {schedule} report was due on {day} or in the {MOST_BACK} days before.")

    @property
    def _state(self) -> State:
        if self._asked.state is None:
            raise BadInput(NOTHING_STORED)
        return self._asked.state

    def _figures(self, since: datetime, until: datetime, at: datetime) -> list[Figures]:
        """Only of what is stored."""
        assert self._state is not None
        return self._asked.retrospect.figures_within(since, until, at)

    def _precision(self, incidents: Iterable[Incident]) -> Precision:
        return monthly.precision((each.kind, self._state.feedback(each.id)) for each in incidents)

    def _noisiest(self, since: datetime, at: datetime) -> tuple[noisiest.Noisy, ...]:
        state, month = self._state, self._month(at)
        before = at - noisiest.PREVIEWED
        real = {each.id: each.label for each in state.announced(before, at) if is_confirmed(each, state)}
        due = {each.processor: each for each in self._asked.warehouse.health_due(month)}
        p99 = {each.processor: each.p99 for each in self._asked.warehouse.health_durations(month) if each.processor}
        known = noisiest.Known(
            self._registry.by_name,
            {each.name: each.phase for each in self._registry.processors},
            real,
            {name: Counts(each.filled, each.missing, each.unknown) for name, each in due.items()},
            p99.get,
        )
        return noisiest.noisiest(state.decisions(before, at), since, at, known)

    def _storms(self, incidents: Iterable[Incident], at: datetime) -> tuple[Folded, ...]:
        found = [each for each in incidents if is_storm(each)]
        return storms_folded(found, self._state.history(*(each.id for each in found)), at) if found else ()

    def _hid(self, ledger: NoiseLedger) -> tuple[Hid, ...]:
        names = {each.hidden_by for each in ledger.ended if each.hidden_by}
        return weekly.hid_real(ledger.ended, {name: self._state.silence(name) for name in names})

    def _untried(self, at: datetime) -> tuple[Untried, ...]:
        return weekly.untried(self._asked.library(), self._state.runbooks.last_started(), at)

    def _drifts(self, at: datetime, now: datetime) -> tuple[str, ...]:
        if at != now:
            raise BadInput(OF_NOW)
        rows = self._asked.deploys.of("", at).rows
        return tuple(f"{row.service.name}: {drift.said}" for row in rows for drift in row.drifts)

    def _capacity(self, at: datetime) -> Capacity:
        month = self._month(at)
        before, asked = month.baseline(), self._asked.warehouse
        runs = [Period(asked.health_counts(each), ()).tallies(self._registry) for each in (before, month)]
        then, now = ({name: tally.succeeded for name, tally in each.items()} for each in runs)
        return monthly.capacity(asked.health_durations(before), asked.health_durations(month), (then, now))

    def _cost(self, since: datetime, until: datetime, at: datetime) -> Cost:
        known = self._asked.health.known(at).moment
        span = Window(since.astimezone(UTC), until.astimezone(UTC), known, (until - since).days, exact=True)
        return cost_of(self._asked.warehouse.run_times(span), self._registry, self._prices)

    def _month(self, at: datetime) -> Window:
        """The 30 whole days (UTC) before the day up to which the history is known."""
        moment = self._asked.health.known(at).moment
        until = datetime.combine(moment.date(), time(), tzinfo=UTC)
        return Window(until - BASELINE, until, moment, BASELINE.days, exact=False)
