"""The logs of a service."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.errors import FirelineError


class LogsUnavailable(FirelineError):
    """They cannot be read: nothing is known of them."""

    retryable = True


@dataclass(frozen=True)
class LogLine:
    at: datetime
    severity: str
    text: str


class Logs(Protocol):
    def errors(self, project: str, service: str, since: datetime, until: datetime, most: int) -> list[LogLine]:
        """Lines of severity ERROR and above that a service of that name has written in a span, the newest first, `most`
        at most; without secrets. Raises LogsUnavailable.
        """
        ...
