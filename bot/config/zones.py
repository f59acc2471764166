"""What may be meant by a time zone that is none: an offset, an abbreviation, a city."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.errors import suggest

_OFFSET = re.compile(r"(?:UTC|GMT|Z|Etc/GMT)?\s*([+\-\u2212\u2013])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_WINTER, _SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)
COLLOQUIAL = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
MOST = 3
NO_PLACES = ("Factory", "localtime", "posixrules")
"""Files among the zones: that of a machine which nobody has set (it goes by UTC), and whatever this one is set to."""


def is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return name not in NO_PLACES and not name.startswith(("posix/", "right/"))


def unknown(wrong: str) -> str:
    """What is wrong with a name that is no zone, and what to write instead."""
    instead = f"{hint(wrong)} Write an IANA name such as Europe/Berlin".lstrip()
    return f"{wrong!r} is not a known time zone. {instead}"


def hint(wrong: str) -> str:
    """A sentence that names the zones that may be meant."""
    typed = wrong.strip()
    offset = _OFFSET.fullmatch(typed)
    if offset is not None:
        return _of_offset(offset)
    likely = [COLLOQUIAL[typed.upper()]] if typed.upper() in COLLOQUIAL else [*_of_city(typed), *_abbreviated(typed)]
    if likely:
        return f"Did you mean {' or '.join(likely[:MOST])}?"
    return suggest(wrong, _places())


def abbreviations(zone: ZoneInfo) -> frozenset[str]:
    """How clock times of the zone may be marked: `ET`, `EST`, `EDT`, its name."""
    short = {moment.astimezone(zone).tzname() or "" for moment in (_WINTER, _SUMMER)}
    named = {word for word, name in COLLOQUIAL.items() if {_tzname(name, _WINTER), _tzname(name, _SUMMER)} == short}
    return frozenset(word.upper() for word in {*short, *named, zone.key})


def _tzname(name: str, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(name)).tzname() or ""


def _of_offset(found: re.Match[str]) -> str:
    """POSIX signs: Etc/GMT+5 is five hours behind UTC."""
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0)) * (1 if found[1] == "+" else -1)
    fixed = [name for name in _places() if _always(ZoneInfo(name), ahead)]
    if not fixed:
        return "No zone has that offset all year."
    listed, sign = " or ".join(fixed[:MOST]), "+" if found[1] == "+" else "-"
    offset = f"UTC{sign}{int(found[2])}" + (f":{found[3]}" if found[3] else "")
    return f"An offset has no clock changes. Name the place of the schedule; at {offset} all year: {listed}."


def _always(zone: ZoneInfo, offset: timedelta) -> bool:
    return all(moment.astimezone(zone).utcoffset() == offset for moment in (_WINTER, _SUMMER))


def _of_city(typed: str) -> list[str]:
    city = typed.casefold().replace(" ", "_")
    return [name for name in _places() if name.casefold().endswith(f"/{city}")]


def _abbreviated(typed: str) -> list[str]:
    """Zones that call their time so, in winter or in summer; the colloquial ones first."""
    wanted = typed.upper()
    near = [name for name in COLLOQUIAL.values() if wanted in abbreviations(ZoneInfo(name))]
    return near or [name for name in _places() if wanted in {_tzname(name, _WINTER), _tzname(name, _SUMMER)}]


def _places() -> list[str]:
    """Zones named for a place: an offset zone such as Etc/GMT-5 is easily read the wrong way round."""
    areas = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return sorted(name for name in available_timezones() if name.partition("/")[0] in areas)
