"""The app's client: what every call keeps to, and who it is when Slack does not say."""

import asyncio

import pytest
from aiohttp import ClientSession

from bot.slack import client as slack_client
from bot.slack.client import Identity, client_session, web_client
from sandbox.slack.server import Workspace
from tests.support.slack_bench import MANIFEST


def test_calls_of_the_client_share_connections_and_the_time_limit() -> None:
    async def whole() -> None:
        workspace = Workspace(MANIFEST, rate_limit_scale=0)
        await workspace.start()
        async with client_session(timeout_s=0.3) as session:
            client = web_client(workspace.credentials.bot_token, workspace.api_url, session)
            for _ in range(3):
                await client.auth_test()
            assert connections(session) == 1
            workspace.core.faults.add("hang", method="auth.test", seconds=2)
            with pytest.raises(TimeoutError):
                await client.auth_test()
        await workspace.stop()

    asyncio.run(whole())


def connections(session: ClientSession) -> int:
    assert session.connector is not None
    return sum(len(kept) for kept in session.connector._conns.values())


def test_a_proxy_from_the_environment_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    async def whole() -> None:
        async with client_session() as session:
            assert web_client("xoxb-1", "https://slack.com/api/", session).proxy == "http://127.0.0.1:9"

    asyncio.run(whole())


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "status"}, {"kind": "hang", "seconds": 2}])
def test_a_slack_that_does_not_say_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, fault: dict[str, object]) -> None:
    monkeypatch.setattr(slack_client, "LEARN_S", 0.1)

    async def whole() -> None:
        workspace = Workspace(MANIFEST, rate_limit_scale=0)
        await workspace.start()
        async with client_session() as session:
            identity = Identity(web_client(workspace.credentials.bot_token, workspace.api_url, session))
            workspace.core.faults.add(method="auth.test", count=1, **fault)  # type: ignore[arg-type]
            unknown = await identity.get()
            assert (unknown.bot_token, unknown.bot_user_id) == (workspace.credentials.bot_token, None)
            for _ in range(2):
                known = await identity.get()
                assert known.bot_token == workspace.credentials.bot_token
                assert known.bot_user_id == workspace.identity.bot_user_id
            assert len(workspace.core.recorder.entries(kind="request", method="auth.test")) == 2
        await workspace.stop()

    asyncio.run(whole())
