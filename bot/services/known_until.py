"""Up to when the history is known: after that everything is unknown, for every answer alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.health.model import BASELINE, Because, HealthReason
from bot.domain.health.silence import HOUR, SHORTEST, is_long, no_new_data, silent_fleet, slots_within
from bot.domain.platform.registry import Processor, Registry
from bot.ports.warehouse import History, Warehouse

RECORDED_AFTER = timedelta(days=30)
"""A history whose newest row is older than this is a recorded one, whatever is due since."""
MOST_ASKED = 5
"""Processors with a slot in a silence that are looked into."""


@dataclass(frozen=True)
class Known:
    """`moment`: what an answer asked for at `asked` speaks of; earlier only if no new data came since, as `silence`
    says, next to a fleet that has started nothing.
    """

    moment: datetime
    asked: datetime
    silence: tuple[HealthReason, ...] = ()

    @property
    def stopped(self) -> str | None:
        """That nothing new came; None when it did."""
        return next((reason.text for reason in self.silence if reason.name == Because.NO_NEW_DATA), None)


class KnownUntil:
    def __init__(self, warehouse: Warehouse, registry: Registry) -> None:
        self._warehouse, self._registry = warehouse, registry

    def of(self, history: History, asked: datetime, *, exact: bool = False) -> Known:
        """`exact`: the answer is of `asked` even where the history ends before it."""
        silence = tuple(self._silence(history, asked, exact=exact))
        known = Known(asked, asked, silence)
        if history.known_until is None or known.stopped is None:
            return known
        return Known(history.known_until, asked, silence)

    def _silence(self, history: History, as_of: datetime, *, exact: bool) -> Iterator[HealthReason]:
        """Nothing has started for far longer than usual while slots were due: nothing runs, or nothing is loaded."""
        last, known = history.last_start, history.known_until
        if last is None or known is None or (as_of <= known and as_of - last - HOUR <= SHORTEST):
            return
        if as_of - known > RECORDED_AFTER:
            yield no_new_data(known, exact=exact)
            return
        if as_of - last - HOUR <= SHORTEST:
            return
        hours = self._warehouse.start_hours(as_of - BASELINE, as_of)
        if not is_long(as_of - last - HOUR, hours) or not self._anything_due(last + HOUR, as_of):
            return
        silent = is_long(known - last - HOUR, hours)
        if silent:
            yield silent_fleet(last, known)
        if not silent or is_long(as_of - known, hours):
            yield no_new_data(known, exact=exact)

    def _anything_due(self, since: datetime, until: datetime) -> bool:
        """Was data due for a slot of the span, or may have been? Without any slot the usual pause alone decides."""
        if not any(schedule.has_slots for schedule in self._registry.schedules.values()):
            return True
        return any(expected is not False for expected in self.expected(self._registry.processors, since, until))

    def expected(self, processors: Iterable[Processor], since: datetime, until: datetime) -> Iterator[bool | None]:
        """Whether data was due for the slots of a span: of a few processors, for the newest date of each."""
        slots = slots_within(processors, self._registry.schedules, since, until)
        for processor, day in islice(slots, MOST_ASKED):
            for date in self._warehouse.evidence(processor.name, day, day, until):
                yield date.expected
