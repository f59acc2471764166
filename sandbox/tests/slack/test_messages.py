"""Posting, threads, updates, ephemerals, metadata, schedules, paging (slack_rules.md section 2)."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from .kit import section
from .running import ALERTS, ALEX, BOT, GENERAL, SAM, asynchronous, client, saw, workspace


@asynchronous
async def test_threads() -> None:
    async with workspace() as slack:
        web = client(slack)
        parent = (await web.chat_postMessage(channel=ALERTS, text="parent"))["ts"]
        for n in range(5):
            await web.chat_postMessage(channel=ALERTS, text=f"reply {n}", thread_ts=parent)
        await slack.act(ALEX, "post", channel=ALERTS, text="mine", thread_ts=parent)
        broadcast = await web.chat_postMessage(channel=ALERTS, text="loud", thread_ts=parent, reply_broadcast=True)
        assert broadcast["message"]["subtype"] == "thread_broadcast"
        history = (await web.conversations_history(channel=ALERTS))["messages"]
        assert [message["text"] for message in history] == ["loud", "parent"]
        assert history[1]["reply_count"] == 7
        assert history[1]["reply_users"] == [BOT, ALEX]
        first = await web.conversations_replies(channel=ALERTS, ts=parent, limit=4)
        assert [message["text"] for message in first["messages"]] == ["parent", *[f"reply {n}" for n in range(4)]]
        cursor = first["response_metadata"]["next_cursor"]
        second = await web.conversations_replies(channel=ALERTS, ts=parent, limit=4, cursor=cursor)
        assert [message["text"] for message in second["messages"]] == ["parent", "reply 4", "mine", "loud"]
        assert not second["has_more"]


@asynchronous
async def test_history_pages_and_bounds() -> None:
    async with workspace() as slack:
        web = client(slack)
        sent = [(await web.chat_postMessage(channel=ALERTS, text=str(n)))["ts"] for n in range(7)]
        seen: list[str] = []
        cursor = ""
        while True:
            page = await web.conversations_history(channel=ALERTS, limit=3, cursor=cursor)
            seen += [message["ts"] for message in page["messages"]]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                break
        assert seen == sent[::-1]
        some = await web.conversations_history(channel=ALERTS, oldest=sent[2], latest=sent[4])
        assert [message["ts"] for message in some["messages"]] == [sent[3]]
        some = await web.conversations_history(channel=ALERTS, oldest=sent[2], latest=sent[4], inclusive=True)
        assert [message["ts"] for message in some["messages"]] == [sent[4], sent[3], sent[2]]


@asynchronous
async def test_what_an_update_keeps_and_drops() -> None:
    async with workspace() as slack:
        web = client(slack)
        metadata = {"event_type": "incident", "event_payload": {"id": "I1"}}
        sent = await web.chat_postMessage(
            channel=ALERTS, text="one", blocks=[section()], attachments=[{"text": "a"}], metadata=metadata
        )
        ts = sent["ts"]
        with pytest.warns(UserWarning, match="top-level `text` argument is missing"):
            changed = (await web.chat_update(channel=ALERTS, ts=ts, blocks=[section(), section()]))["message"]
        assert (changed["text"], len(changed["blocks"])) == ("one", 2)
        assert "edited" not in changed
        changed = (await web.chat_update(channel=ALERTS, ts=ts, text="two"))["message"]
        assert "blocks" not in changed
        assert changed["edited"]["user"] == BOT
        assert changed["attachments"][0]["text"] == "a"
        changed = (await web.chat_update(channel=ALERTS, ts=ts, text="two", attachments=[]))["message"]
        assert "attachments" not in changed
        stored = (await web.conversations_history(channel=ALERTS, include_all_metadata=True))["messages"][0]
        assert stored["metadata"] == metadata


@asynchronous
async def test_metadata_is_returned_only_when_asked_for() -> None:
    async with workspace() as slack:
        web = client(slack)
        metadata = {"event_type": "incident", "event_payload": {"id": "I1"}}
        ts = (await web.chat_postMessage(channel=ALERTS, text="x", metadata=metadata))["ts"]
        await web.chat_postMessage(channel=ALERTS, text="y", thread_ts=ts, metadata=metadata)
        assert "metadata" not in (await web.conversations_history(channel=ALERTS))["messages"][0]
        found = await web.conversations_replies(channel=ALERTS, ts=ts, include_all_metadata=True)
        assert [message["metadata"] for message in found["messages"]] == [metadata, metadata]


@asynchronous
async def test_a_user_id_opens_the_direct_message() -> None:
    async with workspace() as slack:
        web = client(slack)
        sent = await web.chat_postMessage(channel=ALEX, text="psst")
        assert sent["channel"].startswith("D")
        again = await web.conversations_open(users=ALEX)
        assert again["channel"]["id"] == sent["channel"]
        assert again["already_open"]
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await web.chat_update(channel=ALEX, ts=sent["ts"], text="x")
        assert (await web.chat_update(channel=sent["channel"], ts=sent["ts"], text="x"))["ok"]
        assert [push["type"] for push in slack.core.screens.since(ALEX, 0)][:2] == ["message", "unread"]
        assert not slack.core.screens.since(SAM, 0)


@asynchronous
async def test_ephemerals() -> None:
    async with workspace() as slack:
        web = client(slack)
        await web.chat_postEphemeral(channel=ALERTS, user=ALEX, text="only you")
        assert [push["type"] for push in slack.core.screens.since(ALEX, 0)] == ["ephemeral"]
        assert not slack.core.screens.since(SAM, 0)
        assert not (await web.conversations_history(channel=ALERTS))["messages"]
        parent = (await web.chat_postMessage(channel=ALERTS, text="quiet"))["ts"]
        before = slack.core.screens.seq(ALEX)
        assert (await web.chat_postEphemeral(channel=ALERTS, user=ALEX, text="x", thread_ts=parent))["ok"]
        assert slack.core.screens.seq(ALEX) == before


@asynchronous
async def test_deleting_a_parent_leaves_a_tombstone() -> None:
    async with workspace() as slack:
        web = client(slack)
        parent = (await web.chat_postMessage(channel=ALERTS, text="parent"))["ts"]
        await web.chat_postMessage(channel=ALERTS, text="reply", thread_ts=parent)
        await web.chat_delete(channel=ALERTS, ts=parent)
        stored = (await web.conversations_history(channel=ALERTS))["messages"][0]
        assert (stored["subtype"], stored["reply_count"]) == ("tombstone", 1)
        with pytest.raises(SlackApiError, match="message_not_found"):
            await web.chat_update(channel=ALERTS, ts=parent, text="x")


@asynchronous
async def test_scheduled_messages_are_posted_but_never_with_metadata() -> None:
    async with workspace() as slack:
        web = client(slack)
        at = int(slack.core.clock.seconds()) + 600
        metadata: dict[str, Any] = {"event_type": "digest", "event_payload": {}}
        kept = await web.chat_scheduleMessage(channel=ALERTS, text="kept", post_at=at)
        await web.chat_scheduleMessage(channel=ALERTS, text="lost", post_at=at, metadata=metadata)
        gone = await web.chat_scheduleMessage(channel=ALERTS, text="gone", post_at=at)
        await web.chat_deleteScheduledMessage(channel=ALERTS, scheduled_message_id=gone["scheduled_message_id"])
        listed = (await web.chat_scheduledMessages_list(channel=ALERTS))["scheduled_messages"]
        assert [one["text"] for one in listed] == ["kept", "lost"]
        assert listed[0]["id"] == kept["scheduled_message_id"]
        slack.advance(601)
        history = (await web.conversations_history(channel=ALERTS))["messages"]
        assert [message["text"] for message in history] == ["kept"]
        assert not (await web.chat_scheduledMessages_list())["scheduled_messages"]


@asynchronous
async def test_scopes_are_those_of_the_manifest() -> None:
    async with workspace(scopes=["chat:write"]) as slack:
        web = client(slack)
        assert (await web.chat_postMessage(channel=ALERTS, text="x"))["ok"]
        with pytest.raises(SlackApiError) as refused:
            await web.users_info(user=ALEX)
        answer: dict[str, Any] = refused.value.response.data
        assert answer == {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "chat:write"}
        with pytest.raises(SlackApiError, match=r"chat:write\.customize"):
            await web.chat_postMessage(channel=ALERTS, text="x", username="Robot")
        with pytest.raises(SlackApiError, match="channels:history"):
            await web.conversations_history(channel=ALERTS)
        with pytest.raises(SlackApiError, match="channels:read"):
            await web.conversations_list()


@asynchronous
async def test_public_channels_without_joining_need_a_scope() -> None:
    async with workspace(scopes=["chat:write", "chat:write.public"]) as slack:
        assert (await client(slack).chat_postMessage(channel=GENERAL, text="x"))["ok"]


@asynchronous
async def test_channels_and_people() -> None:
    async with workspace() as slack:
        web = client(slack)
        made = (await web.conversations_create(name="inc-17"))["channel"]
        assert (made["is_member"], made["creator"]) == (True, BOT)
        partial = await web.conversations_invite(channel=made["id"], users=f"{ALEX},U404", force=True)
        assert partial["errors"] == [{"user": "U404", "ok": False, "error": "user_not_found"}]
        assert set((await web.conversations_members(channel=made["id"]))["members"]) == {BOT, ALEX}
        topic = await web.conversations_setTopic(channel=made["id"], topic="late")
        assert topic["channel"]["topic"]["value"] == "late"
        assert (await web.conversations_join(channel=GENERAL))["channel"]["is_member"]
        again = await web.conversations_join(channel=GENERAL)
        assert again["warning"] == "already_in_channel"
        names: list[str] = []
        cursor = ""
        while True:
            page = await web.conversations_list(limit=2, cursor=cursor)
            names += [channel["name"] for channel in page["channels"]]
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                break
        assert names[:4] == ["inc-17", "general", "data-monitoring", "data-alerts"]
        user = (await web.users_lookupByEmail(email="SAM@example.com"))["user"]
        assert (user["id"], user["tz"]) == (SAM, "America/Los_Angeles")
        group = await web.usergroups_users_update(usergroup="S01ONCALL", users=f"{SAM},{ALEX}")
        assert group["usergroup"]["users"] == [SAM, ALEX]
        await web.usergroups_disable(usergroup="S01ONCALL")
        assert not (await web.usergroups_list())["usergroups"]


@asynchronous
async def test_mentions_of_groups_reach_their_members() -> None:
    async with workspace() as slack:
        await client(slack).chat_postMessage(channel=ALERTS, text="<!subteam^S01ONCALL> look")
        mentions = {
            user: [push["mention"] for push in slack.core.screens.since(user, 0) if push["type"] == "unread"]
            for user in (ALEX, SAM)
        }
        assert mentions == {ALEX: [True], SAM: [False]}


@asynchronous
async def test_the_home_of_links() -> None:
    async with workspace() as slack:
        web = client(slack)
        ts = (await web.chat_postMessage(channel=ALERTS, text="x"))["ts"]
        link = (await web.chat_getPermalink(channel=ALERTS, message_ts=ts))["permalink"]
        assert link == f"{slack.url}/archives/{ALERTS}/p{ts.replace('.', '')}"
        auth = await web.auth_test()
        assert (auth["user_id"], auth["bot_id"], auth["team_id"]) == (
            BOT,
            slack.identity.bot_id,
            slack.identity.team_id,
        )
        answer = await slack.act(ALEX, "pin", channel=ALERTS, ts=ts)
        assert saw(answer, "message_changed")[0]["message"]["pinned_to"] == [ALERTS]
