"""What time it is: an aware UTC moment, asked for where a request begins and passed on as an argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class ClockMark:
    """By how much a clock was ahead of one that nobody sets when the moments of a work were stored. `boot` names what
    that one counts from: the start of the machine.
    """

    work: str
    boot: str
    offset_s: float
