"""The game calendar: an NBA-like season as a pure function of seed and date, the whole year round."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sandbox.pipeline.chance import rng, spread
from sandbox.pipeline.moments import HOUR, MINUTE, slot

PAUSE_BEGINS = timedelta(days=17)
PAUSE_LASTS = timedelta(days=5)
GAMES_BY_WEEKDAY = ((5, 9), (4, 7), (8, 11), (4, 5), (8, 12), (7, 11), (5, 9))
TIP_OFFS_ET = (19.0, 19.0, 19.5, 19.5, 20.0, 20.0, 20.5, 21.0, 22.0)


@dataclass(frozen=True, slots=True)
class Game:
    """One game; instants in epoch seconds, `final` about two and a half hours after the start."""

    game_id: str
    day: date
    start: int
    final: int

    def status(self, at: int) -> str:
        """As known at `at`: Scheduled, InProgress or Final."""
        if self.final <= at:
            return "Final"
        return "InProgress" if self.start <= at else "Scheduled"


class GameCalendar:
    """Games of any date. `anchor` is the last date of the history: the all-star pause lies 17 days before it."""

    def __init__(self, seed: int, anchor: date) -> None:
        self._seed = seed
        self._anchor = anchor
        self.games = lru_cache(maxsize=None)(self._games)

    def played(self, day: date) -> bool:
        pause = self._anchor - PAUSE_BEGINS
        if pause <= day < pause + PAUSE_LASTS:
            return False
        if abs((day - self._anchor).days) <= 4:
            return True
        return spread(day.toordinal(), self._seed, "day off") >= 0.06

    def _games(self, day: date) -> tuple[Game, ...]:
        if not self.played(day):
            return ()
        draw = rng(self._seed, "games", day)
        fewest, most = GAMES_BY_WEEKDAY[day.weekday()]
        hours = sorted(draw.choice(TIP_OFFS_ET) for _ in range(draw.randint(fewest, most)))
        if day.weekday() >= 5:
            hours[0] = 15.5
        return tuple(
            Game(f"G{day:%Y%m%d}{number:02d}", day, slot(day, tip), slot(day, tip) + self._length(draw.random()))
            for number, tip in enumerate(hours)
        )

    @staticmethod
    def _length(share: float) -> int:
        return 2 * HOUR + 18 * MINUTE + int(share * 24) * MINUTE

    def finals(self, day: date, at: int) -> int:
        """How many games of `day` are over at `at`."""
        return sum(game.final <= at for game in self.games(day))
