"""Looks up which faults bear on a run: by (processor, date), or by processor and clock time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from tests.worlds.model import Fault

BY_CLOCK = frozenset(("perf_degradation", "slow_drift", "mild_slowdown", "failure_spike", "alert_storm", "maintenance"))


class Conditions:
    """The faults of a world, indexed for the pipeline."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._dated: dict[tuple[str, date], list[Fault]] = defaultdict(list)
        self._clocked: dict[str, list[Fault]] = defaultdict(list)
        for fault in faults:
            for name in fault.processors:
                if fault.kind in BY_CLOCK:
                    self._clocked[name].append(fault)
                else:
                    for day in fault.days:
                        self._dated[name, day].append(fault)

    def dated(self, name: str, day: date, *kinds: str) -> Fault | None:
        """The fault of one of these kinds on this processor's date, if any."""
        return next((fault for fault in self._dated.get((name, day), []) if fault.kind in kinds), None)

    def clocked(self, name: str, moment: datetime, *kinds: str) -> Fault | None:
        """The fault of one of these kinds in whose window the moment falls, if any."""
        for fault in self._clocked.get(name, []):
            if fault.kind in kinds and fault.window and fault.window[0] <= moment < fault.window[1]:
                return fault
        return None
