"""The steps of repairs, as they are stored: read again only when something else than we has changed them."""

from collections.abc import Iterable
from threading import Lock

from bot.domain.reprocessing.repair import RepairStep
from bot.ports.repairs import Repairs


class KeptSteps:
    """One look at a repair of thousands of steps takes long, and there is one each second."""

    def __init__(self, repairs: Repairs) -> None:
        self._repairs, self._lock = repairs, Lock()
        self._kept: dict[str, dict[int, RepairStep]] = {}
        self._marks: dict[str, int] = {}

    def of(self, repair: str) -> list[RepairStep]:
        """In the order of the plan, as they are now."""
        mark = self._repairs.steps_mark(repair)
        with self._lock:
            if self._marks.get(repair) == mark:
                return list(self._kept[repair].values())
        found = {step.seq: step for step in self._repairs.steps(repair)}
        with self._lock:
            self._kept[repair], self._marks[repair] = found, sum(step.version for step in found.values())
        return list(found.values())

    def changed(self, step: RepairStep) -> None:
        """We have stored it."""
        with self._lock:
            known = self._kept.get(step.repair, {}).get(step.seq)
            if known is not None and known.version < step.version:
                self._kept[step.repair][step.seq] = step
                self._marks[step.repair] += step.version - known.version

    def only(self, repairs: Iterable[str]) -> None:
        """Forget the others."""
        wanted = set(repairs)
        with self._lock:
            self._kept = {name: steps for name, steps in self._kept.items() if name in wanted}
            self._marks = {name: mark for name, mark in self._marks.items() if name in wanted}
