"""What to repair first: the order of steps that saves the most of tonight's deadlines.

Steps run in a few slots, each after what it is made from (see slots). A deadline is saved when its step ends in time;
it counts by how critical its processor is. Orders are tried by what they save, then by how late the rest is, then by
when all is over:

    latest start of a step = the earliest of its own deadline and its followers' latest starts, less its duration

Steps in order of their latest starts are the first guess. Where that misses deadlines, some are given up, so that the
others are met; then single steps are moved as long as that helps. The order given is one of those tried: the answer is
never worse. So many orders are tried as a budget allows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from bot.domain.reprocessing.plan import Limits, Step, StepKey
from bot.domain.reprocessing.slots import scheduled

BUDGET = 30_000
"""So many steps are placed in all, over all orders that are tried: a tenth of a second or two."""
FEWEST = 3
"""Orders that are tried, however many steps there are."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline, in seconds from the beginning; `weight`: how much it counts."""

    seconds: float
    weight: int = 1


class Met(NamedTuple):
    """A deadline, in seconds from the beginning, and when its step ends in that order."""

    key: StepKey
    due: float
    ends: float

    @property
    def spare(self) -> float:
        """The order may begin so much later; negative: it is missed by that."""
        return self.due - self.ends


@dataclass(frozen=True)
class Cheapest:
    """`order` of the steps; `met`: each deadline, the next first. `better`: it saves more than the order given."""

    order: tuple[StepKey, ...]
    met: tuple[Met, ...]
    better: bool

    @property
    def saved(self) -> tuple[Met, ...]:
        return tuple(each for each in self.met if each.spare >= 0)

    @property
    def given_up(self) -> tuple[Met, ...]:
        """No order that was tried meets these as well."""
        return tuple(each for each in self.met if each.spare < 0)

    @property
    def spare(self) -> float | None:
        """The latest start that still saves as much, in seconds from the beginning; None: there is nothing to save."""
        return min((each.spare for each in self.saved), default=None)


class Score(NamedTuple):
    """More is better."""

    saved: int
    on_time: float
    over: float


def cheapest(steps: Sequence[Step], limits: Limits, due: Mapping[StepKey, Due]) -> Cheapest:
    """Of steps that all are to run, in the order given; deadlines of other steps are left alone."""
    search = _Search(steps, limits, {key: each for key, each in due.items() if key in {step.key for step in steps}})
    given = search.score(range(len(steps)))
    search.run()
    met = [Met(key, each.seconds, search.best_ends[search.place[key]]) for key, each in search.due.items()]
    met.sort(key=lambda each: (each.due, each.key))
    better = search.best_score.saved > given.saved
    return Cheapest(tuple(steps[index].key for index in search.best), tuple(met), better)


