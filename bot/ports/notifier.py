"""Where incidents are posted: one message each, edited in place, with a thread below it."""

from datetime import datetime
from typing import Protocol

from bot.domain.errors import FirelineError
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.notice import Notice


class NotifierUnavailable(FirelineError):
    """It did not take it, or it is not known whether it did; look before saying it again. `retry_after`: seconds."""

    retryable = True

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotifierBusy(NotifierUnavailable):
    """It takes none of this kind before `retry_after`."""


class NotifierGone(NotifierUnavailable):
    """The message, or its thread, is not there any more: someone deleted it, or archived its channel."""


class NotifierRefused(NotifierUnavailable):
    """It will not do this, and asking again soon changes nothing; it may do something else."""


class Notifier(Protocol):
    """Nothing is tried twice in here. Every call raises NotifierUnavailable, or one of its kinds.

    Where nobody may look, or what is seen does not say enough, that is logged once, and looking finds nothing:
    an incident posted twice is better than one never posted.
    """

    def find(self, incident: str, since: datetime) -> MessageRef | None:
        """The incident's own message if it is seen to be posted, not long before `since` or later. What somebody else
        posts is not ours, whatever it says of itself.
        """
        ...

    def post(self, notice: Notice) -> MessageRef:
        """Post a message that carries the incident's id and the notice's stamp."""
        ...

    def stamp(self, message: MessageRef) -> str | None:
        """The stamp of what the message says now; None when that is not seen. Only `edit` knows whether it is gone."""
        ...

    def edit(self, message: MessageRef, notice: Notice) -> None:
        """Make the message say the notice, and carry its stamp. Raises NotifierGone for a message that is gone.

        Raises NotifierRefused where nobody may change it: then its thread is the place to say it.
        """
        ...

    def reply(self, message: MessageRef, notice: Notice, *, look: bool) -> None:
        """Tell the message's thread; with `look` only if it is not seen there with that stamp. Raises NotifierGone for
        a thread that is seen to be gone.
        """
        ...
