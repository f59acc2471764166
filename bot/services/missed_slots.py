"""Slots without a run that no date without data tells of: for answers that know of no incidents, by the same rules."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.domain.detection import passed_slots
from bot.domain.evidence.expectation import Expects, expectation
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.missed_slots import FEWEST_A_DAY, has_slots_to_miss
from bot.domain.evidence.observation import DateSpan
from bot.domain.findings.words import short_days
from bot.domain.health.model import Because, HealthReason, Window
from bot.domain.health.report import Scope
from bot.domain.platform.registry import Processor, Registry
from bot.domain.verdicts.context import Neighbours
from bot.domain.verdicts.judge import Verdict, judge
from bot.ports.warehouse import Warehouse

_DAY = timedelta(days=1)


class MissedSlots:
    """Dates on which data was due are judged by their data. Looked at are jobs with many slots a day, of which one may
    pass though the date has data, and those of which nobody knows when data is due.
    """

    def __init__(self, warehouse: Warehouse, registry: Registry) -> None:
        self._warehouse, self._registry, self._neighbours = warehouse, registry, Neighbours(registry)
        self._asked = [one for one in registry.processors if self._often(one) or self._of_runs_alone(one)]

    def _often(self, one: Processor) -> bool:
        return has_slots_to_miss(one) and self._registry.schedules[one.name].most_a_day >= FEWEST_A_DAY

    def _of_runs_alone(self, one: Processor) -> bool:
        has_slots = self._registry.schedules[one.name].has_slots
        return has_slots and not one.polling and not one.sporadic and expectation(one) is Expects.UNKNOWN

    def within(self, window: Window, moment: datetime, scope: Scope) -> Iterator[HealthReason]:
        """Of the processors in scope; as known at `moment`, where the history of the answer ends."""
        asked = [one for one in self._asked if scope.covers(one.name)]
        if not asked:
            return
        zone = self._registry.zone
        first = window.since.astimezone(zone).date() - passed_slots.LONGEST_LEAD
        dates = [first + ahead * _DAY for ahead in range((moment.astimezone(zone).date() - first).days + 1)]
        history = self._history(asked, dates, moment)
        for one in asked:
            slot = self._passed(history, one.name, dates, moment) if self._often(one) else None
            yield from () if slot is None else (slot,)
            yield from self._absent(history, one, dates, window, moment) if self._of_runs_alone(one) else ()

    def _history(self, asked: Sequence[Processor], dates: Sequence[date], moment: datetime) -> PipelineHistory:
        names = {one.name for one in asked}
        span, of = DateSpan(dates[0], dates[-1]), self._neighbours.asked(names)
        observed = self._warehouse.observed_dates(span, span.first, moment, of)
        return PipelineHistory.told(self._registry, observed, names, moment)

    def _passed(
        self, history: PipelineHistory, name: str, dates: Collection[date], moment: datetime
    ) -> HealthReason | None:
        """As detection has it; a planned window explains a slot."""
        days = [history.day(name, day) for day in dates]
        last_start = max((run.started_at for day in days for run in day.attempts), default=None)
        if last_start is None or any(day.under_way for day in days):
            return None
        found = passed_slots.detect(name, self._registry.schedules[name], last_start, moment)
        if found is None or history.planned(name, found.since, moment):
            return None
        return HealthReason(Because.SLOTS_MISSED, name, f"{found.explanation}.")

    def _absent(
        self, history: PipelineHistory, one: Processor, dates: Collection[date], window: Window, moment: datetime
    ) -> Iterator[HealthReason]:
        """Dates for which no run has started, as the verdict on them says."""
        days = [
            day.data_date
            for day in (history.day(one.name, each) for each in dates)
            if day.slots and window.since <= day.slots[0] <= moment
            if judge(day, moment, None).verdict is Verdict.MISSING_RUN
            if not history.planned(one.name, day.slots[0], moment)
        ]
        if days:
            text = f"{one.name}: no run has started for {short_days(days)} since the first slot."
            yield HealthReason(Because.SLOTS_MISSED, one.name, text)
