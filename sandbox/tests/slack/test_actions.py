"""Buttons, selects, type-ahead and shortcuts with a real Bolt app on both transports."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sandbox.slack.http_delivery import HttpDelivery

from .kit import accessory, actions, button, element, field, options, plain, section
from .people import ALERTS, ALEX, SAM
from .running import TRANSPORTS, asynchronous, bolt, saw, while_pending, workspace


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_a_button_in_a_message(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        got: list[dict[str, Any]] = []

        @app.action("ack")
        async def pressed(ack: Any, body: dict[str, Any], respond: Any) -> None:
            await ack()
            got.append(body)
            await respond(text="acknowledged", replace_original=True)

        row = actions(button("ack", value="17", style="primary"), block_id="row")
        blocks = [row, field(element("plain_text_input"))]
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="alert", blocks=blocks))["ts"]
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="ack", wait_for=["message_changed"])
        assert answer["ok"]
        assert answer["waited"], answer
        message = saw(answer, "message_changed")[-1]["message"]
        assert message["text"] == "acknowledged"
        assert "blocks" not in message
        body = got[0]
        assert body["type"] == "block_actions"
        assert body["container"] == {
            "type": "message",
            "message_ts": ts,
            "channel_id": ALERTS,
            "is_ephemeral": False,
        }
        assert body["channel"] == {"id": ALERTS, "name": "data-alerts"}
        assert body["message"]["ts"] == ts
        assert body["message"]["blocks"][0]["block_id"] == "row"
        action = body["actions"][0]
        assert (action["type"], action["value"], action["style"]) == ("button", "17", "primary")
        assert (action["block_id"], action["action_id"]) == ("row", "ack")
        assert action["text"] == {"type": "plain_text", "text": "Go", "emoji": True}
        assert float(action["action_ts"]) > 0
        assert body["team"]["domain"] == "hoops-data"
        assert list(body["state"]["values"].values()) == [{"a": {"type": "plain_text_input", "value": None}}]


@asynchronous
async def test_ephemeral_messages_come_without_their_content() -> None:
    async with workspace() as slack, bolt(slack) as app:
        got: list[dict[str, Any]] = []

        @app.action("ok")
        async def pressed(ack: Any, body: dict[str, Any], respond: Any) -> None:
            await ack()
            got.append(body)
            await respond(delete_original=True)

        await app.client.chat_postEphemeral(
            channel=ALERTS, user=ALEX, text="sure?", blocks=[section(), actions(button("ok"))]
        )
        ts = slack.core.screens.since(ALEX, 0)[-1]["message"]["ts"]
        answer = await slack.act(SAM, "action", channel=ALERTS, ts=ts, action_id="ok")
        assert answer["error"] == "message_not_found"
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="ok", wait_for=["ephemeral_deleted"])
        assert answer["waited"]
        assert got[0]["container"]["is_ephemeral"] is True
        assert "message" not in got[0]


@pytest.mark.parametrize(
    ("kind", "more", "value", "expected"),
    [
        ("static_select", {"options": options(3)}, "v1", {"selected_option": None}),
        ("multi_static_select", {"options": options(3)}, ["v0", "v2"], {"selected_options": 2}),
        ("checkboxes", {"options": options(3)}, ["v2"], {"selected_options": 1}),
        ("radio_buttons", {"options": options(3)}, "v2", {"selected_option": None}),
        ("overflow", {"options": options(3)}, "v0", {"selected_option": None}),
        ("users_select", {}, SAM, {"selected_user": SAM}),
        ("conversations_select", {}, ALERTS, {"selected_conversation": ALERTS}),
        ("channels_select", {}, ALERTS, {"selected_channel": ALERTS}),
        ("multi_users_select", {}, [SAM], {"selected_users": [SAM]}),
        ("datepicker", {}, "2026-11-21", {"selected_date": "2026-11-21"}),
        ("timepicker", {}, "07:00", {"selected_time": "07:00"}),
    ],
)
@asynchronous
async def test_what_elements_send(kind: str, more: dict[str, Any], value: Any, expected: dict[str, Any]) -> None:
    async with workspace() as slack, bolt(slack) as app:
        got: list[dict[str, Any]] = []

        @app.action("a")
        async def chosen(ack: Any, action: dict[str, Any]) -> None:
            await ack()
            got.append(action)

        blocks = [accessory(element(kind, **more))]
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))["ts"]
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="a", value=value)
        assert answer["ok"], answer
        name, wanted = next(iter(expected.items()))
        assert got[0]["type"] == kind
        if isinstance(wanted, (str, list)):
            assert got[0][name] == wanted
        elif isinstance(wanted, int):
            assert len(got[0][name]) == wanted
        else:
            assert got[0][name]["value"] == value


@asynchronous
async def test_values_that_do_not_belong_are_refused() -> None:
    async with workspace() as slack, bolt(slack) as app:
        blocks = [accessory(element("static_select", options=options(2)))]
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))["ts"]
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="a", value="v9")
        assert (answer["error"], "'v0', 'v1'" in answer["message"]) == ("invalid_value", True)
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="zzz")
        assert answer["error"] == "unknown_element"
        answer = await slack.act(ALEX, "action", channel=ALERTS, ts="1.000001", action_id="a")
        assert answer["error"] == "message_not_found"


@asynchronous
async def test_a_late_button_shows_a_warning() -> None:
    async with workspace() as slack, bolt(slack) as app:
        started, finish = asyncio.Event(), asyncio.Event()

        @app.action("a")
        async def pressed(ack: Any) -> None:
            started.set()
            await finish.wait()
            await ack()

        ts = (await app.client.chat_postMessage(channel=ALERTS, text="x", blocks=[actions(button())]))["ts"]
        act = slack.act(ALEX, "action", channel=ALERTS, ts=ts, action_id="a")
        answer = await while_pending(act, started, lambda: slack.advance(3.1))
        finish.set()
        failed = saw(answer, "failed")[0]
        assert failed["error"] == "operation_timeout"
        assert failed["where"]["action_id"] == "a"


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_type_ahead(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        got: list[dict[str, Any]] = []

        @app.options("proc")
        async def suggest(ack: Any, body: dict[str, Any]) -> None:
            got.append(body)
            many = 101 if body["value"] == "many" else 2
            await ack(options=options(many))

        blocks = [accessory({"type": "external_select", "action_id": "proc", "min_query_length": 2})]
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))["ts"]
        where = {"channel": ALERTS, "ts": ts, "action_id": "proc"}
        assert (await slack.act(ALEX, "options", **where, query="b"))["options"] == []
        assert not got
        answer = await slack.act(ALEX, "options", **where, query="bd")
        assert [one["value"] for one in answer["options"]] == ["v0", "v1"]
        assert got[0]["type"] == "block_suggestion"
        assert (got[0]["value"], got[0]["action_id"]) == ("bd", "proc")
        answer = await slack.act(ALEX, "options", **where, query="many")
        assert answer["error"] == "invalid_options"
        assert "no more than 100 items allowed" in answer["reasons"]


@asynchronous
async def test_over_http_a_menu_stays_empty_without_an_options_load_url() -> None:
    async with workspace() as slack, bolt(slack, "http") as app:

        @app.options("proc")
        async def suggest(ack: Any) -> None:
            await ack(options=options(2))

        blocks = [accessory({"type": "external_select", "action_id": "proc", "min_query_length": 0})]
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))["ts"]
        where = {"channel": ALERTS, "ts": ts, "action_id": "proc"}
        assert len((await slack.act(ALEX, "options", **where, query=""))["options"]) == 2
        transport = slack.core.delivery.transport
        assert isinstance(transport, HttpDelivery)
        await slack.use_http(replace(transport.urls, options=None))
        answer = await slack.act(ALEX, "options", **where, query="")
        assert (answer["ok"], answer["options"]) == (True, [])


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_shortcuts(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        got: list[dict[str, Any]] = []

        @app.shortcut("declare")
        async def declare(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack()
            got.append(body)
            view = {"type": "modal", "title": plain("Declare"), "blocks": [section()]}
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        @app.shortcut("timeline")
        async def timeline(ack: Any, body: dict[str, Any], respond: Any) -> None:
            await ack()
            got.append(body)
            await respond(text="added", response_type="ephemeral")

        answer = await slack.act(ALEX, "shortcut", callback_id="declare", wait_for=["view_opened"])
        assert answer["waited"], answer
        ts = (await slack.act(SAM, "post", channel=ALERTS, text="look"))["message"]["ts"]
        use = {"callback_id": "timeline", "channel": ALERTS, "ts": ts}
        answer = await slack.act(ALEX, "shortcut", **use, wait_for=["ephemeral"])
        assert saw(answer, "ephemeral")[0]["message"]["text"] == "added"
        assert got[0]["type"] == "shortcut"
        assert "channel" not in got[0]
        assert (got[1]["type"], got[1]["message_ts"], got[1]["message"]["text"]) == ("message_action", ts, "look")
        answer = await slack.act(ALEX, "shortcut", callback_id="nonsense")
        assert answer["error"] == "unknown_shortcut"


@asynchronous
async def test_home_tab() -> None:
    async with workspace() as slack, bolt(slack) as app:

        @app.event("app_home_opened")
        async def opened(event: dict[str, Any], client: Any) -> None:
            view = {"type": "home", "blocks": [section(), actions(button("refresh"))]}
            await client.views_publish(user_id=event["user"], view=view)

        @app.action("refresh")
        async def refresh(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack()
            view = {"type": "home", "blocks": [section()]}
            await client.views_publish(user_id=ALEX, view=view, hash=body["view"]["hash"])

        answer = await slack.act(ALEX, "home/open", wait_for=["home"])
        view = saw(answer, "home")[0]["view"]
        assert answer["view"] is None
        answer = await slack.act(ALEX, "action", view_id=view["id"], action_id="refresh", wait_for=["home"])
        assert len(saw(answer, "home")[0]["view"]["blocks"]) == 1
        assert saw(answer, "home")[0]["view"]["id"] == view["id"]


@asynchronous
async def test_without_a_home_tab_nothing_is_published() -> None:
    async with workspace(home=False) as slack:
        answer = await slack.act(ALEX, "home/open")
        assert answer["error"] == "tab_not_enabled"
