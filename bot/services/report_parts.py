"""What a report is made of is asked for part by part: what could not be asked is named, and nothing is made of it."""

import logging
from collections.abc import Callable
from typing import TypeVar

from bot.domain.errors import FirelineError, WarehouseUnavailable
from bot.ports.state import StateUnavailable

OF_NOW = "it is known of now only, not of the past"
NOTHING_STORED = "nothing is stored yet: `fireline run` or `fireline demo` detects"
log = logging.getLogger("fireline.reports")
T = TypeVar("T")


class Parts:
    """Asks one after the other, and notes what could not be asked."""

    def __init__(self) -> None:
        self.unavailable, self.later = dict[str, str](), False

    def __call__(self, name: str, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except FirelineError as error:
            self.unavailable[name] = str(error)
            self.later = self.later or isinstance(error, WarehouseUnavailable | StateUnavailable)
            log.info("a report does without %s: %s", name, error)
            return None
