"""Dates as people type them: `yesterday`, `30 Nov`, `2w`, `2026-11-24..2026-11-30`."""

import re
from calendar import month_abbr, month_name
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput

EARLIEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)
"""Rows from outside these years are rejected when they are loaded."""
LONGEST_DATES = 9
"""Words of the longest span: `from the 24 November 2026 to 30 November 2026`."""
DAYS_OF = {"h": 1 / 24, "d": 1, "w": 7, "month": 30}
_ISO_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
_UNIT = r"(h|hrs?|hours?|d|days?|w|wks?|weeks?|months?)"
_SPAN = re.compile(rf"(?:(?:the )?(?:last|past) )?(\d{{1,4}}) ?{_UNIT}")
_LAST = re.compile(r"(?:the )?(?:last|past) (day|week|month)")
_AGO = re.compile(r"(\d{1,4}) ?(d|days?|w|wks?|weeks?) ago")
_TO = re.compile(r"\s*(?:\.\.+|…|\u2013|\u2014|\s-\s|(?<=\d)-(?=\d{4}-)|\b(?:to|until|till|through)\b)\s*")
_ISO = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]?([a-z]{3,9})\.?(?:,?[ -]?(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_LOOKS_LIKE = re.compile(r"\d{1,4}[-/.]\d\S*|\d\S*\.\.\S*|\.\.\S+")
_MONTHS = {name.casefold(): at for names in (month_name, month_abbr) for at, name in enumerate(names) if name} | {
    "sept": 9
}
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
MOMENTS = "2026-03-15, 2026-03-15T14:30, 2026-03-15T14:30-04:00 or yesterday"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def window_days(text: str) -> int | None:
    """`7d`, `7 days`, `2w`, `24h`, `last week`: how many days back, parts of a day rounded up. None: no window."""
    words = _plain(text)
    named = _LAST.fullmatch(words)
    if named is not None:
        return {"day": 1, "week": 7, "month": 30}[named[1]]
    found = _SPAN.fullmatch(words)
    return None if found is None else _days(int(found[1]), found[2])


@dataclass(frozen=True)
class DaysBack:
    """So many days up to `until` (aware UTC); None: up to now."""

    days: int
    until: datetime | None = None


class DatesAsked(NamedTuple):
    """From `first` to `last`, both of them; to the newest where that is None (`since 28 Nov`). Or the `newest` so many
    (`7d`, `2w`).
    """

    first: date | None = None
    last: date | None = None
    newest: int | None = None


@dataclass(frozen=True)
class DateReader:
    """Reads dates as of `now` (aware) on the calendar of `zone`."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def examples(self) -> str:
        """How dates may be written, for an error or a help text."""
        before = self.today - timedelta(days=1)
        return f"{before}, {before.day} {before:%b}, yesterday, 7d or {before - timedelta(days=6)}..{before}"

    @property
    def _day_examples(self) -> str:
        """The same for one date."""
        before = self.today - timedelta(days=1)
        return f"{before}, {before.day} {before:%b} or yesterday"

    def day(self, text: str) -> date:
        """One date. Raises BadInput."""
        first, last = self._span(text, self._day_examples)
        if first != last:
            raise BadInput(f"{text!r} is more than one date. Write one, such as {self.today - timedelta(days=1)}.")
        return first

    def span(self, text: str) -> tuple[date, date]:
        """The first and the last date of a span, or one date twice. Raises BadInput."""
        return self._span(text, self.examples)

    def dates_asked(self, text: str) -> "DatesAsked":
        """The same of data dates, both ends counted, whose newest one may not be today's. Raises BadInput."""
        first, last = self.span(text)
        words = _plain(text)
        days = window_days(words)
        if days is not None and not _in_hours(words):
            return DatesAsked(newest=days)
        ends = _TO.split(words.removeprefix("from "), maxsplit=1)
        names_its_end = first == last or (len(ends) == 2 and ends[1] != "")
        return DatesAsked(first, last if names_its_end else None)

    def _span(self, text: str, examples: str) -> tuple[date, date]:
        words = _plain(text)
        first, last = self._ends(words)
        if first is None or last is None:
            raise BadInput(f"{text!r} is not a date. Write {examples}.")
        if not EARLIEST <= min(first, last) <= max(first, last) <= LATEST:
            raise BadInput(f"{text!r} lies outside the years {EARLIEST.year} to {LATEST.year}.")
        if first > last:
            raise BadInput(f"{first} comes after {last}. Write the earlier date first.")
        return first, last

    def window(self, text: str) -> "DaysBack":
        """How far a window reaches back: `7`, `2w`, `since 28 Nov`; of days that have passed (`yesterday`, `1 Nov..7
        Nov`) it ends with the last. Raises BadInput.
        """
        plain = _plain(text)
        days = int(plain) if _WHOLE.fullmatch(plain) else window_days(text)
        if days is not None:
            return DaysBack(days)
        if not self.is_date(text):
            raise BadInput(f"{text!r} is not a window. Write 7, 7d, 2w, yesterday or since {self.today}.")
        first, last = self.span(text)
        if first > self.today:
            raise BadInput(f"{text!r} lies ahead. Write 7, 7d, 2w, yesterday or since {self.today}.")
        if last >= self.today:
            return DaysBack((self.today - first).days + 1)
        return DaysBack((last - first).days + 1, self._end_of(last))

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)

    def moment(self, text: str) -> datetime:
        """A moment in UTC: as ISO 8601 (UTC without an offset), or the end of a day in words (`yesterday`), which of
        today is now. Raises BadInput.
        """
        try:
            moment = datetime.fromisoformat(text.strip())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            day = self._one(_plain(text)) if text.strip() else None
            if day is None or day > self.today:
                raise BadInput(f"{text!r} is not a moment. Write {MOMENTS}.") from None
            moment = min(self.now, self._end_of(day))
        if not EARLIEST.year <= moment.year <= LATEST.year:
            raise BadInput(
                f"{text!r} lies outside the years {EARLIEST.year} to {LATEST.year}, from which runs are taken."
            )
        return moment

    def as_of(self, text: str) -> datetime:
        """A moment as of which something is known: that of a day, however it is written, is the day's end."""
        written = text.strip()
        if _ISO_DAY.fullmatch(written):
            day = self._one(_plain(written))
            if day is not None and EARLIEST <= day <= self.today:
                return min(self.now, self._end_of(day))
        return self.moment(text)

    def is_date(self, text: str) -> bool:
        """Whether it is written as a date or a span, be it one that does not exist."""
        words = _plain(text)
        return None not in self._ends(words) or _LOOKS_LIKE.fullmatch(words) is not None

    def _ends(self, words: str) -> tuple[date | None, date | None]:
        ends = _TO.split(words.removeprefix("from "), maxsplit=1)
        if len(ends) == 2:
            return self._one(ends[0]), self._one(ends[1]) if ends[1] else self.today
        if words.startswith("since "):
            return self._one(words.removeprefix("since ")), self.today
        days = window_days(words)
        if days is not None:
            back = days if _in_hours(words) else days - 1
            return _moved(self.today, -back), self.today
        one = self._one(words)
        return one, one

    def _one(self, words: str) -> date | None:
        """One date, None where it is none."""
        ago = _AGO.fullmatch(words)
        if ago is not None:
            return _moved(self.today, -_days(int(ago[1]), ago[2]))
        named = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(words)
        if named is not None:
            return _moved(self.today, named)
        iso = _ISO.fullmatch(words)
        if iso is not None:
            return _date(int(iso[1]), int(iso[3]), int(iso[4]))
        return self._weekday(words) or self._of_month(words)

    def _weekday(self, words: str) -> date | None:
        """The newest one, today included; with `last` before it the newest before today."""
        name = words.removeprefix("last ").removeprefix("on ")
        at = next((at for at, day in enumerate(_WEEKDAYS) if len(name) >= 3 and day.startswith(name)), None)
        if at is None:
            return None
        back = (self.today.weekday() - at) % 7
        return _moved(self.today, -(back or 7 if words.startswith("last ") else back))

    def _of_month(self, words: str) -> date | None:
        """`30 Nov`, `Nov 30 2026`; without a year the one nearest to today."""
        found = _DAY_MONTH.fullmatch(words)
        day, month, year = (found[1], found[2], found[3]) if found is not None else ("", "", None)
        if found is None and (found := _MONTH_DAY.fullmatch(words)) is not None:
            month, day, year = found[1], found[2], found[3]
        if month not in _MONTHS:
            return None
        if year is not None:
            return _date(int(year), _MONTHS[month], int(day))
        near = filter(None, (_date(self.today.year + more, _MONTHS[month], int(day)) for more in (-1, 0, 1)))
        return min(near, key=lambda day: abs(day - self.today), default=None)


def at_seconds(seconds: int) -> datetime:
    """Since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _in_hours(words: str) -> bool:
    """`24h` reaches into one date more than it has days."""
    found = _SPAN.fullmatch(words)
    return found is not None and found[2].startswith("h")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" ,;")


def _days(count: int, unit: str) -> int:
    per = DAYS_OF["month" if unit.startswith("mon") else unit[0]]
    return -int(-(count * per) // 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moved(day: date, by: int) -> date | None:
    try:
        return day + timedelta(days=by)
    except OverflowError:
        return None


def only_one(words: Sequence[str], reads: Callable[[str], bool], what: str) -> tuple[str | None, list[str]]:
    """The longest run of words that reads as a date, and the other words. Raises BadInput where there are two."""
    said, rest = _taken(words, reads)
    again, _ = _taken(rest, reads)
    if again is not None:
        raise BadInput(f"{said!r} and {again!r} are two {what}. Give one.")
    return said, rest


def _taken(words: Sequence[str], reads: Callable[[str], bool]) -> tuple[str | None, list[str]]:
    for length in range(min(len(words), LONGEST_DATES), 0, -1):
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length])
            if reads(said):
                return said, [*words[:start], *words[start + length :]]
    return None, list(words)
