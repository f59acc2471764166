"""A database that is not there yet when the process starts: a machine that boots starts everything at once."""

from collections.abc import Callable
from typing import TypeVar

from bot.domain.errors import StateUnavailable

T = TypeVar("T")
WITHIN_S = 60.0
"""Whoever restarts processes does so again afterwards."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 4.0


def when_it_answers(ask: Callable[[], T], seconds: Callable[[], float], wait: Callable[[float], None]) -> T:
    """What `ask` gives, asked again for WITHIN_S. Raises its last StateUnavailable then; the log says once that the
    database does not answer, and once that it does.
    """
    until, pause = seconds() + WITHIN_S, FIRST_WAIT_S
    while True:
        try:
            return ask()
        except StateUnavailable:
            if seconds() + pause > until:
                raise
        wait(pause)
        pause = min(2 * pause, LONGEST_WAIT_S)
