"""Where repairs are shown, one message each: it asks for approval, or says how far it is. Nothing is tried twice."""

from datetime import datetime
from typing import Protocol

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Repair


class RepairBoard(Protocol):
    """Every call raises NotifierUnavailable, or one of its kinds (bot.ports.notifier)."""

    def find(self, repair: Repair, thread: MessageRef | None) -> MessageRef | None:
        """Its message, if one is seen that was posted since it was asked for."""
        ...

    def post(self, repair: Repair, found: Progress, now: datetime, thread: MessageRef | None) -> MessageRef:
        """Into the thread of its incident, where there is one."""
        ...

    def edit(self, message: MessageRef, repair: Repair, found: Progress, now: datetime) -> None:
        """Raises NotifierGone for a message that is gone."""
        ...
