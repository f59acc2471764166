"""Steps in a few slots: each starts when what it waits for is done and a slot is free, the first in order first."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from bot.domain.reprocessing.plan import Limits, Step, StepKey


class Span(NamedTuple):
    """When a step starts and ends, in seconds from the beginning."""

    start: float
    end: float


class _Queues:
    """Steps that may start but for the limits: for each processor in order; only heads of who has a place compete."""

    def __init__(self, steps: Sequence[Step], limits: Limits) -> None:
        self._steps, self._limits = steps, limits
        self._waiting: dict[str, list[int]] = defaultdict(list)
        self._heads: list[tuple[int, str]] = []
        self._at_work, self._in_service = Counter[str](), Counter[str]()
        self._of_service: dict[str, set[str]] = defaultdict(set)
        self._held: set[str] = set()

    def add(self, index: int) -> None:
        name = self._steps[index].processor
        heappush(self._waiting[name], index)
        self._of_service[self._steps[index].service].add(name)
        self._compete(name)

    def take(self) -> int | None:
        """The first that may start; it is at work then."""
        while self._heads:
            index, name = heappop(self._heads)
            waiting = self._waiting[name]
            if name in self._held or not waiting or waiting[0] != index:
                continue
            if self._is_full(self._steps[index]):
                self._held.add(name)
                continue
            heappop(waiting)
            self._at_work[name] += 1
            self._in_service[self._steps[index].service] += 1
            self._compete(name)
            return index
        return None

    def done(self, index: int) -> None:
        step = self._steps[index]
        self._at_work[step.processor] -= 1
        self._in_service[step.service] -= 1
        freed = {step.processor} | (self._of_service[step.service] if step.service else set())
        for name in freed & self._held:
            self._held.discard(name)
            self._compete(name)

    def _compete(self, name: str) -> None:
        if self._waiting[name]:
            heappush(self._heads, (self._waiting[name][0], name))

    def _is_full(self, step: Step) -> bool:
        if self._at_work[step.processor] >= self._limits.of_processor(step.processor):
            return True
        return bool(step.service) and self._in_service[step.service] >= self._limits.of_service(step.service)


def scheduled(steps: Sequence[Step], limits: Limits) -> list[Span]:
    """When each of the steps runs, all of which are to run, in the order given; what takes how long is not known takes
    no time.
    """
    followers, waits = _followers(steps)
    queues, spans = _Queues(steps, limits), [Span(0.0, 0.0)] * len(steps)
    for index, count in enumerate(waits):
        if count == 0:
            queues.add(index)
    now, ending = 0.0, list[tuple[float, int]]()
    while True:
        while len(ending) < limits.slots and (taken := queues.take()) is not None:
            spans[taken] = Span(now, now + (steps[taken].seconds or 0.0))
            heappush(ending, (spans[taken].end, taken))
        if not ending:
            return spans
        now, ended = heappop(ending)
        queues.done(ended)
        for follower in followers[ended]:
            waits[follower] -= 1
            if waits[follower] == 0:
                queues.add(follower)


def _followers(steps: Sequence[Step]) -> tuple[dict[int, list[int]], list[int]]:
    """Who waits for each step, and for how many each waits."""
    place = {step.key: index for index, step in enumerate(steps)}
    followers: dict[int, list[int]] = defaultdict(list)
    waits = [0] * len(steps)
    for index, step in enumerate(steps):
        found = (place.get(StepKey(name, step.data_date)) for name in step.after)
        for before in (each for each in found if each is not None):
            followers[before].append(index)
            waits[index] += 1
    return followers, waits
