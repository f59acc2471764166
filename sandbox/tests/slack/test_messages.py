"""Posting, threads, updates, ephemerals, metadata, paging, people and places (slack_rules.md section 2)."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from .kit import mrkdwn, plain, section
from .people import ALERTS, ALEX, BOT, GENERAL, GUEST, LEFT, SAM, SECRET
from .running import asynchronous, client, workspace


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
        assert (history[0]["root"]["text"], history[0]["root"]["reply_count"]) == ("parent", 7)
        assert history[1]["reply_count"] == 7
        assert history[1]["reply_users"] == [BOT, ALEX]
        first = await web.conversations_replies(channel=ALERTS, ts=parent, limit=4)
        assert [message["text"] for message in first["messages"]] == ["parent", *[f"reply {n}" for n in range(3)]]
        cursor = first["response_metadata"]["next_cursor"]
        second = await web.conversations_replies(channel=ALERTS, ts=parent, limit=4, cursor=cursor)
        assert [message["text"] for message in second["messages"]] == ["parent", "reply 3", "reply 4", "mine", "loud"]
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
            # Fewer than were asked for, and yet there are more.
            assert len(page["messages"]) == 2 if page["has_more"] else 3
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
async def test_channels_come_in_short_and_empty_pages() -> None:
    async with workspace() as slack:
        web = client(slack)
        pages: list[list[str]] = []
        cursor = ""
        while True:
            page = await web.conversations_list(limit=2, cursor=cursor, exclude_archived=True)
            pages.append([channel["name"] for channel in page["channels"]])
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                break
        assert pages == [["general", "data-monitoring"], ["data-alerts", "data-engineering"], [], []]


@asynchronous
async def test_people_and_groups() -> None:
    async with workspace() as slack:
        web = client(slack)
        user = (await web.users_lookupByEmail(email="SAM@example.com"))["user"]
        assert (user["id"], user["tz"]) == (SAM, "America/Los_Angeles")
        assert (await web.users_info(user=GUEST))["user"]["is_restricted"] is True
        assert (await web.users_info(user=LEFT))["user"]["deleted"] is True
        assert "users" not in (await web.usergroups_list())["usergroups"][0]
        assert (await web.usergroups_users_list(usergroup="S01ONCALL"))["users"] == [ALEX]


@asynchronous
async def test_a_name_is_taken_where_a_message_is_posted() -> None:
    async with workspace() as slack:
        web = client(slack)
        for name in ("#data-alerts", "data-alerts"):
            assert (await web.chat_postMessage(channel=name, text="x"))["channel"] == ALERTS
        assert (await web.chat_postEphemeral(channel="#data-alerts", user=ALEX, text="x"))["ok"]


@asynchronous
async def test_a_guest_sees_their_own_channels_alone() -> None:
    async with workspace() as slack:
        await client(slack).chat_postMessage(channel=ALERTS, text="for all")
        await client(slack).chat_postMessage(channel=SECRET, text="for few")
        seen = [push["message"]["text"] for push in slack.core.screens.since(GUEST, 0) if push["type"] == "message"]
        assert seen == ["for few"]
        assert (await slack.act(GUEST, "post", channel=ALERTS, text="x"))["error"] == "channel_not_found"
        assert (await slack.act(LEFT, "post", channel=ALERTS, text="x"))["error"] == "user_not_found"


@asynchronous
async def test_the_app_is_brought_into_a_channel_and_put_out_of_it() -> None:
    async with workspace() as slack:
        web = client(slack)
        with pytest.raises(SlackApiError, match="not_in_channel"):
            await web.chat_postMessage(channel=GENERAL, text="x")
        assert (await slack.act(ALEX, "invite_app", channel=GENERAL))["ok"]
        ts = (await web.chat_postMessage(channel=GENERAL, text="x"))["ts"]
        assert (await slack.act(ALEX, "remove_app", channel=GENERAL))["ok"]
        with pytest.raises(SlackApiError, match="not_in_channel"):
            await web.chat_postMessage(channel=GENERAL, text="x", thread_ts=ts)


@asynchronous
async def test_an_app_without_a_messages_tab_writes_to_nobody_directly() -> None:
    async with workspace() as slack:
        slack.core.app = replace(slack.core.app, messages_tab=False)
        with pytest.raises(SlackApiError, match="messages_tab_disabled"):
            await client(slack).chat_postMessage(channel=ALEX, text="psst")


@asynchronous
async def test_in_an_archived_channel_nothing_is_posted_and_nothing_edited() -> None:
    async with workspace() as slack:
        web = client(slack)
        ts = (await web.chat_postMessage(channel=ALERTS, text="x"))["ts"]
        assert (await slack.act(ALEX, "archive", channel=ALERTS))["ok"]
        with pytest.raises(SlackApiError, match="is_archived"):
            await web.chat_postMessage(channel=ALERTS, text="x", thread_ts=ts)
        with pytest.raises(SlackApiError, match="is_inactive"):
            await web.chat_update(channel=ALERTS, ts=ts, text="y")
        assert (await web.conversations_history(channel=ALERTS))["messages"][0]["text"] == "x"


@pytest.mark.parametrize(
    ("sent", "given_back"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("&amp; &lt;b&gt;", "&amp; &lt;b&gt;"),
        ("<@U01ALEX> <#C03ALERTS> <!here> <https://e.com?a=1&b=2|R&D>", None),
        ("<b>x</b> <@ U>", "&lt;b&gt;x&lt;/b&gt; &lt;@ U&gt;"),
    ],
)
@asynchronous
async def test_text_is_given_back_escaped(sent: str, given_back: str | None) -> None:
    async with workspace() as slack:
        web = client(slack)
        posted = await web.chat_postMessage(channel=ALERTS, text=sent, blocks=[section(text=mrkdwn(sent))])
        [read] = (await web.conversations_history(channel=ALERTS))["messages"]
        for message in (posted["message"], read):
            assert message["text"] == message["blocks"][0]["text"]["text"] == (given_back or sent)
        changed = await web.chat_update(channel=ALERTS, ts=posted["ts"], text=sent)
        assert changed["text"] == (given_back or sent)


@asynchronous
async def test_plain_text_has_no_markup() -> None:
    async with workspace() as slack:
        web = client(slack)
        header = {"type": "header", "text": plain("<@U01ALEX> & <!here>")}
        posted = await web.chat_postMessage(channel=ALERTS, text="x", blocks=[header])
        assert posted["message"]["blocks"][0]["text"]["text"] == "&lt;@U01ALEX&gt; &amp; &lt;!here&gt;"


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
