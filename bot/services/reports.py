"""Compose reports: ask every service for its part. What could not be asked is named, and nothing is made of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.errors import BadInput
from bot.domain.gate.noise_ledger import NoiseLedger
from bot.domain.gate.shadow_policy import NOTHING, ShadowPolicy
from bot.domain.health.model import HealthReport, HealthRequest
from bot.domain.impact.readiness import Deadlines, Readiness, deadlines_within, finals
from bot.domain.platform.registry import Registry
from bot.domain.reports.daily import BEFORE, DailyReport, OnDuty
from bot.domain.reports.paging import OwnLine, own_line
from bot.domain.reports.policy import FireTime, ReportPolicy, Schedule
from bot.domain.reports.shadow import ShadowReport
from bot.domain.reports.summaries import summary_of
from bot.ports.state import State
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.noise_ledger import ledger_within
from bot.services.oncall import OncallService
from bot.services.report_parts import NOTHING_STORED, OF_NOW, Parts, kept_before
from bot.services.responses import ResponseService
from bot.services.shadow import shadow_within
from bot.services.slo import SloService
from bot.services.trends import DailyRates, TrendService

DAY = timedelta(days=1)
OF_NOW_ALONE = (
    "the trend",
    "deadlines",
    "incidents",
    "silences",
    "Fireline's own pages",
    BEFORE,
)


@dataclass(frozen=True)
class Asked:
    """Whom a report asks. `state` None: this process keeps none. `shadow`: what is in shadow now; `watchdog`: what
    watches Fireline, in words.
    """

    health: HealthService
    slo: SloService
    impact: ImpactService
    trends: TrendService
    oncall: OncallService
    responses: ResponseService
    state: State | None
    shadow: ShadowPolicy = NOTHING
    watchdog: Callable[[], Sequence[str]] = tuple


class ReportService:
    """`fires`: when the daily digest is due. `final_phase`: whose deadlines a day is for, where it has any."""

    def __init__(
        self,
        asked: Asked,
        registry: Registry,
        policy: ReportPolicy,
        fires: FireTime,
        final_phase: int | None = None,
    ) -> None:
        self._asked, self._registry, self._final_phase = asked, registry, final_phase
        self.policy, self.fires = policy, fires
        self.zone = policy.zone or registry.zone

    @property
    def alone(self) -> bool:
        """Is it a new installation, all of it in shadow? Reports are posted then, and nobody is told anything else."""
        return self._asked.shadow.everything

    def daily(self, now: datetime, day: date | None = None) -> DailyReport:
        """The digest as of now; with `day` as known when that date's was due. Raises BadInput for one to come."""
        today = now.astimezone(self.zone).date()
        if day is None or day == today:
            return self._of_now(now, today)
        at = self.fires(day)
        if at is None or at > now:
            raise BadInput(f"There is no digest for {day} yet: its time has not come.")
        return self._of_then(at.astimezone(UTC), day)

    def readiness(self, now: datetime) -> tuple[Readiness, ...]:
        """Of the deadlines of the next 24 hours."""
        return self._asked.impact.readiness(now, deadlines_within(self._registry, now, now + DAY))

    def final_deadlines(self, now: datetime, within: timedelta) -> Deadlines:
        """Of those that a day is for."""
        wanted = finals(self._registry, self._final_phase)
        found = deadlines_within(self._registry, now, now + within)
        kept = {day: {name: at for name, at in due.items() if name in wanted} for day, due in found.items()}
        return {day: due for day, due in kept.items() if due}

    def readiness_of(self, day: date, now: datetime) -> Readiness | None:
        """Of the deadlines that a data date is for and that are to come; None: nothing is due. Raises
        WarehouseUnavailable.
        """
        due = {each: found for each, found in self.final_deadlines(now, 2 * DAY).items() if each == day}
        return next(iter(self._asked.impact.readiness(now, due)), None)

    def _of_now(self, now: datetime, day: date) -> DailyReport:
        asked, part = self._asked, Parts()
        week = part("health", lambda: asked.health.of(HealthRequest(days=7), now))
        last = None if week is None else part("the last day", lambda: asked.health.of(HealthRequest(days=1), now))
        rates: tuple[tuple[date, ...], DailyRates] | None = None
        if week is not None:
            rates = part("the trend", lambda: asked.trends.success(HealthRequest(days=7), now))
        return DailyReport(
            day=day,
            as_of=now,
            zone=self.zone,
            health=week,
            last_day=last,
            days=() if rates is None else rates[0],
            success={} if rates is None else rates[1],
            tonight=None if week is None else part("deadlines", lambda: self.readiness(now)),
            incidents=part("incidents", lambda: tuple(asked.responses.overviews(now))),
            duty=part("on call", lambda: self._duty(now)),
            silences=part("silences", lambda: tuple(self._state.silences(now))),
            ledger=part("findings", lambda: self._ledger(now, last)),
            shadow=part("shadow", lambda: self._shadow(now)),
            moved=None if week is None else part("what is usual", lambda: asked.health.baselines(now).moved),
            slo=None if week is None else part("service levels", lambda: asked.slo.of(now)),
            own=part("Fireline's own pages", lambda: self._own(now)),
            before=part(BEFORE, lambda: kept_before(self._state, Schedule.DAILY, day, self.zone, summary_of)),
            unavailable=part.unavailable,
            later=part.later,
        )

    def _of_then(self, at: datetime, day: date) -> DailyReport:
        """Exact, from the history alone; what is stored as it is now is not of then."""
        asked, part = self._asked, Parts()

        def known(days: int) -> HealthReport:
            return asked.health.of(HealthRequest(days=days, as_of=at), at)

        report = DailyReport(
            day=day,
            as_of=at,
            zone=self.zone,
            health=part("health", lambda: known(7)),
            last_day=part("the last day", lambda: known(1)),
            duty=part("on call", lambda: self._duty(at)),
            ledger=part("findings", lambda: self._ledger(at, None)),
            shadow=part("shadow", lambda: self._shadow(at)),
            moved=part("what is usual", lambda: asked.health.baselines(at, past=True).moved),
            slo=part("service levels", lambda: asked.slo.of(at)),
        )
        of_now = dict.fromkeys(OF_NOW_ALONE, OF_NOW)
        return replace(report, unavailable={**part.unavailable, **of_now})

    @property
    def _state(self) -> State:
        if self._asked.state is None:
            raise BadInput(NOTHING_STORED)
        return self._asked.state

    def _duty(self, now: datetime) -> OnDuty:
        if not self._asked.oncall.plan.rotas:
            return OnDuty((), ())
        found = self._asked.oncall.overview(now)
        return OnDuty(found.turns, found.gaps)

    def _shadow(self, now: datetime) -> ShadowReport:
        return shadow_within(self._state, self._asked.shadow, now - DAY, now)

    def _own(self, now: datetime) -> OwnLine:
        return own_line(self._state.pages_within(now - DAY, now), self._asked.watchdog())

    def _ledger(self, now: datetime, last: HealthReport | None) -> NoiseLedger:
        """As health has it; where health does not know it, of 24 hours."""
        known = None if last is None else last.noise.findings
        return ledger_within(self._state, now - DAY, now) if known is None else known
