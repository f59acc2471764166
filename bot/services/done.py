"""Is a date of a processor done? The rule is the recorder's: a run succeeded and brought records."""

from collections.abc import Callable
from datetime import date

from bot.domain.errors import suggest
from bot.domain.evidence.observation import Asked, DateSpan
from bot.domain.evidence.runs import Status
from bot.domain.platform.registry import Registry
from bot.ports.clock import Clock
from bot.ports.warehouse import Warehouse
from bot.recorder.answers import UNKNOWN, Answer, answer_of


class DoneService:
    def __init__(self, warehouse: Warehouse, registry: Callable[[], Registry], now: Clock) -> None:
        self._warehouse, self._registry, self._now = warehouse, registry, now

    def answer(self, processor: str, data_date: date) -> Answer:
        """Unknown for a name that is in no registry and of no run. Raises WarehouseUnavailable."""
        span, asked = DateSpan(data_date, data_date), Asked((processor,), (), ())
        runs = self._warehouse.observed_dates(span, data_date, self._now(), asked).runs
        names = [each.name for each in self._registry().processors]
        if not runs and processor not in names:
            return Answer(UNKNOWN, f"no processor {processor!r} is known. {suggest(processor, names)}".rstrip())
        good = [run for run in runs if run.status is Status.SUCCESS]
        return answer_of(max((run.records or 0 for run in good), default=None), len(good))
