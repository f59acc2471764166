"""Where incidents are told: one message each, edited in place, with a thread below it."""

from datetime import datetime
from typing import Protocol

from bot.domain.errors import FirelineError
from bot.domain.incidents import MessageRef
from bot.domain.notices import Notice


class NotifierUnavailable(FirelineError):
    """It did not take it, or it is not known whether it did; look before saying it again. `retry_after`: seconds."""

    retryable = True

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Notifier(Protocol):
    """Nothing is tried twice in here. Every call raises NotifierUnavailable."""

    def find(self, incident: str, since: datetime) -> MessageRef | None:
        """The incident's message if it was posted, not long before `since` or later."""
        ...

    def post(self, notice: Notice) -> MessageRef:
        """Post a message that carries the incident's id and the notice's stamp."""
        ...

    def stamp(self, message: MessageRef) -> str | None:
        """The stamp of what the message says now; None when the message is gone."""
        ...

    def edit(self, message: MessageRef, notice: Notice) -> None:
        """Make the message say the notice, and carry its stamp. A message that is gone stays gone."""
        ...

    def reply(self, message: MessageRef, notice: Notice) -> None:
        """Tell the message's thread, unless the thread has been told with that stamp."""
        ...
