"""Faults on order, and what of the work is done under each."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from .people import ALERTS, ALEX
from .running import asynchronous, client, workspace


def _posted(slack: Any) -> list[str]:
    found, _ = slack.core.messages.history(ALERTS, oldest="0", latest="9999999999", limit=50)
    return [message["text"] for message in found]


@pytest.mark.parametrize(
    ("kind", "done", "expected"),
    [
        ("status", False, SlackApiError),
        ("status_after", True, SlackApiError),
        ("reset", False, aiohttp.ClientError),
        ("reset_after", True, aiohttp.ClientError),
        ("error", False, SlackApiError),
        ("error_after", True, SlackApiError),
        ("rate_limited", False, SlackApiError),
    ],
)
@asynchronous
async def test_done_or_not_done(kind: str, done: bool, expected: type[Exception]) -> None:
    async with workspace() as slack:
        web = client(slack)
        web.retry_handlers.clear()
        slack.core.faults.add(kind, method="chat.*")
        with pytest.raises(expected):
            await web.chat_postMessage(channel=ALERTS, text="x")
        assert _posted(slack) == (["x"] if done else [])
        assert (await web.chat_postMessage(channel=ALERTS, text="y"))["ok"]


@asynchronous
async def test_hanging_and_latency() -> None:
    async with workspace() as slack:
        web = client(slack)
        slack.core.faults.add("hang", method="chat.postMessage")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(web.chat_postMessage(channel=ALERTS, text="x"), 0.1)
        assert _posted(slack) == ["x"]
        slack.core.faults.add("latency", seconds=30)
        slow = asyncio.ensure_future(web.chat_postMessage(channel=ALERTS, text="y"))
        await asyncio.sleep(0.05)
        assert not slow.done()
        slack.advance(31)
        assert (await slow)["ok"]


@asynchronous
async def test_counts_skips_and_lag() -> None:
    async with workspace() as slack:
        web = client(slack)
        slack.core.faults.add("error", method="auth.test", count=2, skip=1, error="fatal_error")
        outcomes = []
        for _ in range(4):
            try:
                await web.auth_test()
                outcomes.append("ok")
            except SlackApiError as refusal:
                outcomes.append(refusal.response["error"])
        assert outcomes == ["ok", "fatal_error", "fatal_error", "ok"]
        await web.chat_postMessage(channel=ALERTS, text="x")
        slack.core.faults.history_lag = 10
        assert not (await web.conversations_history(channel=ALERTS))["messages"]
        slack.advance(11)
        assert (await web.conversations_history(channel=ALERTS))["messages"]


@asynchronous
async def test_revoked_tokens() -> None:
    async with workspace() as slack:
        slack.core.revoked.add(slack.credentials.bot_token)
        with pytest.raises(SlackApiError, match="token_revoked"):
            await client(slack).chat_postMessage(channel=ALERTS, text="x")


@asynchronous
async def test_bodies_and_tokens_of_the_wrong_kind() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        url, token = f"{slack.api_url}auth.test", slack.credentials.bot_token
        bearer = {"Authorization": f"Bearer {token}"}
        json_type = {"Content-Type": "application/json; charset=utf-8"}
        cases: list[tuple[dict[str, Any], str | None]] = [
            ({}, "not_authed"),
            ({"headers": {"Authorization": "Bearer xoxb-wrong"}}, "invalid_auth"),
            ({"headers": {"Authorization": f"Basic {token}"}}, "not_authed"),
            ({"data": {"token": token}}, None),
            ({"json": {"token": token}}, "not_authed"),
            ({"headers": {**bearer, **json_type}, "data": "{"}, "invalid_json"),
            ({"headers": {**bearer, **json_type}, "data": "[]"}, "json_not_object"),
            ({"headers": {**bearer, **json_type}, "data": '{"a": NaN}'}, "invalid_json"),
            ({"headers": {**bearer, **json_type}, "data": '{"a": "\\ud800"}'}, "invalid_json"),
            ({"headers": {**bearer, **json_type}, "data": '{"a": "\\ud83d\\ude00"}'}, None),
            ({"headers": {**bearer, **json_type}, "data": "[" * 100_000}, "invalid_json"),
            ({"headers": {**bearer, "Content-Type": "text/plain"}, "data": "x"}, "invalid_post_type"),
            ({"headers": {"Authorization": f"Bearer {slack.credentials.app_token}"}}, "not_allowed_token_type"),
            ({"headers": bearer}, None),
        ]
        for given, error in cases:
            async with session.post(url, **given) as response:
                answer = await response.json()
            assert answer.get("error") == error, (given, answer)
        async with session.post(url, headers={**bearer, "Content-Type": "application/json"}, data="{}") as response:
            answer = await response.json()
        assert answer["warning"] == "missing_charset"
        async with session.get(f"{url}?token={token}") as response:
            assert (await response.json())["user_id"] == "U00FIRELINE"


@asynchronous
async def test_the_record_of_requests() -> None:
    async with workspace() as slack:
        before = slack.core.recorder.last()
        await client(slack).chat_postMessage(channel=ALERTS, text="x")
        await slack.act(ALEX, "command", channel=ALERTS, text="/health")
        (request,) = slack.core.recorder.entries(since=before, method="chat.postMessage")
        (delivery,) = slack.core.recorder.entries(since=before, envelope="slash_commands")
        assert (request["args"]["text"], request["response"]["ok"]) == ("x", True)
        assert (delivery["envelope"], delivery["outcome"]) == ("slash_commands", "connection_failed")
