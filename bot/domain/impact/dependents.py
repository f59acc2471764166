"""What depends on a processor, worst first. Rows are made only of those that somebody looks at: there may be 10,000."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple

from bot.domain.evidence.freshness import Staleness
from bot.domain.impact.deadlines import Deadline
from bot.domain.platform.registry import Processor


class Affected(NamedTuple):
    """A processor, `hops` below the one asked about (0: that one itself). `next_slot`: the next slot (aware UTC) of the
    data date that is still to come. `deadline` is None without one, and when the date's data is there already.
    """

    processor: Processor
    hops: int
    staleness: Staleness
    deadline: Deadline | None
    next_slot: datetime | None


class ImpactRank(NamedTuple):
    """How bad it is; what is worse comes first. `level` 0 is the highest criticality, `state` is one of those below,
    `due_at` the end of time without a deadline.
    """

    level: int
    state: int
    due_at: datetime
    hops: int


STALE, UNTOLD, FRESH = range(3)

Ranks = tuple[int, int, datetime, int]
"""The values of a ImpactRank: of 10,000 a plain tuple is made in less time."""


@dataclass(frozen=True)
class Dependents:
    """The names at each place, both in order, and how the row of a name is made."""

    places: Sequence[tuple[ImpactRank, Sequence[str]]]
    row: Callable[[str], Affected]

    @classmethod
    def ranked(cls, names: Mapping[Ranks, Sequence[str]], row: Callable[[str], Affected]) -> "Dependents":
        """From the names at each place, in no order."""
        return cls([(ImpactRank(*place), sorted(names[place])) for place in sorted(names)], row)

    def __len__(self) -> int:
        return sum(len(names) for _, names in self.places)

    def __iter__(self) -> Iterator[Affected]:
        return map(self.row, self._names())

    def worst(self, most: int) -> tuple[Affected, ...]:
        return tuple(map(self.row, islice(self._names(), most)))

    def at(self, wanted: Callable[[ImpactRank], bool]) -> "Dependents":
        """Those at the places that are wanted."""
        return Dependents([(place, names) for place, names in self.places if wanted(place)], self.row)

    def named(self, wanted: Callable[[str], bool]) -> "Dependents":
        """Those whose names are wanted."""
        return Dependents([(place, [*filter(wanted, names)]) for place, names in self.places], self.row)

    def joined(self, others: "Dependents") -> "Dependents":
        """Both, in order; nobody is in both."""
        return Dependents(sorted([*self.places, *others.places], key=itemgetter(0)), self.row)

    def _names(self) -> Iterator[str]:
        return chain.from_iterable(names for _, names in self.places)