class _Search:
    """Orders are lists of indices of steps; any is valid: what waits for others is passed over until they are done."""

    def __init__(self, steps: Sequence[Step], limits: Limits, due: Mapping[StepKey, Due]) -> None:
        self.steps, self._limits, self.due = steps, limits, due
        self.place = {step.key: index for index, step in enumerate(steps)}
        self._made_from = [
            [self.place[key] for name in step.after if (key := StepKey(name, step.data_date)) in self.place]
            for step in steps
        ]
        self._ordered = list(self._in_order())
        self._left = max(BUDGET, FEWEST * len(steps))
        self.best: Sequence[int] = range(len(steps))
        self.best_ends: Mapping[int, float] = {}
        self.best_score = Score(-1, -inf, -inf)

    def ends(self, order: Sequence[int]) -> Mapping[int, float]:
        placed = scheduled([self.steps[index] for index in order], self._limits)
        return {index: span.end for index, span in zip(order, placed, strict=True)}

    def score(self, order: Sequence[int]) -> Score:
        """Tries it: the best so far is kept."""
        self._left -= len(order)
        ends = self.ends(order)
        late = [(each, max(0.0, ends[self.place[key]] - each.seconds)) for key, each in self.due.items()]
        saved = sum(each.weight for each, by in late if not by)
        found = Score(saved, -sum(each.weight * by for each, by in late), -max(ends.values(), default=0.0))
        if found > self.best_score:
            self.best, self.best_score, self.best_ends = list(order), found, ends
        return found

    @property
    def _goes_on(self) -> bool:
        perfect = self.best_score.saved == sum(each.weight for each in self.due.values())
        return self._left > len(self.steps) and not perfect

    def run(self) -> None:
        if not self.due:
            return
        possible = list(self._possible())
        for order in self._guesses(possible):
            if self._goes_on:
                self.score(order)
        self._give_up(possible)
        self._move()

    def _possible(self) -> Iterator[StepKey]:
        """Deadlines that could be met if there were slots without end."""
        shortest: dict[int, float] = {}
        for index in self._ordered:
            before = max((shortest[each] for each in self._made_from[index]), default=0.0)
            shortest[index] = before + (self.steps[index].seconds or 0.0)
        yield from (key for key, each in self.due.items() if shortest[self.place[key]] <= each.seconds)

    def _in_order(self) -> Iterator[int]:
        """What others are made from first; the order given is so already, or nearly."""
        done, waiting = set[int](), list(range(len(self.steps)))
        while waiting:
            ready = [index for index in waiting if all(each in done for each in self._made_from[index])]
            yield from ready
            done.update(ready)
            waiting = [index for index in waiting if index not in done]

    def _guesses(self, wanted: Collection[StepKey]) -> Iterator[list[int]]:
        yield self._by_latest_start(wanted)
        yield self._one_by_one(sorted(wanted, key=lambda key: self.due[key].seconds))
        yield self._one_by_one(sorted(wanted, key=self._cost))

    def _by_latest_start(self, wanted: Collection[StepKey]) -> list[int]:
        latest = self._latest_starts(wanted)
        return sorted(range(len(self.steps)), key=lambda index: (latest[index], index))

    def _latest_starts(self, wanted: Collection[StepKey]) -> list[float]:
        latest = [inf] * len(self.steps)
        for key in wanted:
            latest[self.place[key]] = self.due[key].seconds
        for index in reversed(self._ordered):
            latest[index] -= self.steps[index].seconds or 0.0
            for before in self._made_from[index]:
                latest[before] = min(latest[before], latest[index])
        return latest

    def _one_by_one(self, wanted: Iterable[StepKey]) -> list[int]:
        """All that the first deadline needs, then all that the next one needs."""
        order = dict[int, None]()
        for key in wanted:
            order.update(dict.fromkeys(self._needs(self.place[key])))
        return [*order, *(index for index in range(len(self.steps)) if index not in order)]

    def _needs(self, index: int) -> list[int]:
        """A step and what it is made from, that first."""
        found, level = {index: None}, [index]
        while level:
            before = [made_from for each in level for made_from in self._made_from[each]]
            level = list(dict.fromkeys(before[::-1]))[::-1]  # each once: ways to a step are many more than steps
            for each in level:
                found.pop(each, None)
                found[each] = None
        return list(found)[::-1]

    def _cost(self, key: StepKey) -> float:
        """Work for each point of weight."""
        return sum(self.steps[index].seconds or 0.0 for index in self._needs(self.place[key])) / self.due[key].weight

    def _give_up(self, wanted: Sequence[StepKey]) -> None:
        """One deadline after the other, that without which the others fare best."""
        kept = list(wanted)
        while len(kept) > 1 and self._goes_on:
            tried = list[tuple[Score, StepKey]]()
            for key in kept:
                if not self._goes_on:
                    return
                rest = [each for each in kept if each != key]
                tried.append((max(self.score(order) for order in self._guesses(rest)), key))
            kept.remove(max(tried)[1])

    def _move(self) -> None:
        """Single steps to another place, as long as one of these moves helps."""
        helped = True
        while helped and self._goes_on:
            before = self.best_score
            for order in _moved(list(self.best)):
                if not self._goes_on:
                    return
                if self.score(order) > before:
                    break
            helped = self.best_score > before


def _moved(order: list[int]) -> Iterator[list[int]]:
    """Each step to each other place, to the front first."""
    for at, index in enumerate(order):
        rest = order[:at] + order[at + 1 :]
        yield from ([*rest[:to], index, *rest[to:]] for to in range(len(order)) if to != at)
