"""What is kept of clocks and leases, in memory."""

from bot.ports.clock import ClockMark
from bot.ports.leases import Lease


class FakeClocks:
    def __init__(self, marks: dict[str, ClockMark]) -> None:
        self._marks = marks

    def put(self, mark: ClockMark) -> None:
        self._marks[mark.work] = mark


class FakeLeases:
    def __init__(self, leases: dict[str, Lease]) -> None:
        self._leases = leases

    def put(self, before: Lease | None, after: Lease) -> bool:
        if self._leases.get(after.work) != before:
            return False
        self._leases[after.work] = after
        return True

    def holds(self, work: str, holder: str) -> bool:
        return work in self._leases and self._leases[work].holder == holder
