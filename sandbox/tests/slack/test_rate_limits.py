"""429 and Retry-After, by method and by channel (section 4)."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from .people import ALERTS, MONITOR
from .running import asynchronous, client, workspace


@asynchronous
async def test_one_message_a_second_and_channel_after_a_burst() -> None:
    async with workspace(rate_limit_scale=1) as slack:
        web = client(slack)
        for _ in range(4):
            await web.chat_postMessage(channel=ALERTS, text="x")
        with pytest.raises(SlackApiError) as refused:
            await web.chat_postMessage(channel=ALERTS, text="x")
        response = refused.value.response
        assert response.status_code == 429
        assert response["error"] == "ratelimited"
        assert response.headers["Retry-After"] == "1"
        with pytest.raises(SlackApiError, match="ratelimited"):
            await web.chat_postMessage(channel="#data-alerts", text="x")
        assert (await web.chat_postMessage(channel=MONITOR, text="x"))["ok"]
        slack.advance(1.1)
        assert (await web.chat_postMessage(channel=ALERTS, text="x"))["ok"]


@asynchronous
async def test_tiers_per_minute() -> None:
    async with workspace(rate_limit_scale=1) as slack:
        web = client(slack)
        for _ in range(20):
            await web.usergroups_list()
        with pytest.raises(SlackApiError, match="ratelimited"):
            await web.usergroups_list()
        assert (await web.users_info(user="U01ALEX"))["ok"]
        slack.advance(3.1)
        assert (await web.usergroups_list())["ok"]


@asynchronous
async def test_a_refused_call_takes_nothing_and_the_scale_turns_it_off() -> None:
    async with workspace(rate_limit_scale=1) as slack:
        web = client(slack)
        for _ in range(4):
            await web.chat_postMessage(channel=ALERTS, text="x")
        for _ in range(10):
            with pytest.raises(SlackApiError):
                await web.chat_postMessage(channel=ALERTS, text="x")
        assert len(slack.core.messages.history(ALERTS, oldest="0", latest="9999999999", limit=50)[0]) == 4
        slack.core.rate_limits.scale = 0
        assert (await web.chat_postMessage(channel=ALERTS, text="x"))["ok"]


@asynchronous
async def test_the_retry_handler_of_slack_sdk_gets_through() -> None:
    async with workspace() as slack:
        web = client(slack)
        web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
        slack.core.faults.add("rate_limited", method="chat.postMessage", count=1, seconds=1)
        assert (await web.chat_postMessage(channel=ALERTS, text="x"))["ok"]
        statuses = [entry["status"] for entry in slack.core.recorder.entries(method="chat.postMessage")]
        assert len(statuses) == 2
