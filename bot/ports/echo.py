"""Where Fireline speaks to hear itself."""

from typing import Protocol


class EchoUnavailable(Exception):
    """It could not be posted."""


class EchoChannel(Protocol):
    """A channel of Slack that is there for nothing else."""

    def post(self, text: str) -> str:
        """Returns what removes it. Raises EchoUnavailable."""
        ...

    def remove(self, ref: str) -> None:
        """As far as that can be done: what stays disturbs nobody."""
        ...
