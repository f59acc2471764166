"""A length of time from a number and the unit that people write behind it: each command says which units it takes."""

from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def length(number: str, unit: str) -> timedelta:
    """`30`, `m` -> half an hour. The unit in any case of letters."""
    return timedelta(**{_UNITS[unit.casefold()]: int(number)})
