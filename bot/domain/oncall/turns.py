"""The turns of one layer: handovers and covered hours by the wall clock, through every change of the clocks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from bot.domain.oncall.schedule import DAY_HOURS, Layer
from bot.domain.platform.calendar import slot_instant

DAY = timedelta(days=1)
_instant = lru_cache(maxsize=20_000)(slot_instant)
"""The same days are asked for again and again."""


def turn_number(layer: Layer, instant: datetime) -> int:
    """How many handovers of the layer came by `instant`, from 0 at its start; negative before it."""
    days = (instant.astimezone(layer.zone).date() - layer.starts).days
    turn = days // layer.every_days
    while handover(layer, turn + 1) <= instant:
        turn += 1
    while handover(layer, turn) > instant:
        turn -= 1
    return turn


def handover(layer: Layer, turn: int) -> datetime:
    """When that turn begins, UTC."""
    return _instant(layer.starts + turn * layer.every_days * DAY, layer.handover_hour, layer.zone)


def covers(layer: Layer, instant: datetime) -> bool:
    """Has the layer begun, and does it cover that hour?"""
    if instant < handover(layer, 0):
        return False
    return layer.is_always or any(since <= instant < until for since, until in _windows(layer, instant, instant))


def person_at(layer: Layer, instant: datetime, turns_before: int = 0) -> str:
    """Whose turn it is, or was so many turns before."""
    return layer.people[(turn_number(layer, instant) - turns_before) % len(layer.people)]


def edges(layer: Layer, since: datetime, until: datetime) -> Iterator[datetime]:
    """The instants in (since, until] at which the layer's answer may change."""
    turn = max(0, turn_number(layer, since) + 1)
    while (moment := handover(layer, turn)) <= until:
        yield moment
        turn += 1
    if not layer.is_always:
        for window in _windows(layer, since, until):
            yield from (edge for edge in window if since < edge <= until)


def _windows(layer: Layer, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The covered hours that touch [since, until], and some before and after."""
    reach = timedelta(days=1 + int(layer.to_hour // DAY_HOURS))
    day, last = since.astimezone(layer.zone).date() - reach, until.astimezone(layer.zone).date()
    while day <= last:
        if day.weekday() in layer.weekdays:
            yield _instant(day, layer.from_hour, layer.zone), _instant(day, layer.to_hour, layer.zone)
        day += DAY
