"""The app's own way to Slack's Web API: one session for the process, a client on it, and who its token says it is."""

import asyncio
import logging

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_calls import SlackFailure, asked

log = logging.getLogger("fireline.slack")
TIMEOUT_S = 10.0
LEARN_S = 1.0
"""An acknowledgement is due within three."""


def client_session(timeout_s: float = TIMEOUT_S) -> ClientSession:
    """Keeps connections between calls, and no cookies. The SDK sets no time limit on a session: this one holds."""
    return ClientSession(timeout=ClientTimeout(total=timeout_s), cookie_jar=DummyCookieJar())


def web_client(token: str, api_url: str, session: ClientSession) -> AsyncWebClient:
    """A client that never posts twice by itself: only a 429, a definite no, is tried again after its Retry-After."""
    retries: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=retries)


class Identity:
    """Who the app is in its workspace: asked for at the start, then known to every request."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: AuthorizeResult | None = None

    async def learn(self) -> None:
        """Ask Slack. Raises Refused for a token that is refused, Unconfirmed without an answer."""
        answer = await asked("auth.test", self._client.auth_test())
        self._known = AuthorizeResult.from_auth_test_response(bot_token=self._client.token, auth_test_response=answer)

    async def get(self) -> AuthorizeResult:
        """For Bolt, before each request. Slack may not say who we are: the request is served all the same."""
        if self._known is None:
            try:
                async with asyncio.timeout(LEARN_S):
                    await self.learn()
            except (SlackFailure, TimeoutError) as error:
                log.warning("Slack does not say who the bot token belongs to: %r", error)
        return self._known or AuthorizeResult(enterprise_id=None, team_id=None, bot_token=self._client.token)
