"""What the pipeline tells of its runs by itself: kept before it is acknowledged, in one order for every reader."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.pushed.events import Aside, Event, Kept, KeptAside, RunKey


class Pushed(Protocol):
    """Raises StateUnavailable."""

    def add(
        self, events: Sequence[Event], received_at: datetime, delivery: str = "", aside: Sequence[Aside] = ()
    ) -> int:
        """Keep those that are not there; returns how many those are. `delivery`: the name of what brought them, of
        which a second one changes nothing, on any replica. `aside`: what of it cannot be understood.
        """
        ...

    def aside(self, after: int, until: int) -> int:
        """How many of what cannot be understood have those numbers."""
        ...

    def newest_aside(self, since: datetime, most: int) -> list[KeptAside]:
        """What came since then and cannot be understood, newest first."""
        ...

    def last(self) -> int:
        """The number of the newest; 0: there was never one."""
        ...

    def after(self, seq: int, most: int) -> list[Kept]:
        """In the order of their numbers. Whoever has seen a number has seen all before it."""
        ...

    def of(self, keys: Collection[RunKey], until: int) -> list[Kept]:
        """All events of those runs, up to a number."""
        ...

    def doubtful(self, since: datetime, most: int) -> list[RunKey]:
        """Runs with an event since then of which more is told than one start and one end, newest first."""
        ...

    def close(self) -> None: ...
