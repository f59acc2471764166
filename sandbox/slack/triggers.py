"""trigger_id: lives 3 seconds, opens one view.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import re
import secrets
from dataclasses import dataclass

from . import limits
from .clock import Clock
from .errors import SlackError, invalid_arguments

_FORM = re.compile(r"\d+\.\d+\.[0-9a-f]+")
_HELD = 2_000


@dataclass
class _Trigger:
    user: str
    given: float
    used: bool = False


class Triggers:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given: dict[str, _Trigger] = {}
        self._number = 0

    def give(self, user: str) -> str:
        self._number += 1
        trigger_id = f"{self._number}{secrets.randbelow(10**9):09d}.{10**12 + self._number}.{secrets.token_hex(16)}"
        self._given[trigger_id] = _Trigger(user, self._clock.seconds())
        if len(self._given) > _HELD:
            del self._given[next(iter(self._given))]
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The user it stands for; raises what views.open answers for a bad, old or used one."""
        if not _FORM.fullmatch(trigger_id):
            raise invalid_arguments("invalid `trigger_id` [json-pointer:/trigger_id]")
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.seconds() - trigger.given > limits.TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user
