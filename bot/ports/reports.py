"""What is kept of reports: that one was due is claimed once, and what it said."""

from datetime import datetime
from typing import Protocol

from bot.domain.reports.said import Fired, Said
from bot.ports.watches import Watches, WatchRecord


class ReportRecord(Protocol):
    """The reports' part of a transaction."""

    @property
    def watches(self) -> WatchRecord: ...

    def fire(self, fired: Fired) -> bool:
        """False, and no change, if that date of the schedule was claimed before."""
        ...

    def put(self, said: Said) -> None:
        """In place of what was kept under its key."""
        ...


class Reports(Protocol):
    @property
    def watches(self) -> Watches: ...

    def fired(self, schedule: str, fire_key: str) -> bool:
        """Was that date of the schedule claimed?"""
        ...

    def said(self, key: str) -> Said | None: ...

    def delivered(self, schedule: str, made_before: datetime | None = None) -> Said | None:
        """The newest of a schedule of which a page was taken; of those made before a moment."""
        ...
