"""Whom an incident pages, when and by what, until somebody acknowledges it: per severity, copied when it opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.findings.severity import Severity

MINUTE = timedelta(minutes=1)
WRITTEN = frozenset({"jira", "mention", "apprise"})
"""Channels that write something down, and wake nobody."""
NAMED_FIRST = 5 * MINUTE
WAKING = ("slack",)
"""What pages by a ladder that wakes nobody, where somebody is named."""


@dataclass(frozen=True)
class Step:
    """`after` the incident was announced, whoever has the turn of `rotas` is paged by the channels `by`; and `people`,
    whom somebody has named.
    """

    after: timedelta
    rotas: tuple[str, ...]
    by: tuple[str, ...]
    people: tuple[str, ...] = ()

    @property
    def wakes(self) -> bool:
        """Or is only a ticket made, or somebody named in the team's channel?"""
        return not WRITTEN.issuperset(self.by)


@dataclass(frozen=True)
class Ladder:
    """`steps` in order of time; none: nobody is paged. After the last the incident is exhausted: `repeat` later the
    ladder begins again; None: not. An acknowledgement holds for `acknowledged_for`.
    """

    steps: tuple[Step, ...] = ()
    repeat: timedelta | None = None
    acknowledged_for: timedelta = 60 * MINUTE

    @property
    def wakes(self) -> bool:
        """Is anybody paged at all?"""
        return any(step.wakes for step in self.steps)

    @property
    def patience(self) -> timedelta:
        """How long after the last step the ladder is exhausted: as long as between the last two, 5 minutes at least."""
        if len(self.steps) < 2:
            return 5 * MINUTE
        return max(5 * MINUTE, self.steps[-1].after - self.steps[-2].after)


def beginning_with(ladder: Ladder, rotas: tuple[str, ...], people: tuple[str, ...]) -> Ladder:
    """Whoever is named is paged at once, by what the ladder pages with; its own steps follow `NAMED_FIRST` later."""
    by = next((step.by for step in ladder.steps if step.wakes), WAKING)
    own = (replace(step, after=step.after + NAMED_FIRST) for step in ladder.steps)
    return replace(ladder, steps=(Step(0 * MINUTE, rotas, by, people), *own))


def _standard() -> Mapping[Severity, Ladder]:
    """P0 is paged at once by two ways; P1 is a mention, and paged after half an hour; P2 is a ticket, P3 nothing."""
    return {
        Severity.P0: Ladder(
            (
                Step(0 * MINUTE, ("primary",), ("slack", "voice")),
                Step(5 * MINUTE, ("secondary",), ("slack", "voice")),
                Step(10 * MINUTE, ("manager",), ("slack", "voice")),
            ),
            repeat=30 * MINUTE,
            acknowledged_for=30 * MINUTE,
        ),
        Severity.P1: Ladder(
            (
                Step(0 * MINUTE, ("primary",), ("mention",)),
                Step(30 * MINUTE, ("primary",), ("slack",)),
                Step(60 * MINUTE, ("secondary",), ("slack",)),
            ),
            acknowledged_for=60 * MINUTE,
        ),
        Severity.P2: Ladder((Step(0 * MINUTE, ("primary",), ("jira",)),), acknowledged_for=240 * MINUTE),
        Severity.P3: Ladder(acknowledged_for=240 * MINUTE),
    }


@dataclass(frozen=True)
class EscalationPolicy:
    ladders: Mapping[Severity, Ladder] = field(default_factory=_standard)

    def of(self, severity: Severity) -> Ladder:
        return self.ladders[severity]
