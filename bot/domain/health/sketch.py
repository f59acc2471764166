"""Log-scaled buckets: quantiles within 1 % of the true value from counts that can be added and subtracted.

The scheme of DDSketch (Masson, Rim, Lee: "DDSketch", VLDB 2019, section 2.1): with gamma = (1 + a) / (1 - a), a value x
falls into bucket ceil(ln x / ln gamma), and 2 gamma^i / (gamma + 1) is within the relative error a of every x in it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.domain.statistics import nearest_rank

RELATIVE_ERROR = 0.01
GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
SMALLEST = 1e-6
"""Values up to this (seconds, records) share the zero bucket."""
ZERO_BUCKET = -2_000
"""Below every bucket of a value above SMALLEST (bucket(1e-6) is -691)."""


def value_of(bucket: int) -> float:
    """The value a bucket stands for."""
    return 0.0 if bucket == ZERO_BUCKET else float(2 * GAMMA**bucket / (GAMMA + 1))


@dataclass(frozen=True)
class Sketch:
    """Counts by bucket, buckets ascending and each once."""

    buckets: Sequence[int]
    counts: Sequence[int]

    @classmethod
    def merged(cls, sketches: Iterable["Sketch"]) -> "Sketch":
        total: dict[int, int] = {}
        for sketch in sketches:
            for bucket, count in zip(sketch.buckets, sketch.counts, strict=True):
                total[bucket] = total.get(bucket, 0) + count
        buckets = sorted(total)
        return cls(buckets, [total[bucket] for bucket in buckets])

    def quantiles(self, wanted: Sequence[float]) -> list[float]:
        """Quantiles by nearest rank, each within RELATIVE_ERROR of the true one. The sketch must hold something."""
        reached = list(accumulate(self.counts))
        return [value_of(self.buckets[bisect_right(reached, nearest_rank(q, reached[-1]))]) for q in wanted]
