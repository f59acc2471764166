"""Rate limits: a bucket per method, and one per channel for posting.

https://docs.slack.dev/apis/web-api/rate-limits. Slack keeps its burst allowance to itself: here a method may
use up one minute's allowance at once, a channel takes four messages at once and then one a second.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

from .clock import Clock

TIERS = {2: 20.0, 3: 50.0, 4: 100.0}
POSTS_PER_MINUTE = 300.0
CHANNEL_BURST = 4.0
CHANNEL_PER_SECOND = 1.0
_HELD = 5_000


@dataclass
class _Bucket:
    level: float
    at: float


class RateLimits:
    """`scale` multiplies every allowance; 0 turns them off."""

    def __init__(self, clock: Clock, scale: float = 1.0) -> None:
        self.scale = scale
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, method: str, per_minute: float, channel: str | None = None) -> int:
        """Take one call out; 0, or the whole seconds to wait (`Retry-After`) and nothing is taken."""
        if self.scale <= 0:
            return 0
        wanted = [(method, per_minute * self.scale, per_minute * self.scale / 60)]
        if channel is not None:
            wanted.append((f"{method} {channel}", CHANNEL_BURST * self.scale, CHANNEL_PER_SECOND * self.scale))
        now = self._clock.seconds()
        buckets = [(self._bucket(name, most, rate, now), rate) for name, most, rate in wanted]
        delays = [(1 - bucket.level) / rate for bucket, rate in buckets if bucket.level < 1]
        if delays:
            return max(1, math.ceil(max(delays)))
        for bucket, _ in buckets:
            bucket.level -= 1
        return 0

    def _bucket(self, name: str, most: float, rate: float, now: float) -> _Bucket:
        most = max(1.0, most)
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(most, now)
            if len(self._buckets) > _HELD:
                self._buckets.popitem(last=False)
        bucket.level = min(most, bucket.level + (now - bucket.at) * rate)
        bucket.at = now
        return bucket
