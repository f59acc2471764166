"""What a report is made of is asked for part by part: what could not be asked is named, and nothing is made of it."""

import logging
from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.errors import FirelineError, StateUnavailable, WarehouseUnavailable
from bot.domain.reports.policy import Schedule
from bot.ports.state import State

OF_NOW = "it is known of now only, not of the past"
NOTHING_STORED = "nothing is stored yet: `fireline run` or `fireline demo` detects"
log = logging.getLogger("fireline.reports")
T = TypeVar("T")


class Parts:
    """Asks one after the other, and notes what could not be asked."""

    def __init__(self, whole: str = "a report") -> None:
        self._whole = whole
        self.unavailable, self.later = dict[str, str](), False

    def __call__(self, name: str, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except FirelineError as error:
            self.unavailable[name] = str(error)
            self.later = self.later or isinstance(error, WarehouseUnavailable | StateUnavailable)
            log.info("%s does without %s: %s", self._whole, name, error)
            return None


def kept_before(state: State, schedule: Schedule, day: date, zone: ZoneInfo, read: Callable[[str], T]) -> T | None:
    """What the newest of an earlier date that was delivered has kept: one that is completed is not its own past."""
    said = state.reports.delivered(schedule, made_before=datetime.combine(day, time(), zone))
    return None if said is None else read(said.facts)
