"""How much one person may ask for: a bucket of tokens each, so that nobody's flood is everybody's."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

BURST = 15
PER_S = 0.5
"""Slack takes about one message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""
MOST_PEOPLE = 10_000
SAY_AGAIN_S = 60.0


class Taken(Enum):
    """Whether a request is served. The first that is not is answered, the rest are left alone."""

    SERVED = "served"
    TOO_MANY = "too many, and not said yet"
    TOO_MANY_STILL = "too many, and said already"


@dataclass
class _Bucket:
    tokens: float
    filled_at: float
    said_at: float = float("-inf")


class Allowance:
    """`now` gives seconds of a clock that nobody sets."""

    def __init__(self, now: Callable[[], float], burst: float = BURST, per_s: float = PER_S) -> None:
        self._now, self._burst, self._per_s = now, burst, per_s
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, person: str) -> Taken:
        now = self._now()
        bucket = self._buckets.setdefault(person, _Bucket(self._burst, now))
        self._buckets.move_to_end(person)
        if len(self._buckets) > MOST_PEOPLE:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled_at) * self._per_s)
        bucket.filled_at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Taken.SERVED
        if now - bucket.said_at < SAY_AGAIN_S:
            return Taken.TOO_MANY_STILL
        bucket.said_at = now
        return Taken.TOO_MANY
