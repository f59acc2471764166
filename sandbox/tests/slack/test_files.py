"""Files v2 with slack_sdk's own files_upload_v2, and Slack files inside blocks (section 2)."""

import struct
import zlib
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from .people import ALERTS, ALEX
from .running import asynchronous, client, eventually, workspace


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x00\x00\x00" * 2))
    + _chunk(b"IEND", b"")
)


@asynchronous
async def test_upload_and_share() -> None:
    async with workspace() as slack:
        web = client(slack)
        parent = (await web.chat_postMessage(channel=ALERTS, text="parent"))["ts"]
        answer = await web.files_upload_v2(
            channel=ALERTS,
            thread_ts=parent,
            filename="impact.png",
            title="Impact",
            content=PNG,
            alt_txt="a graph",
            initial_comment="the graph",
        )
        # Slack answers first and shares afterwards.
        assert len((await web.conversations_replies(channel=ALERTS, ts=parent))["messages"]) == 1
        shared = await eventually(
            lambda: slack.core.messages.replies(ALERTS, parent, oldest="0", latest="9", limit=1)[0]
        )
        file = slack.core.files.get(answer["file"]["id"])
        assert file is not None
        assert (file["title"], file["mimetype"], file["alt_txt"]) == ("Impact", "image/png", "a graph")
        assert (file["original_w"], file["original_h"], file["size"]) == (3, 2, len(PNG))
        assert file["channels"] == [ALERTS]
        assert (shared[0]["text"], shared[0]["files"][0]["id"]) == ("the graph", file["id"])
        async with aiohttp.ClientSession() as session:
            page = f"{slack.url}/browser/api/files/{file['id']}?user={ALEX}"
            async with session.get(page) as shown:
                assert await shown.read() == PNG


@asynchronous
async def test_an_image_block_of_a_slack_file() -> None:
    async with workspace() as slack:
        web = client(slack)
        file = (await web.files_upload_v2(filename="chart.png", content=PNG))["file"]
        text = (await web.files_upload_v2(filename="rows.csv", content="a,b"))["file"]
        stored = slack.core.files.get(file["id"])
        assert stored is not None
        for slack_file in ({"id": file["id"]}, {"url": stored["url_private"]}, {"url": stored["permalink"]}):
            block = {"type": "image", "alt_text": "chart", "slack_file": slack_file}
            assert (await web.chat_postMessage(channel=ALERTS, text="x", blocks=[block]))["ok"]
        bad = {"type": "image", "alt_text": "chart", "slack_file": {"id": text["id"]}}
        with pytest.raises(SlackApiError, match="invalid slack file"):
            await web.chat_postMessage(channel=ALERTS, text="x", blocks=[bad])
        gone = {"type": "image", "alt_text": "chart", "slack_file": {"id": "F404"}}
        with pytest.raises(SlackApiError, match="invalid slack file"):
            await web.chat_postMessage(channel=ALERTS, text="x", blocks=[gone])


@asynchronous
async def test_the_steps_in_their_order() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        web = client(slack)
        asked = await web.files_getUploadURLExternal(filename="a.txt", length=3)
        async with session.post(asked["upload_url"], data=b"abcd") as wrong:
            assert wrong.status == 400
        async with session.post(asked["upload_url"], data=b"abc") as taken:
            assert (taken.status, await taken.text()) == (200, "OK - 3")
        async with session.post(asked["upload_url"], data=b"abc") as twice:
            assert twice.status == 404
        assert slack.core.files.get(asked["file_id"]) is None
        await web.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "t"}])
        file = slack.core.files.get(asked["file_id"])
        assert file is not None
        assert file["channels"] == []


@asynchronous
async def test_the_page_can_load_a_slack_file_wherever_it_stands() -> None:
    """In a channel, in a thread, in Home: over REST, by an act, or pushed."""
    async with workspace() as slack, aiohttp.ClientSession() as session:
        web = client(slack)
        file = (await web.files_upload_v2(filename="chart.png", content=PNG))["file"]["id"]
        blocks = [{"type": "image", "alt_text": "a chart", "slack_file": {"id": file}}]
        parent = (await web.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))["ts"]
        await web.chat_postMessage(channel=ALERTS, text="x", blocks=blocks, thread_ts=parent)
        await web.views_publish(user_id=ALEX, view={"type": "home", "blocks": blocks})

        async def asked(path: str, **query: str) -> Any:
            async with session.get(f"{slack.url}/browser/api/{path}", params={"user": ALEX, **query}) as response:
                return await response.json()

        async def acted(act: str) -> Any:
            headers = {"Origin": slack.url}
            url = f"{slack.url}/browser/api/{act}"
            async with session.post(url, json={"user": ALEX}, headers=headers) as response:
                return await response.json()

        history, thread = await asked("history", channel=ALERTS), await asked("replies", channel=ALERTS, ts=parent)
        shown = [*history["messages"], *thread["messages"]]
        shown += [(await asked("home"))["view"], (await acted("home/open"))["view"]]
        images = [one["blocks"][0]["image_url"] for one in shown if one.get("blocks")]
        assert len(images) == 1 + 2 + 2
        async with session.get(slack.url + images[0]) as loaded:
            assert await loaded.read() == PNG
        assert set(images) == {images[0]}
