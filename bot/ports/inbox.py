"""What Slack delivers changes something once: however often it comes, to any replica, before or after a restart."""

from contextvars import ContextVar

from bot.domain.errors import FirelineError

DELIVERY: ContextVar[str] = ContextVar("delivery", default="")
"""The delivery that is being worked on: set where it comes in, read where its change is stored. "": there is none."""


class AlreadyHandled(FirelineError):
    """This delivery has changed that already: nothing was changed."""
