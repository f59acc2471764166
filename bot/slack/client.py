"""The app's own way to Slack's Web API: one session for the process, a client on it, and who its token says it is."""

import asyncio
import logging
import re
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import outcomes
from handlers.slack_calls import SlackFailure, asked

log = logging.getLogger("fireline.slack")
TIMEOUT_S = 10.0
LONGEST_WAIT_S = 3.0
RESPONSE_HOST = "https://hooks.slack.com/"
"""https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9._~/%?=&+-]*")
"""Without a user, a fragment, a backslash or a blank: what two parsers could read in two ways."""
LEARN_S = 1.0
"""An acknowledgement is due within three."""


def client_session(timeout_s: float = TIMEOUT_S) -> ClientSession:
    """Keeps connections between calls, and no cookies. The SDK sets no time limit on a session: this one holds."""
    return ClientSession(timeout=ClientTimeout(total=timeout_s), cookie_jar=DummyCookieJar())


def web_client(token: str, api_url: str, session: ClientSession) -> AsyncWebClient:
    """A client that never posts twice by itself: only a 429, a definite no, is tried again where the wait is short."""
    retries: list[AsyncRetryHandler] = [ShortWaits(max_retry_count=2)]
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=retries)


class ShortWaits(AsyncRetryHandler):
    """Of a 429 with a short Retry-After. Somebody waits for the answer: a long one is left for the next way to answer.

    The SDK's own handler reads the first digit of the header alone, and waits six seconds of 600.
    """

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 (the SDK's)
        request: HttpRequest,  # noqa: ARG002 (the SDK's)
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 (the SDK's)
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        wait = outcomes.of_answer(429, None, response.headers).retry_after
        return wait is not None and wait <= LONGEST_WAIT_S

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,  # noqa: ARG002 (the SDK's)
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 (the SDK's)
    ) -> None:
        headers = {} if response is None else response.headers
        await asyncio.sleep(outcomes.of_answer(429, None, headers).retry_after or 0.0)
        state.next_attempt_requested = True
        state.increment_current_attempt()


def own_response_url(url: object, api_url: str) -> str | None:
    """A response_url is followed only to Slack, or to the server set as Slack's Web API; else it is ignored."""
    if not isinstance(url, str) or not _PLAIN_URL.fullmatch(url):
        return None
    api = urlsplit(api_url)
    own = f"{api.scheme}://{api.netloc}/" if api.hostname != "slack.com" else RESPONSE_HOST
    if url.startswith(own):
        return url
    log.warning("ignored a response_url that does not begin with %s", own)
    return None


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
