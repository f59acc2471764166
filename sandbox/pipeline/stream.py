"""All rows of the pipeline in the order of their visibility: the engine's, and the polls that find nothing."""

from collections.abc import Iterator
from functools import lru_cache

from sandbox.pipeline.effects import struck
from sandbox.pipeline.engine import Engine
from sandbox.pipeline.moments import HOUR
from sandbox.pipeline.outcomes import Attempt, Outcome
from sandbox.pipeline.polls import LONGEST_DELAY, failing_polls, storm_polls
from sandbox.pipeline.rows import RunRow
from sandbox.pipeline.volume import PollPlan

STOPS_POLLS = ("missing_run", "alert_storm", "retry_storm")


class QuietPolls:
    """The failing polls of an engine's world, with the faults that change them. They leave no trace but their row."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._hour = lru_cache(maxsize=16)(self._of_hour)

    def between(self, since: int, until: int) -> Iterator[RunRow]:
        """Polls whose row arrives in (since, until], hour by hour; the faults up to `until` must be known by then."""
        for hour in range((since - LONGEST_DELAY) // HOUR, until // HOUR + 1):
            for plan in self._engine.plans:
                usual = self._hour(plan, hour)
                changed = self._under_faults(plan, hour, usual)
                yield from (row for row in changed if since < row.inserted_at <= until)

    def _of_hour(self, plan: PollPlan, hour: int) -> list[RunRow]:
        return failing_polls(self._engine.world, plan, hour)

    def _under_faults(self, plan: PollPlan, hour: int, rows: list[RunRow]) -> list[RunRow]:
        faults = self._engine.faults.during(hour * HOUR, (hour + 1) * HOUR, *STOPS_POLLS)
        if not faults:
            return rows
        changed = [row for row in (self._changed(plan, row) for row in rows) if row is not None]
        for fault in faults:
            if fault.name == "retry_storm" and plan.processor.name in fault.targets:
                storm = storm_polls(self._engine.world, plan, hour, fault.id)
                changed += [
                    row
                    for row in storm
                    if fault.strikes(row.processor_name, row.data_date, row.started_at, manual=False)
                ]
        return changed

    def _changed(self, plan: PollPlan, row: RunRow) -> RunRow | None:
        found = self._engine.faults.striking(plan.processor.name, row.data_date, row.started_at)
        faults = [fault for fault in found if fault.name in {"missing_run", "alert_storm"}]
        if not faults:
            return row
        attempt = Attempt(plan.processor, row.data_date, row.started_at, row.trigger, row.attempt)
        usual = Outcome("failed", row.duration_seconds or 1.0, category="no_data_available")
        outcome = struck(self._engine.world, self._engine.state, attempt, usual, faults)
        if outcome is None:
            return None
        category = outcome.category if row.failure_category else None
        return row._replace(failure_category=category, error_message=outcome.message)
