"""Watches of fixes: what they show now, and those that are to post their result."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.access import Actor, Identity, without_slack
from bot.domain.audit import record
from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest, Tally, Window
from bot.domain.health.report import Period, Scope
from bot.domain.health.trends import window_of
from bot.domain.platform.registry import Registry
from bot.domain.reports import watch
from bot.domain.reports.objectives import Counts
from bot.domain.reports.policy import ReportPolicy
from bot.domain.reports.watch import DAYS, Side, Watch, Watched, WatchedDay
from bot.ports.state import State
from bot.ports.warehouse import Warehouse
from bot.services.access import check_role
from bot.services.health import HealthService
from bot.services.required_state import required
from bot.services.slo import SloService

DAY = timedelta(days=1)
log = logging.getLogger("fireline.reports")


@dataclass(frozen=True)
class WatchRequest:
    """`since`: the first date after the fix; None: today."""

    processor: str
    since: date | None = None
    days: int = DAYS


class WatchService:
    """`identify` asks who somebody is. `state` None: this process keeps none."""

    def __init__(
        self,
        warehouse: Warehouse,
        registry: Registry,
        health: HealthService,
        slo: SloService,
        state: State | None,
        policy: ReportPolicy,
        identify: Callable[[Actor], Identity] = without_slack,
    ) -> None:
        self._warehouse, self._registry, self._health, self._slo = warehouse, registry, health, slo
        self._state, self._identify = state, identify
        self._zone, self._posted_at = policy.zone or registry.zone, policy.daily

    def of(self, request: WatchRequest, now: datetime) -> Watched:
        """As it is now. Raises BadInput for a processor or dates that make no sense."""
        scope, name, since = self._asked(request, now)
        known = self._health.known(now)
        today = known.moment.astimezone(self._zone).date()
        before = [since + back * DAY for back in range(-request.days, 0)]
        after = [since + ahead * DAY for ahead in range(request.days) if since + ahead * DAY <= today]
        dates = self._dates(name, before[0], known.moment)
        made = [
            Side([self._day(scope, each, dates.get(each, Counts()), known.moment) for each in those])
            for those in (before, after)
        ]
        return Watched(
            processor=name,
            since=since,
            days=request.days,
            as_of=known.moment,
            zone=self._zone,
            before=made[0],
            after=made[1],
            over=today >= since + request.days * DAY,
            notes=() if known.stopped is None else (known.stopped,),
        )

    def start(self, request: WatchRequest, channel: str, who: Actor, now: datetime) -> Watch | None:
        """What posts its result once; None: all its days are over, and `of` is the result. Nothing of the days is read.
        Raises NotAllowed, and BadInput.
        """
        check_role(self._identify, who, "start a watch")
        _, name, since = self._asked(request, now)
        made = watch.begun(name, since, request.days, who.name, channel, now, self._posted_at, self._zone)
        if made.ends_at <= now:
            return None
        with required(self._state).transaction() as tx:
            if tx.reports.watches.start(made):
                what = {"processor": made.processor, "since": f"{made.since}", "days": made.days, "channel": channel}
                tx.audit.add(record(now, who.name, "watch_started", f"watch:{made.id}", what))
        log.info("%s watches %s for %s days from %s", who.name, made.processor, made.days, made.since)
        return made

    def standing(self) -> list[Watch]:
        return [] if self._state is None else self._state.reports.watches.standing()

    def end(self, watch_id: str, who: Actor, now: datetime) -> Watch:
        """Its result is not posted then. Raises NotAllowed, and BadInput for one that does not go on."""
        check_role(self._identify, who, "end a watch")
        known = next((each for each in self.standing() if each.id == watch_id), None)
        state = required(self._state)
        with state.transaction() as tx:
            done = known is not None and tx.reports.watches.end(watch_id, now)
            if done:
                tx.audit.add(record(now, who.name, "watch_ended", f"watch:{watch_id}", {}))
        if known is None or not done:
            raise BadInput(f"No watch {watch_id!r} goes on. `/watch list` shows those that do.")
        return known

    def _asked(self, request: WatchRequest, now: datetime) -> tuple[Scope, str, date]:
        """The processor, its name, and the first date after the fix. Raises BadInput."""
        scope = self._health.scope(HealthRequest(processor=request.processor))
        assert scope.processor is not None
        today = now.astimezone(self._zone).date()
        since = request.since or today
        watch.check_days(scope.processor.name, since, request.days, today)
        return scope, scope.processor.name, since

    def _day(self, scope: Scope, day: date, dates: Counts, moment: datetime) -> WatchedDay:
        assert scope.processor is not None
        name, window = scope.processor.name, window_of(day, self._zone, moment)
        if window.until <= window.since:
            return WatchedDay(day, Tally(), None, dates)
        counts = [each for each in self._warehouse.health_counts(window) if each.processor == name]
        timed = (each for each in self._warehouse.health_durations(window) if each.processor == name)
        tally = Period(counts, ()).tallies(scope.registry).get(name, Tally())
        return WatchedDay(day, tally, next(timed, None), dates)

    def _dates(self, name: str, first: date, moment: datetime) -> dict[date, Counts]:
        since = window_of(first, self._zone, moment).since
        window = Window(since, moment, moment, max(1, (moment - since).days), exact=False)
        mine = (each for each in self._slo.outcomes(window) if each.processor == name)
        return {each.data_date: Counts.of([each]) for each in mine}
