"""What happens in a pit: which incidents begin when, whom each pages, which of them somebody takes; all by the seed."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import MINUTE, Ladder, Step
from bot.domain.oncall.schedule import Layer, Person, Rota, Schedule

HOT = 6
"""People who are paged far more often than three times in five minutes: theirs go as bundles."""
HOT_SHARE, P0_SHARE, TAKEN_SHARE = 0.1, 0.6, 0.15
STEP, HOLDS = 5 * MINUTE, 60 * MINUTE
"""From one step to the next; so long an acknowledgement holds. Then its owner, asked before, is paged again."""
ZONE = ZoneInfo("UTC")
ALWAYS = date(2000, 1, 3)


@dataclass(frozen=True)
class Planned:
    """Seconds are of the scaled clock, from the beginning. `first` and `second` are paged in turn; `taken_at`: somebody
    acknowledges it then; None: nobody does.
    """

    name: str
    at_s: float
    severity: Severity
    first: str
    second: str
    taken_at: float | None

    @property
    def ways(self) -> tuple[str, ...]:
        return ("slack", "voice") if self.severity is Severity.P0 else ("slack",)

    @property
    def ladder(self) -> Ladder:
        """It ends with its second step and five minutes: then the incident is exhausted, once."""
        steps = (Step(0 * MINUTE, (self.first,), self.ways), Step(STEP, (self.second,), self.ways))
        return Ladder(steps, acknowledged_for=HOLDS)


@dataclass(frozen=True)
class Story:
    incidents: int
    over_s: float
    seed: int

    @cached_property
    def planned(self) -> tuple[Planned, ...]:
        chance = random.Random(self.seed)
        return tuple(self._one(number, chance) for number in range(self.incidents))

    def _one(self, number: int, chance: random.Random) -> Planned:
        first, second = f"P{2 * number}", f"P{2 * number + 1}"
        if chance.random() < HOT_SHARE:
            first, second = (f"H{each}" for each in chance.sample(range(HOT), 2))
        at = self.over_s * number / self.incidents
        severity = Severity.P0 if chance.random() < P0_SHARE else Severity.P1
        taken = at + chance.uniform(0, 600) if chance.random() < TAKEN_SHARE else None
        return Planned(f"pit-{number}", at, severity, first, second, taken)

    @cached_property
    def schedule(self) -> Schedule:
        """Everybody has a rota of their own name."""
        names = [*(f"H{n}" for n in range(HOT)), *(f"P{n}" for n in range(2 * self.incidents))]
        people = (Person(name=name, zone=ZONE, slack=f"U{name}", phone=f"+1555{n:07}") for n, name in enumerate(names))
        layers = {name: (Layer(people=(name,), starts=ALWAYS, zone=ZONE),) for name in names}
        return Schedule(ZONE, tuple(people), tuple(Rota(name=name, layers=layers[name]) for name in names))


@dataclass(frozen=True)
class ScaledClock:
    """Goes `scale` times as fast as the machine's; the same in all processes."""

    began: float
    scale: float

    def at(self, epoch: float) -> datetime:
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=self.scale * (epoch - self.began))
