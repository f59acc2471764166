"""Chooses processors and dates for faults so that no processor has two on neighbouring dates unless asked to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from tests.worlds.clock import at
from tests.worlds.fleet import downstream, fleet
from tests.worlds.model import Options
from tests.worlds.season import FIRST_DAY, Season

EVAL_START = at(FIRST_DAY + timedelta(days=14), 0)


class Picker:
    """Draws (processor, date) pairs inside the scored part of the world."""

    def __init__(self, options: Options, season: Season) -> None:
        self.random = Random(f"{options.seed}:plan")
        self.season = season
        self.hard = options.hard
        self.taken: set[tuple[str, date]] = set()
        self.days = [day for day in season.days if at(day, 0) >= EVAL_START][:-2]
        self.game_days = [day for day in self.days if season.count(day)]

    def take(self, name: str, day: date, length: int = 1) -> None:
        """Keep a processor's dates and their neighbours free of other faults."""
        self.taken |= {(name, day + timedelta(days=n)) for n in range(-1, length + 1)}

    def free(self, name: str, day: date, length: int = 1) -> bool:
        return not any((name, day + timedelta(days=n)) in self.taken for n in range(length))

    def pick(
        self, names: Iterable[str], *, length: int = 1, days: list[date] | None = None, blocks: bool = False
    ) -> tuple[str, date]:
        """A free processor and first date; `length` days must be free, and with `blocks` its dependents' too.

        Raises LookupError when a short world has no room left.
        """
        pool, dates = sorted(names), [day for day in days or self.game_days if self._fits(day, length)]
        for _ in range(500):
            if not dates:
                break
            name, day = self.random.choice(pool), self.random.choice(dates)
            below = downstream(name) if blocks else frozenset()
            if self.free(name, day, length) and all(self.free(child, day, length) for child in below):
                self.take(name, day, length)
                self.taken |= {(child, day) for child in below}
                return name, day
        raise LookupError(f"no free date for any of {len(pool)} processors; ask for more days or fewer kinds")

    def _fits(self, day: date, length: int) -> bool:
        return length == 1 or day + timedelta(days=length) <= self.season.days[-1]

    def named(self, *frequencies: str, leaves: bool = True) -> list[str]:
        """Unscraped processors of these frequencies; by default quiet leaves, as in the recorded worlds."""
        return [
            one.name
            for one in fleet().values()
            if one.frequency in frequencies
            and one.name not in ("GamebookRegistryProcessor", "NbacScheduleProcessor", "PredictionCoordinator")
            and (not leaves or not (one.polling or downstream(one.name)))
        ]

    def ordinary(self) -> list[str]:
        """Roots of dated incidents: quiet leaves after games; in hard worlds pollers and roots with dependents too."""
        if not self.hard:
            return self.named("post")
        return [*self.named("post", leaves=False), *self.named("pre"), *self.named("p4")]
