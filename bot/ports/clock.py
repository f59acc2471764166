"""What time it is: an aware UTC moment, asked for where a request begins and passed on as an argument."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
