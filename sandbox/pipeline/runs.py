"""A run from its start to its end."""

from dataclasses import dataclass, field, replace

from sandbox.pipeline.chance import token, unit
from sandbox.pipeline.moments import MINUTE
from sandbox.pipeline.outcomes import Attempt, Outcome

HEARTBEAT = 5 * MINUTE


@dataclass(slots=True)
class Run:
    """One run; `ends` in epoch seconds is known from the start, unless it is cut short."""

    attempt: Attempt
    outcome: Outcome
    ends: int = field(init=False)
    over: bool = False

    def __post_init__(self) -> None:
        self.ends = self.attempt.at + max(1, round(self.outcome.duration))

    @property
    def run_id(self) -> str:
        return token(*self.attempt.key)

    @property
    def is_stuck(self) -> bool:
        """Does nothing any more, or lives and does not finish within its limit."""
        return self.outcome.hung or self.outcome.category == "timeout"

    def cut(self, at: int, message: str) -> None:
        """End a hung run at `at`."""
        self.ends = at
        self.outcome = replace(self.outcome, duration=float(at - self.attempt.at), message=message)

    def heartbeat(self, at: int) -> int:
        """The last sign of life known at `at`: every 5 minutes; a hung run falls silent after a few."""
        start = self.attempt.at
        if self.outcome.hung:
            silent_from = start + 2 * MINUTE + int(unit(*self.attempt.key, "silent") * 2 * MINUTE)
            return min(at, silent_from)
        if at >= self.ends:
            return self.ends
        return start + (at - start) // HEARTBEAT * HEARTBEAT
