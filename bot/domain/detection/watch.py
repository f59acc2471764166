"""The watch over the pipeline: fed with events, asked at each tick what is wrong. Live and replay use the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.detection import outcomes, pace, silent_feeds, storms, streaks, stuck
from bot.domain.detection.by_processor import ByProcessor
from bot.domain.detection.causes import Differs, why_differs
from bot.domain.detection.failed_runs import STORMS, failed_runs
from bot.domain.detection.fleet import Fleet
from bot.domain.detection.graded import graded
from bot.domain.detection.impacts import Impacts
from bot.domain.detection.phases import Phases
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.coverage import DATES, expected_unreported, is_short
from bot.domain.evidence.history import HORIZON, LOOKED_AFTER, RECENT, PipelineHistory
from bot.domain.evidence.observation import Event, Observed, RunSeen, Timeline
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import POLLS, Category, Status, Trigger
from bot.domain.findings.finding import Finding, FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.calendar import floor_hour, slot_instant
from bot.domain.platform.registry import Registry, UnregisteredProcessor
from bot.domain.platform.schedule import MISSING_AFTER
from bot.domain.verdicts.context import Neighbours, Surroundings
from bot.domain.verdicts.judge import Judged, Verdict, judge

WARM_UP, WARM_UP_STEP = RECENT, timedelta(minutes=10)
OF_NOW = timedelta(days=2)
SKIRTS = timedelta(minutes=30)
"""A storm's failures begin so much before it is seen as one; hourly jobs end an hour after it was seen last."""
OVER_WHEN_LATER_WORKS = frozenset(
    {FindingKind.REPEATED_FAILURE, FindingKind.TIMEOUT, FindingKind.VALIDATION_FAILED, FindingKind.STUCK_RUN}
)
"""Troubles of a processor, not of a date: a later date that works ends them; what the date has lost remains."""


