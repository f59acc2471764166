"""Events with a real Bolt app: which come, their shape, retries, the three seconds (section 1)."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox.slack.http_delivery import RequestUrls, sign
from sandbox.slack.server import Workspace

from .people import ALERTS, ALEX, BOT, GENERAL, SAM
from .running import TRANSPORTS, asynchronous, bolt, eventually, workspace


def _events(slack: Any, kind: str, *, retries: bool = False) -> list[dict[str, Any]]:
    """Deliveries of one kind of event; the first attempts only, unless `retries`."""
    match = {} if retries else {"attempt": 0}
    entries = slack.core.recorder.entries(envelope="events_api", **match)
    return [entry for entry in entries if entry["payload"]["event"]["type"] == kind]


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_messages_and_mentions(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        messages: list[dict[str, Any]] = []
        mentions: list[dict[str, Any]] = []

        @app.event("message")
        async def on_message(event: dict[str, Any]) -> None:
            messages.append(event)

        @app.event("app_mention")
        async def on_mention(body: dict[str, Any]) -> None:
            mentions.append(body)

        await slack.act(ALEX, "post", channel=ALERTS, text="@fireline <help> & more")
        await eventually(lambda: messages and mentions)
        event = messages[0]
        assert event["text"] == f"<@{BOT}> &lt;help&gt; &amp; more"
        assert (event["user"], event["channel"], event["channel_type"]) == (ALEX, ALERTS, "channel")
        assert event["event_ts"] == event["ts"]
        body = mentions[0]
        assert body["type"] == "event_callback"
        assert body["event_id"].startswith("Ev")
        assert body["authorizations"][0]["user_id"] == BOT
        assert body["event"]["type"] == "app_mention"


@asynchronous
async def test_only_where_the_bot_is_and_what_is_subscribed() -> None:
    async with workspace(events=["message.im", "member_joined_channel"]) as slack, bolt(slack):
        await slack.act(ALEX, "post", channel=ALERTS, text="@fireline hello")
        await slack.act(ALEX, "post", channel=GENERAL, text="hello")
        direct = (await slack.act(ALEX, "open_im", **{"with": BOT}))["channel"]
        await slack.act(ALEX, "post", channel=direct, text="hello")
        await slack.act(SAM, "leave", channel=ALERTS)
        await slack.act(SAM, "join", channel=ALERTS)
        await eventually(lambda: _events(slack, "member_joined_channel"))
        assert [entry["payload"]["event"]["channel_type"] for entry in _events(slack, "message")] == ["im"]
        joined = _events(slack, "member_joined_channel")[0]["payload"]["event"]
        assert (joined["user"], joined["channel"], joined["channel_type"]) == (SAM, ALERTS, "C")


@asynchronous
async def test_changes_and_home() -> None:
    async with workspace() as slack, bolt(slack) as app:
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="one"))["ts"]
        await app.client.chat_update(channel=ALERTS, ts=ts, text="two")
        await slack.act(ALEX, "home/open")
        await app.client.chat_delete(channel=ALERTS, ts=ts)
        await eventually(lambda: len(_events(slack, "message")) == 3 and _events(slack, "app_home_opened"))
        subtypes = [entry["payload"]["event"].get("subtype") for entry in _events(slack, "message")]
        assert subtypes == [None, "message_changed", "message_deleted"]
        changed = _events(slack, "message")[1]["payload"]["event"]
        assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("two", "one")
        assert _events(slack, "app_home_opened")[0]["payload"]["event"]["tab"] == "home"


@asynchronous
async def test_a_broadcast_carries_the_thread_it_comes_from() -> None:
    async with workspace() as slack, bolt(slack):
        parent = (await slack.act(SAM, "post", channel=ALERTS, text="parent"))["message"]["ts"]
        await slack.act(ALEX, "post", channel=ALERTS, text="loud", thread_ts=parent, broadcast=True)
        await eventually(lambda: len(_events(slack, "message")) == 2)
        event = _events(slack, "message")[1]["payload"]["event"]
        assert (event["subtype"], event["root"]["ts"], event["root"]["text"]) == ("thread_broadcast", parent, "parent")


class _Endpoint:
    """An HTTP endpoint that answers as told and keeps what it got."""

    def __init__(self, *answers: web.Response) -> None:
        self.answers = list(answers)
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if b"url_verification" in body:
            return web.json_response({"challenge": (await request.json())["challenge"]})
        self.got.append((dict(request.headers), body))
        return self.answers.pop(0) if self.answers else web.Response()

    async def serve(self) -> tuple[str, web.AppRunner]:
        app = web.Application()
        app.router.add_post("/", self.handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/", runner


async def answered(slack: Workspace, times: int) -> None:
    """So many attempts have their answer. One that has only arrived may not be followed by a jump of the clock: that
    would be a timeout, or come before the next attempt is due.
    """

    def met() -> bool:
        tries = slack.core.recorder.entries(kind="delivery", envelope="events_api")
        return [each["outcome"] for each in tries] == ["http_error"] * times

    await eventually(met)


@asynchronous
async def test_three_retries_over_http() -> None:
    endpoint = _Endpoint(*[web.Response(status=500) for _ in range(9)])
    url, runner = await endpoint.serve()
    async with workspace() as slack:
        await slack.use_http(RequestUrls(events=url))
        await slack.act(ALEX, "post", channel=ALERTS, text="x")
        await answered(slack, 2)
        slack.advance(59)
        await asyncio.sleep(0.02)
        assert len(endpoint.got) == 2
        slack.advance(2)
        await answered(slack, 3)
        slack.advance(301)
        await answered(slack, 4)
        slack.advance(86_400)
        await asyncio.sleep(0.02)
        assert len(endpoint.got) == 4
    await runner.cleanup()
    numbers = [headers.get("x-slack-retry-num") for headers, _ in endpoint.got]
    assert numbers == [None, "1", "2", "3"]
    assert endpoint.got[1][0]["x-slack-retry-reason"] == "http_error"
    assert len({body for _, body in endpoint.got}) == 1


@asynchronous
async def test_no_retry_when_the_app_says_so() -> None:
    endpoint = _Endpoint(web.Response(status=500, headers={"x-slack-no-retry": "1"}))
    url, runner = await endpoint.serve()
    async with workspace() as slack:
        await slack.use_http(RequestUrls(events=url))
        await slack.act(ALEX, "post", channel=ALERTS, text="x")
        await answered(slack, 1)
        slack.advance(3600)
        await asyncio.sleep(0.02)
        assert len(endpoint.got) == 1
    await runner.cleanup()


@asynchronous
async def test_every_request_is_signed() -> None:
    endpoint = _Endpoint()
    url, runner = await endpoint.serve()
    async with workspace() as slack:
        await slack.use_http(RequestUrls(events=url, commands=url, interactivity=url))
        await slack.act(ALEX, "command", channel=ALERTS, text="/health")
        await slack.act(ALEX, "shortcut", callback_id="declare")
        verifier = SignatureVerifier(slack.credentials.signing_secret)
        assert len(endpoint.got) == 2
        for headers, body in endpoint.got:
            assert headers["Content-Type"] == "application/x-www-form-urlencoded"
            assert verifier.is_valid_request(body, headers)
        assert endpoint.got[1][1].startswith(b"payload=%7B")
    await runner.cleanup()


@asynchronous
async def test_an_endpoint_that_fails_verification_is_not_taken() -> None:
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with workspace() as slack:
        with pytest.raises(Exception, match="http_error"):
            await slack.use_http(RequestUrls(events=url))
        assert slack.core.delivery.transport is slack.core.sockets
    await runner.cleanup()


@asynchronous
async def test_events_are_sent_again_over_a_socket() -> None:
    async with workspace() as slack:
        await slack.act(ALEX, "post", channel=ALERTS, text="x")
        await eventually(lambda: len(_events(slack, "message", retries=True)) == 2)
        async with bolt(slack) as app:
            seen = asyncio.Event()

            @app.event("message")
            async def on_message() -> None:
                seen.set()

            slack.advance(61)
            await asyncio.wait_for(seen.wait(), 3)
        attempts = [(entry["attempt"], entry["outcome"]) for entry in _events(slack, "message", retries=True)]
        assert attempts == [(0, "connection_failed"), (1, "connection_failed"), (2, "ok")]
        ids = {entry["payload"]["event_id"] for entry in _events(slack, "message", retries=True)}
        assert len(ids) == 1


def test_the_documented_signature() -> None:
    """The vector of https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)
    assert signed == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
