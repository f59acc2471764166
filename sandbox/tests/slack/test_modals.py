"""Modals with a real Bolt app: submitting, closing, the stack, races (slack_rules.md section 3, Views)."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from .kit import actions, button, element, field, form, modal, plain, section
from .people import ALEX
from .running import TRANSPORTS, asynchronous, bolt, client, saw, while_pending, workspace


def _form(callback_id: str = "f", **more: Any) -> dict[str, Any]:
    what = field(element("plain_text_input", min_length=3), block_id="what")
    when = field(element("datepicker"), block_id="when", optional=True)
    return form(what, when, callback_id=callback_id, **more)


async def _open(slack: Any, view: dict[str, Any], user: str = ALEX) -> dict[str, Any]:
    opened = await client(slack).views_open(trigger_id=slack.core.triggers.give(user), view=view)
    made: dict[str, Any] = opened["view"]
    return made


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_submission(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:
        got: list[dict[str, Any]] = []

        @app.view("f")
        async def submitted(ack: Any, body: dict[str, Any]) -> None:
            got.append(body)
            await ack()

        view = await _open(slack, _form(private_metadata="secret"))
        state = {"what": {"a": "three"}, "when": {"a": "2026-11-21"}}
        answer = await slack.act(ALEX, "view/submit", view_id=view["id"], state=state)
        assert answer["ok"]
        assert saw(answer, "view_closed")[0]["depth"] == 0
        body = got[0]
        assert body["type"] == "view_submission"
        assert body["response_urls"] == []
        assert body["view"]["private_metadata"] == "secret"
        assert body["view"]["root_view_id"] == view["id"]
        assert body["view"]["state"]["values"] == {
            "what": {"a": {"type": "plain_text_input", "value": "three"}},
            "when": {"a": {"type": "datepicker", "selected_date": "2026-11-21"}},
        }


@asynchronous
async def test_the_form_is_checked_before_the_app_is_asked() -> None:
    async with workspace() as slack, bolt(slack):
        await _open(slack, _form())
        answer = await slack.act(ALEX, "view/submit", state={})
        assert answer["errors"] == {"what": "Please complete this required field."}
        answer = await slack.act(ALEX, "view/submit", state={"what": {"a": "ab"}})
        assert answer["errors"] == {"what": "Please enter at least 3 characters."}
        answer = await slack.act(ALEX, "view/submit", state={"nothing": {"a": "ab"}})
        assert answer["error"] == "invalid_value"
        assert not slack.core.recorder.entries(kind="delivery", envelope="interactive")


@pytest.mark.parametrize("transport", TRANSPORTS)
@asynchronous
async def test_response_actions(transport: str) -> None:
    async with workspace() as slack, bolt(slack, transport) as app:

        @app.view("f")
        async def submitted(ack: Any, view: dict[str, Any]) -> None:
            value = view["state"]["values"]["what"]["a"]["value"]
            if value == "errors":
                await ack(response_action="errors", errors={"what": "Not that."})
            elif value == "wrong errors":
                await ack(response_action="errors", errors={"nothing": "Not that."})
            elif value == "update":
                await ack(response_action="update", view=_form("f", title=plain("Again")))
            elif value == "bad update":
                await ack(response_action="update", view=modal(title=plain("x" * 25)))
            elif value == "push":
                await ack(response_action="push", view=_form("f"))
            else:
                await ack(response_action="clear")

        async def submit(value: str) -> dict[str, Any]:
            return await slack.act(ALEX, "view/submit", state={"what": {"a": value}})

        view = await _open(slack, _form())
        assert (await submit("errors"))["errors"] == {"what": "Not that."}
        answer = await submit("wrong errors")
        assert (answer["error"], answer["message"]) == (
            "invalid_errors",
            "We had some trouble connecting. Try again?",
        )
        answer = await submit("update")
        updated = saw(answer, "view_updated")[0]["view"]
        assert (updated["id"], updated["title"]["text"]) == (view["id"], "Again")
        assert (await submit("bad update"))["error"] == "invalid_arguments"
        assert saw(await submit("push"), "view_pushed")[0]["depth"] == 2
        assert saw(await submit("push"), "view_pushed")[0]["view"]["root_view_id"] == view["id"]
        assert (await submit("push"))["error"] == "push_limit_reached"
        assert saw(await submit("done"), "view_closed")[0]["depth"] == 0


@asynchronous
async def test_submission_without_an_answer_in_time() -> None:
    async with workspace() as slack, bolt(slack) as app:
        started, finish = asyncio.Event(), asyncio.Event()

        @app.view("f")
        async def submitted(ack: Any) -> None:
            started.set()
            await finish.wait()
            await ack()

        view = await _open(slack, _form())
        act = slack.act(ALEX, "view/submit", state={"what": {"a": "three"}})
        answer = await while_pending(act, started, lambda: slack.advance(3.1))
        finish.set()
        assert answer["message"] == "We had some trouble connecting. Try again?"
        assert saw(answer, "failed")[0]["where"] == {"kind": "submit", "view_id": view["id"]}
        assert slack.core.modals.stack(ALEX)


@pytest.mark.parametrize(("everything", "closed"), [(False, 1), (True, 2)])
@asynchronous
async def test_closing(everything: bool, closed: int) -> None:
    async with workspace() as slack, bolt(slack) as app:
        got: list[dict[str, Any]] = []
        told = asyncio.Event()

        @app.view_closed("f")
        async def on_close(ack: Any, body: dict[str, Any]) -> None:
            got.append(body)
            await ack()
            if len(got) == closed:
                told.set()

        await _open(slack, _form(notify_on_close=True))
        trigger = slack.core.triggers.give(ALEX)
        await app.client.views_push(trigger_id=trigger, view=_form(notify_on_close=True))
        await slack.act(ALEX, "view/close", all=everything)
        await asyncio.wait_for(told.wait(), 3)
        assert [one["is_cleared"] for one in got] == [everything] * closed
        assert len(slack.core.modals.stack(ALEX)) == 2 - closed


@asynchronous
async def test_typed_input_survives_an_update_where_ids_stay() -> None:
    async with workspace() as slack, bolt(slack) as app:

        @app.action("more")
        async def more(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack()
            view = form(
                field(element("plain_text_input"), block_id="what"),
                field(element("plain_text_input"), block_id="new"),
            )
            await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

        await _open(slack, form(field(element("plain_text_input"), block_id="what"), actions(button("more"))))
        state = {"what": {"a": "typed"}}
        answer = await slack.act(ALEX, "action", action_id="more", state=state, wait_for=["view_updated"])
        values = saw(answer, "view_updated")[0]["view"]["state"]["values"]
        assert values["what"]["a"]["value"] == "typed"
        assert values["new"]["a"]["value"] is None


@asynchronous
async def test_triggers_live_three_seconds_and_open_once() -> None:
    async with workspace() as slack:
        web = client(slack)
        trigger = slack.core.triggers.give(ALEX)
        slack.advance(2.9)
        await web.views_open(trigger_id=trigger, view=modal(section()))
        with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
            await web.views_open(trigger_id=trigger, view=modal(section()))
        late = slack.core.triggers.give(ALEX)
        slack.advance(3.1)
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await web.views_open(trigger_id=late, view=modal(section()))


@asynchronous
async def test_a_refused_view_leaves_the_trigger_unused() -> None:
    async with workspace() as slack:
        trigger = slack.core.triggers.give(ALEX)
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            await client(slack).views_open(trigger_id=trigger, view={"type": "modal"})
        assert (await client(slack).views_open(trigger_id=trigger, view=modal(section())))["ok"]


@asynchronous
async def test_inputs_speak_only_when_asked_to() -> None:
    async with workspace() as slack, bolt(slack) as app:
        got: list[Any] = []

        @app.action("a")
        async def chosen(ack: Any, action: dict[str, Any]) -> None:
            got.append(action["selected_date"])
            await ack()

        silent = field(element("datepicker"), block_id="silent")
        await _open(slack, form(silent, field(element("datepicker"), block_id="loud", dispatch_action=True)))
        answer = await slack.act(ALEX, "action", block_id="silent", action_id="a", value="2026-11-21")
        assert answer["error"] == "no_dispatch_action"
        assert (await slack.act(ALEX, "action", block_id="loud", action_id="a", value="2026-11-22"))["ok"]
        assert got == ["2026-11-22"]
