"""A restart shows the same workspace; a kill -9 loses nothing that was answered."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from .manifest import manifest
from .people import ALERTS, ALEX
from .running import asynchronous, bolt, client, workspace

_PROGRAM = """
import asyncio, json, sys
from sandbox.slack.server import Workspace

async def main():
    workspace = Workspace(json.loads(sys.argv[2]), sys.argv[1], rate_limit_scale=0)
    await workspace.start()
    print(workspace.api_url, workspace.credentials.bot_token, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@asynchronous
async def test_a_restart_shows_the_same(tmp_path: Path) -> None:
    path = tmp_path / "slack.db"
    async with workspace(path) as slack, bolt(slack):
        web = client(slack)
        parent = await web.chat_postMessage(channel=ALERTS, text="kept")
        await web.chat_postMessage(channel=ALERTS, text="reply", thread_ts=parent["ts"])
        file = (await web.files_upload_v2(filename="a.txt", content="abc"))["file"]["id"]
        await web.views_publish(user_id=ALEX, view={"type": "home", "blocks": []})
        direct = (await web.chat_postMessage(channel=ALEX, text="psst"))["channel"]
        url = slack.core.response_urls.give("", "commands", ALEX, ALERTS)
        credentials = slack.credentials
    async with workspace(path) as slack:
        web = client(slack)
        assert slack.credentials == credentials
        kept = (await web.conversations_history(channel=ALERTS))["messages"][0]
        assert (kept["text"], kept["reply_count"]) == ("kept", 1)
        assert slack.core.files.content(file) == b"abc"
        assert slack.core.modals.home(ALEX)
        assert (await web.chat_postMessage(channel=ALEX, text="again"))["channel"] == direct
        assert (await web.chat_postMessage(channel=ALERTS, text="new"))["ts"] > kept["ts"]
        answer = await AsyncWebhookClient(slack.url + url).send(text="late", response_type="ephemeral")
        assert answer.status_code == 200


@asynchronous
async def test_kill_nine(tmp_path: Path) -> None:
    path = tmp_path / "slack.db"
    command = [sys.executable, "-c", _PROGRAM, str(path), json.dumps(manifest())]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        web = AsyncWebClient(token=token, base_url=url)
        for n in range(20):
            await web.chat_postMessage(channel=ALERTS, text=str(n))
        process.send_signal(signal.SIGKILL)
    async with workspace(path) as slack:
        found, _ = slack.core.messages.history(ALERTS, oldest="0", latest="9999999999", limit=50)
        assert [message["text"] for message in found] == [str(n) for n in range(19, -1, -1)]
