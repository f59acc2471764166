"""Slack's synchronous client for whoever waits for its answer."""

import logging

from slack_sdk.web import WebClient


def quiet_client(token: str, api_url: str, timeout_s: int) -> WebClient:
    """It tries nothing twice (the SDK would post again what was taken and not answered), and logs nothing: what
    happened is raised, and said by whoever it reaches.
    """
    sdk = logging.getLogger("fireline.slack.sdk")
    sdk.setLevel(logging.CRITICAL)
    return WebClient(token=token, base_url=api_url, timeout=timeout_s, retry_handlers=[], logger=sdk)
