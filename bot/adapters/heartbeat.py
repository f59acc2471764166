"""A sign of life for a monitor outside, which alarms when it stays away: https://healthchecks.io/docs/http_api/"""

import logging

import requests

TIMEOUT_S = 5.0
log = logging.getLogger("fireline.audit")


class Heartbeat:
    """`url` "": there is no monitor. The address is a secret of its own, and is never logged."""

    def __init__(self, url: str) -> None:
        self._url, self._failed = url, False

    def beat(self) -> None:
        """A monitor that cannot be reached is logged once: it alarms by itself."""
        if not self._url:
            return
        try:
            answer = requests.get(self._url, timeout=TIMEOUT_S, allow_redirects=False)
            reason = "" if answer.ok else f"HTTP status {answer.status_code}"
        except requests.RequestException as error:
            reason = type(error).__name__
        if reason and not self._failed:
            log.warning("the monitor of FIRELINE_HEARTBEAT_URL did not take the heartbeat: %s", reason)
        elif self._failed and not reason:
            log.info("the monitor of FIRELINE_HEARTBEAT_URL takes the heartbeat again")
        self._failed = bool(reason)
