"""Message timestamps: Slack's `seconds.micros` strings, unique and growing over the workspace."""

import re

from .clock import Clock
from .store import Store

_FORM = re.compile(r"\d{1,12}(\.\d{1,6})?")


def is_timestamp(text: str) -> bool:
    return _FORM.fullmatch(text) is not None


def micros(ts: str) -> int:
    """`1763712000.000100` as microseconds; ValueError if it is not a timestamp."""
    if not is_timestamp(ts):
        raise ValueError(f"{ts!r} is not a message timestamp; expected digits, a dot, six digits")
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0") or 0)


def spell(value: int) -> str:
    return f"{value // 1_000_000}.{value % 1_000_000:06d}"


class Timestamps:
    """Gives out the next one; after a restart it goes on above everything stored."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        highest = store.row("SELECT max(ts) FROM messages")[0]
        self._last = micros(highest) if highest else 0

    def next(self) -> str:
        self._last = max(int(self._clock.shown_seconds() * 1_000_000), self._last + 1)
        return spell(self._last)