class Watch:
    """`last_date`: the last data date that a recorded history has; nothing is due after it (None: live, no end).

    Of a date whose loss is `accepted` nothing is said.
    """

    def __init__(
        self,
        registry: Registry,
        observed: Observed,
        policy: SeverityPolicy,
        accepted: AcceptedLosses,
        storm: StormPolicy,
        last_date: date | None = None,
    ) -> None:
        self.history = PipelineHistory(registry, observed)
        self._registry = registry
        neighbours = Neighbours(registry)
        self._lineage = neighbours.lineage
        self._phases = Phases(self.history, self._lineage)
        self._impacts = Impacts(self.history, self._lineage)
        self._surroundings = Surroundings(self.history, neighbours, accepted)
        self._policy, self._storm = policy, storm
        self._accepted = accepted
        self._open_troubles: dict[tuple[str, date], list[Trouble]] = {}
        self._last_date = last_date
        self._laid: set[date] = set()
        self._forgotten: date | None = None
        self._looked_at: datetime | None = None
        self._due: list[tuple[datetime, str, date]] = []
        self._storms: list[storms.StormSpan] = []
        ends_at = None if last_date is None else slot_instant(last_date, 24, registry.zone)
        self._by_processor = ByProcessor(self.history, self._real, self._ignored, self._waiting_for_nothing, ends_at)
        self._fleet = Fleet(self.history, self._by_processor.silence, ends_at)

    def tick(self, events: Iterable[Event], now: datetime) -> list[Finding]:
        """Take in what became known and say what is wrong now; each trouble is returned for as long as it holds."""
        (found,) = self.tick_under([self._policy], events, now)
        return found

    def tick_under(
        self, policies: Sequence[SeverityPolicy], events: Iterable[Event], now: datetime
    ) -> list[list[Finding]]:
        """The same look at the pipeline, as bad as each of the policies says."""
        troubles = self._roots(self._look(events, now))
        facts = [self._finding(trouble, now) for trouble in troubles]
        found = list[list[Finding]]()
        for at, policy in enumerate(policies):
            same = policies.index(policy)
            found.append(found[same] if same < at else self._graded(troubles, facts, policy, now))
        return found

    def _graded(
        self, troubles: Sequence[Trouble], facts: Sequence[Finding], policy: SeverityPolicy, now: datetime
    ) -> list[Finding]:
        pairs = zip(troubles, facts, strict=True)
        of_troubles = (graded(trouble, finding, policy, self._registry, now) for trouble, finding in pairs)
        return [*of_troubles, *silent_feeds.detect(self.history.silent_feeds(), policy)]

    def _look(self, events: Iterable[Event], now: datetime) -> list[Trouble]:
        """Take in what became known; every trouble that holds now."""
        events = list(events)
        self.history.at(now)
        self.history.take(events)
        self._by_processor.take(events)
        self._fleet.take(events)
        self._lay_days(now)
        found = self._storm_troubles(now)
        self._look_at_days(now, news=bool(events))
        of_dates = [trouble for troubles in self._open_troubles.values() for trouble in troubles]
        ill = {name for trouble in of_dates if self._speaks_of_runs(trouble, now) for name in trouble.processors}
        found += of_dates
        stormy = {name for trouble in found for name in trouble.processors if trouble.kind in STORMS}
        found += self._by_processor.troubles(now, skip=ill | stormy)
        self._impacts.take(self.history.changed)
        self.history.changed = set()
        found = self._fleet.sorted_out(found, now)
        left = {id(trouble) for trouble in found}
        return [*found, *self._phases.detect((each for each in of_dates if id(each) in left), now)]

    def _speaks_of_runs(self, trouble: Trouble, now: datetime) -> bool:
        """Does it say how its processor runs now? What an older date has lost, and what is there in part, does not."""
        recent = trouble.data_date is None or trouble.data_date >= now.date() - OF_NOW
        return recent and trouble.kind is not FindingKind.PARTIAL_COVERAGE

    def warm_up(self, timeline: Timeline, until: datetime) -> None:
        """Watch the day before `until` without saying anything: what a storm or a degradation explains afterwards is
        known only to who has seen it.
        """
        moment = until - WARM_UP
        while moment < until:
            self._look(timeline.until(moment), moment)
            moment += WARM_UP_STEP

    def look_after(self, dates: Iterable[tuple[str, date]]) -> None:
        """Dates that had a trouble when another process watched, by (processor, data date)."""
        known = (key for key in dates if key[0] in self._registry.by_name)
        self._open_troubles.update({key: [] for key in known})

    def renew(self, observed: Observed) -> None:
        """Another calendar is known, other windows, or a kind of evidence that was not there."""
        self._looked_at = None
        self.history.renew(observed)

    def verdict(self, day: ProcessorDate, now: datetime) -> Judged:
        expected = self.history.expected_rows(day) if day.filled else None
        return judge(day, now, expected, self._surroundings.of(day))

    def _lay_days(self, now: datetime) -> None:
        """Make every date that may have trouble by itself known, with the moments at which it may."""
        today = now.date()
        for day in (today + timedelta(days=offset) for offset in range(-HORIZON.days, 2)):
            if day in self._laid or (self._last_date is not None and day > self._last_date):
                continue
            self._laid.add(day)
            for processor in self._registry.processors:
                self._lay(processor.name, day)
            self._due.sort(reverse=True)
        self._lay_begun()
        if self._forgotten != today:
            self._forgotten = today
            self._laid = {day for day in self._laid if day >= today - 2 * HORIZON}
            self.history.forget_before(now, keep=self._open_troubles)

    def _lay(self, name: str, day: date) -> None:
        date_of = self.history.day(name, day)
        if self._is_recorded(date_of):
            self._due += [(moment, name, day) for moment in date_of.moments()]

    def _lay_begun(self) -> None:
        """Processors whose record has begun since the dates were laid."""
        if self.history.begun:
            for name in self.history.begun:
                for day in self._laid:
                    self._lay(name, day)
            self._due.sort(reverse=True)
            self.history.begun = set()

    def _is_recorded(self, day: ProcessorDate) -> bool:
        """Does the history cover the date?"""
        return day.unrecorded is None and (self._last_date is None or day.data_date <= self._last_date)

    def _is_told(self, day: ProcessorDate) -> bool:
        """Of a date before the history only its runs can be judged, never their absence."""
        return self._is_recorded(day) or bool(day.under_way) or any(day.attempts)

    def _look_at_days(self, now: datetime, *, news: bool) -> None:
        """While nothing becomes known, open troubles are looked at once an hour: of months of silence they are many."""
        keys, self.history.touched = self.history.touched, set()
        while self._due and self._due[-1][0] <= now:
            _, name, day = self._due.pop()
            keys.add((name, day))
        if news or self._looked_at != floor_hour(now):
            self._looked_at = floor_hour(now)
            keys |= set(self._open_troubles)
        keys |= self.history.under_way()
        recent, oldest = (now - HORIZON).date(), (now - LOOKED_AFTER).date()
        for key in keys:
            troubles: list[Trouble] = []
            if key[1] >= recent:
                date_of = self.history.day(*key)
                troubles = list(self._troubles_of(date_of, now)) if self._is_told(date_of) else []
            elif key in self._open_troubles and key[1] >= oldest:
                troubles = list(self._losses_of(self.history.day(*key), now))
            if troubles:
                self._open_troubles[key] = troubles
            else:
                self._open_troubles.pop(key, None)

    def _troubles_of(self, day: ProcessorDate, now: datetime) -> Iterator[Trouble]:
        """What is wrong with one date: the first that explains it, and notes with it."""
        name = day.processor.name
        if self._accepted.reason(name, day.data_date) is not None:
            return
        slowest = pace.slowest_seconds(self.history.paces[name].known, now) if day.under_way else None
        judged = self.verdict(day, now)
        outcome = self._of_its_own(day, outcomes.detect(day, judged, now, self._registry), now)
        if outcome is not None and outcome.kind is FindingKind.TRACKING_BUG:
            yield outcome
            outcome = None
        reported = bool(self._open_troubles.get((name, day.data_date)))
        if outcome is not None and not reported and outcomes.retry_pending(day, outcome, now):
            outcome = None
        streak = None if day.is_scraper else streaks.detect(day, now, self._ignored, self._dependents)
        if streak is None and self._only_failed_slots_lack(day, judged):
            outcome = None
        if streak and outcome and why_differs(judged.verdict, streak.root_cause) is Differs.HELD:
            streak = None  # it is reported now
        trouble = stuck.detect(day, now, slowest, self.history.arrivals.within) or streak
        if trouble is None or self._over(day, trouble):
            trouble = outcome or self._of_its_own(day, outcomes.late(day, judged, now), now)
        if trouble is not None:
            yield trouble

    def _losses_of(self, day: ProcessorDate, now: datetime) -> Iterator[Trouble]:
        """What an older date has lost, whatever its runs did."""
        if self._accepted.reason(day.processor.name, day.data_date) is not None:
            return
        judged = self.verdict(day, now)
        outcome = self._of_its_own(day, outcomes.detect(day, judged, now, self._registry), now)
        if outcome is not None and outcome.lost_since is not None:
            yield outcome

    def _only_failed_slots_lack(self, day: ProcessorDate, judged: Judged) -> bool:
        """Is it partial for want of slots whose failures are reported as such? What a streak of them has lost is a loss
        of its own, until it is there.
        """
        if judged.verdict is not Verdict.PARTIAL:
            return False
        earlier = self.history.filled_dates(day.processor.name, day.data_date, DATES)
        return not is_short(day.rows or 0, day.loads, expected_unreported(day, earlier))

    def _dependents(self, day: ProcessorDate) -> streaks.Dependents:
        names = self._lineage.down(day.processor.name)
        if not names:
            return streaks.Dependents.NONE
        known = (self.history.days.get((name, day.data_date)) for name in names)
        failing = any(other.failed_upstream for other in known if other is not None)
        return streaks.Dependents.FAIL if failing else streaks.Dependents.WAIT

    def _over(self, day: ProcessorDate, trouble: Trouble) -> bool:
        """Has the processor worked for a later date since?"""
        if trouble.kind not in OVER_WHEN_LATER_WORKS:
            return False
        later = (self.history.days.get((day.processor.name, day.data_date + timedelta(days=n))) for n in range(1, 8))
        return any(
            run.status is Status.SUCCESS and run.records != 0 and run.started_at > trouble.since
            for other in later
            if other is not None
            for run in other.runs
        )

    def _of_its_own(self, day: ProcessorDate, trouble: Trouble | None, now: datetime) -> Trouble | None:
        """None where something upstream explains it."""
        if trouble is None or self._blocked(day) or self._may_follow(day, now):
            return None
        return trouble

    def _may_follow(self, day: ProcessorDate, now: datetime) -> bool:
        """Has something that it is made from been repaired just now? Then its own run may follow, as after a slot."""
        others = (self.history.days.get((name, day.data_date)) for name in self._lineage.up(day.processor.name))
        repaired = (other.loaded_at for other in others if other is not None and other.rows)
        own = day.loaded_at
        return any(
            at is not None and at > day.settled_at and (own is None or own < at) and now < at + MISSING_AFTER
            for at in repaired
        )

    def _blocked(self, day: ProcessorDate) -> bool:
        """Is the date empty because something upstream is, or is partly filled, on which data is due too?"""
        if day.filled:
            return False
        ancestors = self._lineage.up(day.processor.name)
        days = (self.history.day(name, day.data_date) for name in ancestors)
        return any(other.expected and (other.filled is False or self.history.is_partial(other)) for other in days)

    def _ignored(self, run: RunSeen) -> bool:
        """Explained otherwise: a backfill, a planned window, a storm."""
        if run.trigger == Trigger.BACKFILL or self.history.planned(run.processor, run.started_at, run.known_at):
            return True
        return any(
            run.processor in span.processors and span.first - SKIRTS <= run.started_at <= span.last + storms.LAST_HOUR
            for span in self._storms
        )

    def _storm_troubles(self, now: datetime) -> list[Trouble]:
        span = self._storms[-1] if self._storms and self._storms[-1].last >= now - storms.LAST_HOUR else None
        since = span.first if span is not None else None
        retries = None
        if self.history.retries_about(now) >= self._storm.retries_per_hour:
            retries = storms.retry_storm(self.history.rhythms, now, self._storm, since)
        found = [retries] if retries is not None else []
        if retries is None:
            storm = storms.alert_storm(self._failures(now), self.history.rhythms, now, self._storm)
            found += [storm] if storm is not None else []
        for trouble in found:
            self._remember_storm(trouble, now)
        return found

    def _remember_storm(self, trouble: Trouble, now: datetime) -> None:
        span = self._storms[-1] if self._storms else None
        if span is None or span.last < now - storms.LAST_HOUR:
            span = storms.StormSpan(trouble.since, now, set())
            self._storms = [*self._storms[-20:], span]
        span.last = now
        span.processors.update(trouble.processors)

    def _failures(self, now: datetime) -> dict[str, list[tuple[RunSeen, Category]]]:
        """Real failures that became known within the last hour, by processor."""
        found: dict[str, list[tuple[RunSeen, Category]]] = {}
        for name in self.history.failed_since(now - storms.LAST_HOUR):
            for run in reversed(self.history.recent[name]):
                if run.known_at <= now - storms.LAST_HOUR:
                    break
                category = self._real(run, now)
                if category is not None:
                    found.setdefault(name, []).append((run, category))
        return found

    def _real(self, run: RunSeen, now: datetime) -> Category | None:
        """The category of a real failure. An unexplained poll is none: most polls find nothing, in any words."""
        category = self.history.day(run.processor, run.data_date).real_failure(run, now)
        return None if run.trigger in POLLS and category is Category.UNKNOWN else category

    def _waiting_for_nothing(self, name: str, now: datetime) -> Iterator[ProcessorDate]:
        """The processor's dates of late for which nothing upstream is missing. East of UTC tomorrow has begun."""
        dates = (now.date() - timedelta(days=ago) for ago in range(HORIZON.days, -2, -1))
        days = (self.history.day(name, day) for day in dates)
        return (day for day in days if self._is_recorded(day) and not self._blocked(day))

    def _roots(self, troubles: Iterable[Trouble]) -> list[Trouble]:
        """One trouble a source: a scraper and what is made from it are reported together, with its cause."""
        found: dict[tuple[object, ...], Trouble] = {}
        for trouble in troubles:
            key = (trouble.kind, self._source(trouble), trouble.data_date)
            known = found.get(key)
            if known is None:
                found[key] = trouble
            elif len(trouble.processors) > 1 or known.processors != trouble.processors:
                names = tuple(dict.fromkeys([*known.processors, *trouble.processors]))
                timed_out = RootCause.SCRAPER_TIMEOUT in (known.root_cause, trouble.root_cause)
                cause = RootCause.SCRAPER_TIMEOUT if timed_out else known.root_cause
                found[key] = replace(known, processors=names, root_cause=cause)
        return list(found.values())

    def _source(self, trouble: Trouble) -> str:
        """What tells troubles apart: the source that did not deliver, else the processor."""
        root = trouble.processors[0]
        source = self._registry.by_name[root].source
        return source if source is not None and trouble.kind is FindingKind.ZERO_RECORDS_SCRAPER else root

    def _finding(self, trouble: Trouble, now: datetime) -> Finding:
        """Its facts; how bad it is, is for a policy to say."""
        failed = failed_runs(trouble, self.history, self._real, now)
        day = self.history.days.get((trouble.processors[0], trouble.data_date)) if trouble.data_date else None
        return Finding(
            kind=trouble.kind,
            processors=trouble.processors,
            root_cause=trouble.root_cause,
            severity=Severity.P3,
            severity_reason="",
            since=trouble.since,
            evident_at=min(trouble.evident_at, now),
            explanation=trouble.explanation + self._unregistered(trouble),
            data_date=trouble.data_date,
            impact=self._impacts.of(trouble),
            error_class=trouble.error_class,
            failures=failed.count,
            failed_since=failed.since,
            error=failed.error,
            one_text=failed.one_text,
            rows=day.rows if day is not None else None,
        )

    def _unregistered(self, trouble: Trouble) -> str:
        known = (self._registry.by_name[name] for name in trouble.processors)
        names = [processor.name for processor in known if isinstance(processor, UnregisteredProcessor)]
        return f". Not in the registry: {', '.join(names)}" if names else ""
