"""Messages only one user sees: never stored, at most some hundred held for the page and for response_url."""

from collections import OrderedDict
from typing import Any

from .screens import Screens

_HELD = 1_000

Message = dict[str, Any]


class Ephemerals:
    def __init__(self, screens: Screens) -> None:
        self._screens = screens
        self._held: OrderedDict[tuple[str, str], tuple[str, Message]] = OrderedDict()

    def show(self, user: str, channel: str, message: Message) -> None:
        self._held[channel, message["ts"]] = (user, message)
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        self._screens.show(user, "ephemeral", channel=channel, message={**message, "channel": channel})

    def get(self, channel: str, ts: str) -> tuple[str, Message] | None:
        """Whom it is shown to, and the message."""
        return self._held.get((channel, ts))

    def of(self, user: str, channel: str) -> list[Message]:
        return [
            {**message, "channel": channel}
            for (where, _), (who, message) in self._held.items()
            if (where, who) == (channel, user)
        ]

    def replace(self, channel: str, ts: str, message: Message) -> bool:
        held = self._held.get((channel, ts))
        if held is None:
            return False
        self._held[channel, ts] = (held[0], message)
        self._screens.show(held[0], "ephemeral_changed", channel=channel, message={**message, "channel": channel})
        return True

    def remove(self, channel: str, ts: str) -> bool:
        held = self._held.pop((channel, ts), None)
        if held is None:
            return False
        self._screens.show(held[0], "ephemeral_deleted", channel=channel, ts=ts)
        return True
