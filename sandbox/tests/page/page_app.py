"""A small real Bolt app over Socket Mode that answers as an on-call bot would."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from .page_blocks import PROCESSORS, incident
from .page_views import advanced, every_input, home, reprocess

Body = dict[str, Any]
# Acknowledged and kept, nothing more.
NOTED = (
    "plan", "danger", "more", "accessory", "static", "grouped", "typeahead", "several", "person", "where",
    "day", "hour", "moment", "checks", "mode", "feedback", "home_more", "home_declare", "home_plan",
)  # fmt: skip


def build(token: str, base_url: str, heard: list[Body], free: asyncio.Event, over: asyncio.Event) -> AsyncApp:
    """The app; `heard` gets everything it is told. Acknowledge is answered while `free` is set, some things never:
    not before it is all `over`.
    """
    client = AsyncWebClient(token=token, base_url=base_url)
    app = AsyncApp(token=token, client=client, raise_error_for_unhandled_request=False)
    _commands(app, heard, over)
    _incidents(app, heard, free)
    _messages(app, heard, over)
    _views(app, heard)
    _surfaces(app, heard)
    return app


def _commands(app: AsyncApp, heard: list[Body], over: asyncio.Event) -> None:
    @app.command("/health")
    async def health(ack: AsyncAck, body: Body) -> None:
        heard.append(body)
        if body["text"] == "wrong":
            await ack("There is no phase `wrong`. Did you mean *phase 1*?")
            return
        await ack({"response_type": "in_channel", "text": "Health", "blocks": incident(7, "acknowledged")})

    @app.command("/reprocess")
    async def plan(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=reprocess())

    @app.command("/form")
    async def form(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=every_input())

    @app.command("/silent")
    async def silent(body: Body) -> None:
        heard.append(body)
        await over.wait()


def _incidents(app: AsyncApp, heard: list[Body], free: asyncio.Event) -> None:
    @app.action("ack")
    async def acknowledge(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append(body)
        await free.wait()
        await ack()
        number, where = int(body["actions"][0]["value"]), body["container"]
        await client.chat_update(
            channel=where["channel_id"],
            ts=where["message_ts"],
            text=f"INC-{number} acknowledged",
            blocks=incident(number, "acknowledged"),
        )
        await client.chat_postMessage(
            channel=where["channel_id"], thread_ts=where["message_ts"], text=f"<@{body['user']['id']}> acknowledged."
        )


def _messages(app: AsyncApp, heard: list[Body], over: asyncio.Event) -> None:
    @app.action("silent")
    async def never(body: Body) -> None:
        heard.append(body)
        await over.wait()

    @app.action("push")
    async def push(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=reprocess())

    @app.options("typeahead")
    @app.options("value")
    async def suggest(ack: AsyncAck, body: Body) -> None:
        found = [one for one in PROCESSORS if body["value"].lower() in one]
        await ack(options=[{"text": {"type": "plain_text", "text": one}, "value": one} for one in found])

    @app.action("home_refresh")
    async def refresh(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_publish(user_id=body["user"]["id"], view=home("YELLOW"))


def _views(app: AsyncApp, heard: list[Body]) -> None:
    @app.action("deeper")
    async def deeper(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        depth = 1 if body["view"]["previous_view_id"] is None else 2
        await client.views_push(trigger_id=body["trigger_id"], view=advanced(depth))

    @app.action("refresh")
    async def check(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_update(
            view_id=body["view"]["id"], view=reprocess(":white_check_mark: Checked: nothing in flight")
        )

    @app.view("reprocess")
    async def submitted(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append(body)
        values = body["view"]["state"]["values"]
        if len(values["reason"]["value"]["value"]) < 5:
            await ack(response_action="errors", errors={"reason": "Say a little more, for the audit log."})
            return
        await ack()
        name = values["processor"]["value"]["selected_option"]["value"]
        await client.chat_postMessage(channel="C03ALERTS", text=f"Plan for *{name}*: 3 steps", blocks=incident(9))

    @app.view("advanced")
    @app.view("form")
    async def keep(ack: AsyncAck, body: Body) -> None:
        heard.append(body)
        await ack()

    @app.view_closed("reprocess")
    async def closed(ack: AsyncAck, body: Body) -> None:
        heard.append(body)
        await ack()


def _surfaces(app: AsyncApp, heard: list[Body]) -> None:
    @app.event("app_home_opened")
    async def opened(event: Body, client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=home())

    @app.shortcut("declare")
    async def declare(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        heard.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=reprocess())

    @app.shortcut("timeline")
    async def timeline(ack: AsyncAck, body: Body) -> None:
        heard.append(body)
        await ack()

    @app.event("message")
    @app.event("app_mention")
    async def said(event: Body) -> None:
        heard.append(event)

    for action_id in NOTED:
        _noted(app, action_id, heard)


def _noted(app: AsyncApp, action_id: str, heard: list[Body]) -> None:
    @app.action(action_id)
    async def noted(ack: AsyncAck, body: Body) -> None:
        heard.append(body)
        await ack()
