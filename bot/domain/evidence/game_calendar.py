"""The games of each date: how many count, and until when a processor waits for their end."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.evidence.expectation import Expects, expectation
from bot.domain.evidence.observation import Game
from bot.domain.platform.calendar import games_given_up_at
from bot.domain.platform.registry import Processor


class GameCalendar:
    """All games that are known, in the past and ahead. Where ends are never told, time alone speaks."""

    def __init__(self, games: Iterable[Game], zone: ZoneInfo) -> None:
        self._by_date: dict[date, list[Game]] = defaultdict(list)
        for game in games:
            self._by_date[game.data_date].append(game)
        self._first = min(self._by_date, default=None)
        self._usual_end = _usual_end([game for found in self._by_date.values() for game in found], zone)

    def covers(self, data_date: date) -> bool:
        return self._first is not None and data_date >= self._first

    def on(self, data_date: date) -> Sequence[Game]:
        return self._by_date.get(data_date, ())

    def counting(self, data_date: date, as_of: datetime) -> int:
        """Those that have ended, or still may."""
        games = self.on(data_date)
        if self._usual_end is None or as_of < games_given_up_at(data_date):
            return len(games)
        return sum(game.final_at is not None and game.final_at <= as_of for game in games)

    def over_at(self, data_date: date, processor: Processor) -> datetime | None:
        """When all have ended or are given up; None for a processor that does not wait for them, as its last slot comes
        before games usually end.
        """
        games = self.on(data_date)
        if not games or self._usual_end is None or expectation(processor) is not Expects.PER_GAME:
            return None
        if processor.schedule_hours_et and processor.schedule_hours_et[-1] < self._usual_end:
            return None
        given_up = games_given_up_at(data_date)
        ends = [game.final_at for game in games if game.final_at is not None]
        return min(given_up, max(ends)) if len(ends) == len(games) else given_up


def _usual_end(games: Sequence[Game], zone: ZoneInfo) -> float | None:
    """Nearly all games (95 %) have ended so many hours after their date began, by the clock of the slots."""
    ended = ((game.data_date, game.final_at.astimezone(zone)) for game in games if game.final_at is not None)
    hours = sorted((end.date() - day).days * 24 + end.hour + end.minute / 60 for day, end in ended)
    return hours[int(0.95 * (len(hours) - 1))] if hours else None
