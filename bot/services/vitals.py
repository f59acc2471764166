"""Whether this process does its work: its lanes finish, its storage takes what is written, P0 and P1 get out.

`/healthz` and `fireline healthz` ask `wrong`. Times are seconds of a clock that nobody sets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from bot.domain.errors import FirelineError
from bot.domain.findings.severity import Severity
from bot.domain.incidents.outbox import Unsaid
from bot.ports.clock import Clock

UNDELIVERED_S = 5.0
"""So long may a P0 or P1 wait to be posted."""
MOST_NAMED = 3
STEP_S = 5.0
"""Clocks that are slewed drift less between two looks; what is set jumps."""
PAGED = (Severity.P0, Severity.P1)


@dataclass
class _Lane:
    """`limit_s`: so long may it take from one end to the next. `failure`: of its last turn."""

    limit_s: float
    finished_at: float
    failure: str | None = None


class Vitals:
    """Lanes report here; whoever asks gets what is wrong now, in words."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds, self._lock = seconds, Lock()
        self._lanes: dict[str, _Lane] = {}

    def begin(self, lane: str, limit_s: float) -> None:
        with self._lock:
            self._lanes[lane] = _Lane(limit_s, self._seconds())

    def finished(self, lane: str) -> None:
        with self._lock:
            self._lanes[lane].finished_at, self._lanes[lane].failure = self._seconds(), None

    def failed(self, lane: str, reason: str) -> None:
        with self._lock:
            self._lanes[lane].failure = reason

    def wrong(self) -> tuple[str, ...]:
        now = self._seconds()
        with self._lock:
            return tuple(said for name, lane in self._lanes.items() if (said := _said(name, lane, now)) is not None)


def _said(name: str, lane: _Lane, now: float) -> str | None:
    if lane.failure is not None:
        return f"{name} failed: {lane.failure}"
    late = now - lane.finished_at
    return f"{name} has not finished for {late:.0f} s" if late > lane.limit_s else None


class CheckFailed(FirelineError):
    """A check found something wrong."""


class Checks:
    """One look at everything that must work; each check raises what is wrong."""

    def __init__(self, checks: Mapping[str, Callable[[], None]]) -> None:
        self._checks = checks

    def run(self) -> None:
        """Raises CheckFailed with all that is wrong."""
        found = [f"{name}: {reason}" for name, check in self._checks.items() if (reason := _reason(check)) is not None]
        if found:
            raise CheckFailed("; ".join(found))


def _reason(check: Callable[[], None]) -> str | None:
    try:
        check()
    except FirelineError as error:
        return str(error)
    except OSError as error:
        return error.strerror or str(error)
    return None


class Delivered:
    """A check: P0 and P1 are posted soon after their decision is first seen."""

    def __init__(self, unsaid: Callable[[], Sequence[Unsaid]], seconds: Callable[[], float]) -> None:
        self._unsaid, self._seconds = unsaid, seconds
        self._seen_at: dict[str, float] = {}

    def __call__(self) -> None:
        now = self._seconds()
        waiting = [each.decision.incident for each in self._unsaid() if each.decision.severity in PAGED]
        self._seen_at = {name: self._seen_at.get(name, now) for name in waiting}
        late = [name for name, seen_at in self._seen_at.items() if now - seen_at > UNDELIVERED_S]
        if late:
            raise CheckFailed(f"{len(late)} P0 or P1 not posted yet ({', '.join(late[:MOST_NAMED])})")


class Steady:
    """A check: nobody has set the clock since the last look. Detection looks again at once after a step."""

    def __init__(self, clock: Clock, seconds: Callable[[], float]) -> None:
        self._clock, self._seconds = clock, seconds
        self._offset = self._now()

    def __call__(self) -> None:
        before, self._offset = self._offset, self._now()
        step = self._offset - before
        if abs(step) > STEP_S:
            raise CheckFailed(f"the clock was set {'forward' if step > 0 else 'back'} by {abs(step):.0f} s")

    def _now(self) -> float:
        return self._clock().timestamp() - self._seconds()
