"""The channel in which Fireline hears itself: https://docs.slack.dev/reference/methods/chat.postMessage."""

import logging
from contextlib import suppress

from slack_sdk.web import WebClient

from bot.ports.echo import EchoUnavailable
from bot.slack import outcomes

TIMEOUT_S = 5


class SlackEcho:
    """Implements `bot.ports.echo.EchoChannel`. `channel` is a name or an id; the app has to be in it."""

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        sdk = logging.getLogger("fireline.slack.sdk")
        sdk.setLevel(logging.CRITICAL)  # what happened is raised
        self._client = WebClient(token=token, base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[], logger=sdk)
        self._channel = channel

    def post(self, text: str) -> str:
        try:
            answer = self._client.chat_postMessage(channel=self._channel, text=text)
        except outcomes.FAILURES as error:
            raise EchoUnavailable(f"{self._channel}: {outcomes.of_failure(error).code}") from error
        return f"{answer['channel']}:{answer['ts']}"

    def remove(self, ref: str) -> None:
        channel, _, ts = ref.partition(":")
        with suppress(*outcomes.FAILURES):
            self._client.chat_delete(channel=channel, ts=ts)
