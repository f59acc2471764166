"""The state's part about watches of fixes."""

from datetime import datetime
from typing import Protocol

from bot.domain.reports.watch import Watch


class WatchRecord(Protocol):
    """The watches' part of a transaction."""

    def start(self, watch: Watch) -> bool:
        """Store it; one of that id that was ended goes on as this one. False, and no change, if it goes on already."""
        ...

    def end(self, watch_id: str, at: datetime) -> bool:
        """False, and no change, if it is unknown or over: whoever ends it is the one who says so."""
        ...


class Watches(Protocol):
    def standing(self) -> list[Watch]:
        """Those that nobody has ended and whose result was not posted, by their end and id."""
        ...
