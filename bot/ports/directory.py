"""Who the people of the workspace are."""

from typing import Protocol

from bot.domain.access import Origin
from bot.domain.errors import FirelineError


class DirectoryUnavailable(FirelineError):
    """It did not answer, or refuses to: why, in words."""

    retryable = True


class Directory(Protocol):
    """Each call ends within two seconds."""

    def origin(self, user: str) -> Origin:
        """What a Slack user is to this workspace. Raises DirectoryUnavailable."""
        ...

    def email(self, user: str) -> str:
        """The address of a Slack user; "" where there is none. Raises DirectoryUnavailable."""
        ...

    def members(self, group: str) -> frozenset[str]:
        """The user ids of a user group; none for one that is not there. Raises DirectoryUnavailable."""
        ...
