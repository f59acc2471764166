"""What a person has to put right is logged once, not every few seconds."""

import logging

log = logging.getLogger("fireline.slack")


class WarnOnce:
    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            log.warning(text)
