"""response_url: five uses, thirty minutes, ephemeral by default, replacing, deleting, threads (section 1)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from .kit import actions, button, section
from .people import ALERTS, ALEX, MONITOR, SAM
from .running import asynchronous, bolt, saw, workspace


@asynccontextmanager
async def _pressed(*, ephemeral: bool = False, thread: bool = False) -> AsyncIterator[tuple[Any, AsyncApp, str, str]]:
    """A button was pressed: workspace, app, the response_url, the message's ts."""
    async with workspace() as slack, bolt(slack) as app:
        urls: list[str] = []

        @app.action("a")
        async def pressed(ack: Any, body: dict[str, Any]) -> None:
            urls.append(body["response_url"])
            await ack()

        fields: dict[str, Any] = {"channel": ALERTS, "text": "x", "blocks": [actions(button())]}
        if thread:
            fields["thread_ts"] = (await app.client.chat_postMessage(channel=ALERTS, text="parent"))["ts"]
        if ephemeral:
            ts = (await app.client.chat_postEphemeral(user=ALEX, **fields))["message_ts"]
        else:
            ts = (await app.client.chat_postMessage(**fields))["ts"]
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="a")
        assert answer["ok"], answer
        yield slack, app, urls[0], ts


@asynchronous
async def test_five_uses() -> None:
    async with _pressed() as (slack, _, url, _ts):
        hook = AsyncWebhookClient(url)
        for _ in range(5):
            answer = await hook.send(text="x", response_type="ephemeral", replace_original=False)
            assert (answer.status_code, answer.body) == (200, "ok")
        answer = await hook.send(text="x", response_type="ephemeral")
        assert answer.status_code == 404
        assert "used_url" in answer.body
        assert len(slack.core.ephemerals.of(ALEX, ALERTS)) == 5
        assert not slack.core.ephemerals.of(SAM, ALERTS)


@asynchronous
async def test_thirty_minutes() -> None:
    async with _pressed() as (slack, _, url, _ts):
        hook = AsyncWebhookClient(url)
        slack.advance(29 * 60)
        assert (await hook.send(text="x", response_type="ephemeral")).status_code == 200
        slack.advance(2 * 60)
        answer = await hook.send(text="x", response_type="ephemeral")
        assert answer.status_code == 404
        assert "expired_url" in answer.body


@asynchronous
async def test_a_refused_body_costs_no_use() -> None:
    async with _pressed() as (slack, _, url, _ts):
        hook = AsyncWebhookClient(url)
        for body in ({"blocks": [{"type": "header"}]}, {"text": ""}, {"text": "x", "response_type": "loud"}):
            answer = await hook.send_dict(body)
            assert answer.status_code >= 400
        answer = await hook.send_dict({"text": "x", "replace_original": "true"})
        assert "invalid_payload" in answer.body
        token = url.rpartition("/")[2]
        assert slack.core.response_urls.find(token).uses == 0


@asynchronous
async def test_without_a_word_the_message_is_replaced() -> None:
    async with _pressed() as (slack, _, url, ts):
        await AsyncWebhookClient(url).send(text="done")
        assert slack.core.messages.get(ALERTS, ts)["text"] == "done"


@asynchronous
async def test_a_new_public_message_in_the_thread() -> None:
    async with _pressed() as (slack, _, url, ts):
        hook = AsyncWebhookClient(url)
        body = {"text": "done", "response_type": "in_channel", "replace_original": False, "thread_ts": ts}
        assert (await hook.send_dict(body)).status_code == 200
        replies, _ = slack.core.messages.replies(ALERTS, ts, oldest="0", latest="9999999999", limit=5)
        assert [reply["text"] for reply in replies] == ["done"]
        assert (await hook.send_dict({**body, "thread_ts": "1.000001"})).status_code == 400


@asynchronous
async def test_deleting() -> None:
    async with _pressed() as (slack, _, url, ts):
        hook = AsyncWebhookClient(url)
        answer = await hook.send_dict({"delete_original": True, "text": "x"})
        assert "invalid_payload" in answer.body
        assert (await hook.send_dict({"delete_original": True})).status_code == 200
        assert slack.core.messages.get(ALERTS, ts) is None


@asynchronous
async def test_an_ephemeral_is_replaced_and_stays_ephemeral() -> None:
    async with _pressed(ephemeral=True) as (slack, _, url, ts):
        hook = AsyncWebhookClient(url)
        await hook.send(text="sure", replace_original=True, blocks=[section()])
        held = slack.core.ephemerals.get(ALERTS, ts)
        assert held[1]["text"] == "sure"
        assert slack.core.messages.get(ALERTS, ts) is None


@asynchronous
async def test_in_a_thread_the_ephemeral_answer_stays_there() -> None:
    async with _pressed(thread=True) as (slack, _, url, _ts):
        before = slack.core.screens.seq(ALEX)
        await AsyncWebhookClient(url).send(text="x", response_type="ephemeral", replace_original=False)
        push = slack.core.screens.since(ALEX, before)[-1]
        assert push["type"] == "ephemeral"
        assert push["message"]["thread_ts"]


@pytest.mark.parametrize("body", [{"delete_original": True}, {"replace_original": True, "text": "x"}])
@asynchronous
async def test_a_command_leaves_nothing_to_replace_or_delete(body: dict[str, Any]) -> None:
    async with workspace() as slack, bolt(slack) as app:
        urls: list[str] = []

        @app.command("/health")
        async def health(ack: Any, command: dict[str, Any]) -> None:
            urls.append(command["response_url"])
            await ack()

        await slack.act(ALEX, "command", channel=MONITOR, text="/health")
        answer = await AsyncWebhookClient(urls[0]).send_dict({**body, "response_type": "in_channel"})
        assert answer.status_code >= 400


@asynchronous
async def test_commands_may_answer_where_the_bot_is_not() -> None:
    async with workspace() as slack, bolt(slack) as app:

        @app.command("/health")
        async def health(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="all well", response_type="in_channel")

        answer = await slack.act(ALEX, "command", channel="C01GENERAL", text="/health", wait_for=["message"])
        assert saw(answer, "message")[0]["message"]["text"] == "all well"
