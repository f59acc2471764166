"""The channel in which Fireline hears itself: https://docs.slack.dev/reference/methods/chat.postMessage."""

from contextlib import suppress

from bot.ports.echo import EchoUnavailable
from bot.slack import outcomes
from bot.slack.quiet import quiet_client

TIMEOUT_S = 5


class SlackEcho:
    """Implements `bot.ports.echo.EchoChannel`. `channel` is a name or an id; the app has to be in it."""

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        self._client = quiet_client(token, api_url, TIMEOUT_S)
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
