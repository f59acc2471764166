"""The game calendar: game days, games with their start and final times, a six-day break and odd days off."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.worlds.clock import at
from tests.worlds.model import Game, Options

FIRST_DAY = date(2026, 2, 1)
EVENING = (19.0, 19.5, 20.0, 21.0, 22.0)
COUNTS = (1, 2, 3, 3, 4, 5, 5, 5, 6, 6, 7, 7, 7, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11, 12, 12, 13)


class Season:
    """Games by date; `breaks` are the days of the long pause, `off` the other days without a game."""

    def __init__(self, options: Options) -> None:
        random = Random(f"{options.seed}:season")
        self.days = [FIRST_DAY + timedelta(days=n) for n in range(options.days)]
        pause = FIRST_DAY + timedelta(days=random.randrange(16, 21))
        self.breaks = {pause + timedelta(days=n) for n in range(6)} & set(self.days)
        others = [day for day in self.days if day not in self.breaks]
        self.off = set(random.sample(others, random.choice((0, 1, 2, 3, 5))))
        self.games: dict[date, list[Game]] = {day: [] for day in self.days}
        self.thin = set(random.sample(others, 5)) if options.hard else set()
        for day in others:
            if day not in self.off:
                self.games[day] = self._games(random, day)

    def _games(self, random: Random, day: date) -> list[Game]:
        count = random.choice((1, 2)) if day in self.thin else random.choice(COUNTS)
        hours = (15.5, *EVENING, 19.0) if day.weekday() >= 5 else EVENING
        found = []
        for number in range(count):
            start = at(day, random.choice(hours))
            found.append(Game(number, day, start, start + timedelta(minutes=random.randint(135, 164))))
        return found

    def count(self, day: date) -> int:
        """Number of games on the date, 0 outside the world."""
        return len(self.games.get(day, []))
