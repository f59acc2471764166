"""Slash commands with a real Bolt app on both transports (slack_rules.md section 1)."""

import asyncio
from typing import Any

import pytest

from .people import ALERTS, ALEX, MONITOR
from .running import TRANSPORTS, asynchronous, bolt, saw, while_pending, workspace


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_payload_and_answer(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        got: list[dict[str, Any]] = []

        @app.command("/health")
        async def health(ack: Any, body: dict[str, Any]) -> None:
            got.append(body)
            await ack("All is well.")

        answer = await slack.act(ALEX, "command", channel=MONITOR, text="/health  phase 3 ")
        assert answer["ok"], answer
        assert saw(answer, "ephemeral")[0]["message"]["text"] == "All is well."
        body = got[0]
        assert body["command"] == "/health"
        assert body["text"] == "phase 3"
        assert body["user_id"] == ALEX
        assert body["user_name"] == "alex"
        assert body["channel_id"] == MONITOR
        assert body["channel_name"] == "data-monitoring"
        assert body["team_id"] == slack.identity.team_id
        assert body["api_app_id"] == slack.identity.app_id
        assert body["is_enterprise_install"] == "false"
        assert body["response_url"].startswith(slack.url + "/commands/")
        assert body["trigger_id"].count(".") == 2


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_late_acknowledgement_is_an_operation_timeout(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        started, finish = asyncio.Event(), asyncio.Event()

        @app.command("/health")
        async def health(ack: Any) -> None:
            started.set()
            await finish.wait()
            await ack()

        act = slack.act(ALEX, "command", channel=MONITOR, text="/health")
        answer = await while_pending(act, started, lambda: slack.advance(3.1))
        finish.set()
        assert answer["error"] == "operation_timeout"
        assert answer["message"] == '/health failed with the error "operation_timeout"'
        assert saw(answer, "ephemeral")[0]["message"]["user"] == "USLACKBOT"
        assert saw(answer, "failed")[0]["where"] == {"kind": "command", "command": "/health"}


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_within_three_seconds_is_in_time(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        started, finish = asyncio.Event(), asyncio.Event()

        @app.command("/health")
        async def health(ack: Any) -> None:
            started.set()
            await finish.wait()
            await ack()

        def nearly() -> None:
            slack.advance(2.5)
            finish.set()

        answer = await while_pending(slack.act(ALEX, "command", channel=MONITOR, text="/health"), started, nearly)
        assert answer["ok"]


@asynchronous
async def test_without_the_app_it_is_a_dispatch_failure() -> None:
    async with workspace() as slack:
        answer = await slack.act(ALEX, "command", channel=MONITOR, text="/health")
        assert answer["message"] == '/health failed with the error "dispatch_failed"'


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_an_unhandled_command_fails(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport):
        act = asyncio.ensure_future(slack.act(ALEX, "command", channel=MONITOR, text="/health"))
        while not act.done():
            await asyncio.sleep(0.02)
            slack.advance(1)
        # Bolt answers 404 over HTTP and nothing at all over a socket.
        assert act.result()["error"] == ("dispatch_failed" if transport == "http" else "operation_timeout")


@asynchronous
async def test_undeclared_commands_and_threads() -> None:
    async with workspace() as slack, bolt(slack):
        answer = await slack.act(ALEX, "command", channel=MONITOR, text="/deploy now")
        assert answer["error"] == "unknown_command"
        assert answer["message"].startswith("/deploy is not a valid command.")
        parent = (await slack.act(ALEX, "post", channel=ALERTS, text="hello"))["message"]["ts"]
        answer = await slack.act(ALEX, "command", channel=ALERTS, text="/health", thread_ts=parent)
        assert answer["error"] == "not_in_thread"
        assert not slack.core.recorder.entries(kind="delivery", envelope="slash_commands")


@asynchronous
async def test_names_are_escaped_when_the_manifest_says_so() -> None:
    async with workspace() as slack, bolt(slack) as app:
        got: list[str] = []

        @app.command("/page")
        async def page(ack: Any, command: dict[str, Any]) -> None:
            got.append(command["text"])
            await ack()

        @app.command("/health")
        async def health(ack: Any, command: dict[str, Any]) -> None:
            got.append(command["text"])
            await ack()

        await slack.act(ALEX, "command", channel=MONITOR, text="/page @sam in #data-alerts and @data-oncall a@b.co")
        await slack.act(ALEX, "command", channel=MONITOR, text="/health @sam")
        names = "<@U02SAM|sam> in <#C03ALERTS|data-alerts> and <!subteam^S01ONCALL|@data-oncall> a@b.co"
        assert got == [names, "@sam"]


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_answers_in_the_acknowledgement(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:

        @app.command("/health")
        async def health(ack: Any, command: dict[str, Any]) -> None:
            if command["text"] == "public":
                await ack(text="for all", response_type="in_channel")
            else:
                await ack(blocks=[{"type": "header"}], text="bad")

        answer = await slack.act(ALEX, "command", channel=MONITOR, text="/health public")
        assert saw(answer, "message")[0]["message"]["text"] == "for all"
        answer = await slack.act(ALEX, "command", channel=MONITOR, text="/health bad")
        assert answer["error"] == "invalid_command_response"
        assert "missing required field: text [json-pointer:/blocks/0]" in answer["detail"]


@asynchronous
async def test_direct_messages_and_private_channels_have_no_name() -> None:
    async with workspace() as slack, bolt(slack) as app:
        got: list[str] = []

        @app.command("/health")
        async def health(ack: Any, command: dict[str, Any]) -> None:
            got.append(command["channel_name"])
            await ack()

        direct = (await slack.act(ALEX, "open_im", **{"with": "U00FIRELINE"}))["channel"]
        await slack.act(ALEX, "command", channel=direct, text="/health")
        assert got == ["directmessage"]
