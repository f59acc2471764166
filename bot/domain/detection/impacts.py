"""Whom a trouble keeps from its data. Among thousands of dependents only those are looked at that have changed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.history import PipelineHistory
from bot.domain.platform.lineage import Lineage

Key = tuple[tuple[str, ...], date, datetime]


class Impacts:
    """By (processors, data date, since when) of a trouble: its dependents, and whether each has to wait."""

    def __init__(self, history: PipelineHistory, lineage: Lineage) -> None:
        self._history, self._lineage = history, lineage
        self._known: dict[Key, dict[str, bool]] = {}
        self._asked: set[Key] = set()

    def take(self, changed: Iterable[tuple[str, date]]) -> None:
        """Look again at the dates that have changed; troubles that nobody has asked for since are over."""
        self._known = {key: waiting for key, waiting in self._known.items() if key in self._asked}
        self._asked = set()
        names = defaultdict[date, set[str]](set)
        for name, day in changed:
            names[day].add(name)
        for (_, day, since), waiting in self._known.items():
            waiting.update({name: self._waits(name, day, since) for name in names.get(day, ()) if name in waiting})

    def of(self, trouble: Trouble) -> tuple[str, ...]:
        """Dependents without their data for that date that have a slot for it after the trouble began."""
        if not trouble.blocks or trouble.data_date is None:
            return ()
        key = (trouble.processors, trouble.data_date, trouble.since)
        waiting = self._known.get(key)
        if waiting is None:
            names = dict.fromkeys(name for root in trouble.processors for name in self._lineage.down(root))
            waiting = {name: self._waits(name, *key[1:]) for name in names if name not in trouble.processors}
            self._known[key] = waiting
        self._asked.add(key)
        return tuple(name for name, waits in waiting.items() if waits)

    def _waits(self, name: str, data_date: date, since: datetime) -> bool:
        day = self._history.day(name, data_date)
        return day.runs_due and not day.filled and bool(day.slots) and day.slots[-1] > since
