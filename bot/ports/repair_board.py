"""Where the progress of repairs is shown: one message each, edited in place. Nothing is tried twice in here."""

from datetime import datetime
from typing import Protocol

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Repair


class RepairBoard(Protocol):
    """Every call raises NotifierUnavailable, or one of its kinds (bot.ports.notifier)."""

    def find(self, repair: Repair, thread: MessageRef | None) -> MessageRef | None:
        """Its message, if one is seen that was posted since it started."""
        ...

    def post(self, repair: Repair, found: Progress, now: datetime, thread: MessageRef | None) -> MessageRef:
        """Into the thread of its incident, where there is one."""
        ...

    def edit(self, message: MessageRef, repair: Repair, found: Progress, now: datetime) -> None:
        """Raises NotifierGone for a message that is gone."""
        ...
