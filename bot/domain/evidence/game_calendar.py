"""The games of each date: how many count, and until when a processor waits for their end."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.evidence.expectation import Expects
from bot.domain.evidence.observation import Game
from bot.domain.platform.calendar import games_given_up_at

USUAL = 0.95
"""Nearly all games have ended by then."""
TELLING_DATES = 2
"""Ends are recorded for a date when they are for one of so many dates with games before it, or for a later one."""


@dataclass(frozen=True, slots=True)
class GameDay:
    """The games of one date. `known` False: no calendar covers the date; `unknown_from`: from when on it is known that
    the calendar ends before it. `finals`: the ends that are recorded, ascending; `ends_known_from`: since when any end
    up to this date is recorded, `any_end_known_from`: any about its time or later. `usual_end`: hours after the date
    began.
    """

    data_date: date
    games: int = 0
    finals: tuple[datetime, ...] = ()
    known: bool = True
    unknown_from: datetime | None = None
    ends_known_from: datetime | None = None
    any_end_known_from: datetime | None = None
    usual_end: float | None = None

    def counting(self, at: datetime) -> int | None:
        """Those that have ended, or still may; None when that is unknown.

        Where no end is ever recorded, time alone decides.
        """
        if not self.known or (self.unknown_from is not None and self.unknown_from <= at):
            return None
        ends_known = self.ends_known_from is not None and self.ends_known_from <= at
        if not self.games or not ends_known or at < games_given_up_at(self.data_date):
            return self.games
        ended = sum(final <= at for final in self.finals)
        still_known = self.any_end_known_from is not None and self.any_end_known_from <= at
        return ended if ended or still_known else None

    def over_at(self, expects: Expects, hours: Sequence[float], at: datetime) -> datetime | None:
        """When all have ended or are given up, by what is known at that moment; None for a processor that does not wait
        for them, as its last slot comes before games usually end.
        """
        if not self.games or not self.known or self.usual_end is None or expects is not Expects.PER_GAME:
            return None
        if hours and hours[-1] < self.usual_end:
            return None
        given_up = games_given_up_at(self.data_date)
        over = len(self.finals) == self.games and self.finals[-1] <= at
        return min(given_up, self.finals[-1]) if over else given_up

    def moments(self) -> Iterator[datetime]:
        """When an answer may change."""
        if self.games:
            given_up = games_given_up_at(self.data_date)
            yield given_up
            yield from (final for final in self.finals if final == self.finals[-1] or final > given_up)
        yield from (m for m in (self.unknown_from, self.ends_known_from, self.any_end_known_from) if m is not None)


class GameCalendar:
    """All games that are known, in the past and ahead. `loaded`: there is a calendar, even if it is empty.

    It covers the dates from its first game on: those after its last one too (a season has an end), until data per game
    comes for a later date (`ended_at`: when that was seen first): then it ends before the games do. An empty one, too.
    """

    def __init__(
        self, games: Iterable[Game], zone: ZoneInfo, *, loaded: bool = True, ended_at: datetime | None = None
    ) -> None:
        self._by_date: dict[date, list[Game]] = defaultdict(list)
        for game in games:
            self._by_date[game.data_date].append(game)
        self._dates = sorted(self._by_date)
        self._zone, self._loaded, self._ended_at = zone, loaded or bool(self._dates), ended_at

    @property
    def last(self) -> date | None:
        return self._dates[-1] if self._dates else None

    def on(self, data_date: date) -> Sequence[Game]:
        return self._by_date.get(data_date, ())

    def day(self, data_date: date) -> GameDay:
        known = self._loaded and (not self._dates or data_date >= self._dates[0])
        after = self.last is None or data_date > self.last
        if data_date not in self._by_date:
            return GameDay(data_date, known=known, unknown_from=self._ended_at if after else None)
        return self._game_days[data_date]

    @cached_property
    def _game_days(self) -> dict[date, GameDay]:
        found, hours = {}, list[float]()
        first_end: datetime | None = None
        later = self._first_ends_from()
        counted = 0
        for place, day in enumerate(self._dates):
            while self._dates[counted] < day - timedelta(days=1):
                self._add_hours(hours, self._dates[counted])
                counted += 1
            finals = self._finals(day)
            first_end = min((moment for moment in (first_end, *finals) if moment is not None), default=None)
            found[day] = GameDay(
                data_date=day,
                games=len(self._by_date[day]),
                finals=finals,
                ends_known_from=first_end,
                any_end_known_from=later[max(0, place - TELLING_DATES)],
                usual_end=hours[int(USUAL * (len(hours) - 1))] if hours else None,
            )
        return found

    def _finals(self, day: date) -> tuple[datetime, ...]:
        return tuple(sorted(game.final_at for game in self._by_date[day] if game.final_at is not None))

    def _first_ends_from(self) -> list[datetime | None]:
        """For each date with games, the first known end of its games or later ones."""
        found: list[datetime | None] = []
        first: datetime | None = None
        for day in reversed(self._dates):
            first = min((moment for moment in (first, *self._finals(day)[:1]) if moment is not None), default=None)
            found.append(first)
        return found[::-1]

    def _add_hours(self, hours: list[float], day: date) -> None:
        """When its games ended, by the clock of the slots, as far as that was known before they were given up."""
        for final in self._finals(day):
            if final <= games_given_up_at(day):
                end = final.astimezone(self._zone)
                insort(hours, (end.date() - day).days * 24 + end.hour + end.minute / 60)
