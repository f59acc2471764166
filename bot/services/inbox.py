"""Which deliveries of Slack have changed something already."""

from bot.ports.state import State


class Inbox:
    """`state` None: this process keeps none."""

    def __init__(self, state: State | None) -> None:
        self._state = state

    def has(self, delivery: str) -> bool:
        """Raises StateUnavailable."""
        return self._state is not None and self._state.handled(delivery)
