"""What Slack sends again counts once: keys seen lately, in memory."""

from collections import OrderedDict
from collections.abc import Callable


class Once:
    """Remembers each key for `keep_s` seconds, and `most` keys at most: then the oldest are forgotten first."""

    def __init__(self, keep_s: float, most: int, now: Callable[[], float]) -> None:
        """`now` gives seconds; any clock will do."""
        self._keep_s, self._most, self._now = keep_s, most, now
        self._seen_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen_at)

    def first(self, key: str) -> bool:
        """Whether the key has not been seen within its time; from now on it has."""
        now = self._now()
        while self._seen_at and next(iter(self._seen_at.values())) <= now - self._keep_s:
            self._seen_at.popitem(last=False)
        if key in self._seen_at:
            return False
        if len(self._seen_at) >= self._most:
            self._seen_at.popitem(last=False)
        self._seen_at[key] = now
        return True

    def forget(self, key: str) -> None:
        """What it stood for had no effect: when it comes again it is the first."""
        self._seen_at.pop(key, None)
