"""Whether this process does its work: its lanes finish, its storage takes what is written, P0 and P1 get out.

`/healthz` and `fireline healthz` ask `wrong`. Times are seconds of a clock that nobody sets.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from bot.domain.counts import plural
from bot.domain.delivery import Queued
from bot.domain.errors import FirelineError, reason_of
from bot.domain.findings.severity import Severity
from bot.domain.incidents.outbox import Unsaid
from bot.ports.clock import Clock
from bot.services.set_clock import SetClock, in_words

UNDELIVERED_S = 5.0
"""So long may a P0 or P1 wait to be posted."""
MOST_NAMED = 3
MOST_SKEW_S = 30.0
"""Slack dates its answers to the second, and they take some to arrive."""
TOLD_S = 1_800.0
"""So long is told that the clock was set."""
ASK_EVERY_S, ASK_AGAIN_S = 600.0, 30.0
"""How often Slack's clock is asked for: after an answer, and after none."""
log = logging.getLogger("fireline.vitals")
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

    def end(self, lane: str) -> None:
        """It is no more; what it still reports is not heard."""
        with self._lock:
            self._lanes.pop(lane, None)

    def finished(self, lane: str) -> None:
        with self._lock:
            if lane in self._lanes:
                self._lanes[lane].finished_at, self._lanes[lane].failure = self._seconds(), None

    def failed(self, lane: str, reason: str) -> None:
        with self._lock:
            if lane in self._lanes:
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

    def __init__(self, checks: Mapping[str, Callable[[], object]]) -> None:
        self._checks = checks

    def but(self, without: Iterable[str], more: Mapping[str, Callable[[], object]]) -> "Checks":
        """Without those of these names, and with more."""
        kept = {name: check for name, check in self._checks.items() if name not in set(without)}
        return Checks({**kept, **more})

    def run(self) -> None:
        """Raises CheckFailed with all that is wrong."""
        found = [f"{name}: {reason}" for name, check in self._checks.items() if (reason := _reason(check)) is not None]
        if found:
            raise CheckFailed("; ".join(found))


def _reason(check: Callable[[], object]) -> str | None:
    try:
        check()
    except FirelineError as error:
        return str(error)
    except OSError as error:
        return reason_of(error)
    return None


class _Waiting:
    """Since when each thing is seen to wait."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._seen_at: dict[str, float] = {}

    def late(self, names: Iterable[str]) -> list[str]:
        """Those that wait for too long."""
        now = self._seconds()
        self._seen_at = {name: self._seen_at.get(name, now) for name in names}
        return [name for name, seen_at in self._seen_at.items() if now - seen_at > UNDELIVERED_S]


class Delivered:
    """A check: P0 and P1 are posted soon after their decision is first seen."""

    def __init__(self, unsaid: Callable[[], Sequence[Unsaid]], seconds: Callable[[], float]) -> None:
        self._unsaid, self._waiting = unsaid, _Waiting(seconds)

    def __call__(self) -> None:
        unsaid = [each.decision.incident for each in self._unsaid() if each.decision.severity in PAGED]
        late = self._waiting.late(dict.fromkeys(unsaid))
        if late:
            raise CheckFailed(f"{len(late)} P0 or P1 not posted yet ({', '.join(late[:MOST_NAMED])})")


class Paged:
    """A check: a page of a P0 or P1 reaches its person soon, by some way. `unreached`: those that have not."""

    def __init__(self, unreached: Callable[[], Sequence[Queued]], seconds: Callable[[], float]) -> None:
        self._unreached, self._waiting = unreached, _Waiting(seconds)

    def __call__(self) -> None:
        pages = {each.page.id: each.page for each in self._unreached()}
        late = self._waiting.late(pages)
        if late:
            shown = [pages[name] for name in late[:MOST_NAMED]]
            named = ", ".join(f"{page.label} to {page.person} by {page.channel}" for page in shown)
            raise CheckFailed(f"{plural(len(late), 'page')} of P0 or P1 not sent yet ({named})")


class Steady:
    """A check: nobody has set the clock since the last look. Detection looks again at once after a step, which is told
    for a while.
    """

    def __init__(self, clock: Clock, seconds: Callable[[], float]) -> None:
        self._set, self._clock, self._seconds = SetClock(clock, seconds), clock, seconds
        self._said: str | None = None
        self._said_at = 0.0

    def __call__(self) -> None:
        step = self._set.step()
        if step:
            self._said = f"{in_words(step)}, to {self._clock():%Y-%m-%d %H:%M} UTC"
            self._said_at = self._seconds()
            raise CheckFailed(in_words(step))

    def warnings(self) -> tuple[str, ...]:
        if self._said is None or self._seconds() - self._said_at > TOLD_S:
            return ()
        return (f"{self._said}: pages keep their distance; what is late or missing goes by the new time",)


class Skew:
    """A check that never fails: does this machine's clock agree with Slack's? Slack is asked at the start, when the
    clock was set, and every ten minutes; what it answered last holds until then.
    """

    def __init__(self, clock: Clock, seconds: Callable[[], float], slack: Callable[[], datetime | None]) -> None:
        self._clock, self._seconds, self._slack = clock, seconds, slack
        self._set, self._ask_at = SetClock(clock, seconds), float("-inf")
        self._skew = 0.0

    def __call__(self) -> None:
        if self._set.step():
            self._ask_at = self._seconds()
        if self._seconds() < self._ask_at:
            return
        there = self._slack()
        self._ask_at = self._seconds() + (ASK_AGAIN_S if there is None else ASK_EVERY_S)
        if there is not None:
            self._learn((self._clock() - there).total_seconds())

    def _learn(self, skew: float) -> None:
        before, self._skew = self.warnings(), skew
        now = self.warnings()
        if now and not before:
            log.warning("%s", now[0])
        elif before and not now:
            log.info("this machine's clock agrees with Slack's again")

    def warnings(self) -> tuple[str, ...]:
        if abs(self._skew) <= MOST_SKEW_S:
            return ()
        side = "ahead of" if self._skew > 0 else "behind"
        said = f"this machine's clock is {abs(self._skew):.0f} s {side} Slack's"
        return (f"{said}: from 300 s on what Slack sends over HTTP is refused. Set the clock, with NTP for instance",)
