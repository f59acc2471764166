"""When an answer is given by a process that only reads."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.errors import StateUnavailable


def answered_at(last_tick: Callable[[], datetime | None], wall: datetime) -> datetime:
    """The process that wrote the state may have lived ahead of this machine's clock (`wall`), as a fast demo does: then
    at its last tick, as what it knew lies there. A state that cannot be read says nothing of it.
    """
    try:
        last = last_tick()
    except StateUnavailable:
        return wall
    return wall if last is None else max(wall, last)
