"""/deploys in Slack: what is deployed, one service of it, looked at again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.deploys import DeploysService
from tests.support.deploy_cards import SERVICES
from tests.support.deploys import deployed, pinned, seen
from tests.support.slack_bench import Bench, play, small_history


@pytest.fixture
def state() -> FakeState:
    state = FakeState()
    with state.transaction() as tx:
        tx.deploys.put(seen())
    return state


@pytest.fixture
def running(state: FakeState, tmp_path: Path) -> Iterator[AppServices]:
    with small_history(tmp_path) as services:
        yield replace(services, deploys=DeploysService(state, SERVICES, lambda *_: ()))


def test_what_is_deployed_is_shown_and_looked_at_again(transport: str, running: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/deploys")
        assert "raw: revision 3, commit 3333333" in shown["text"]
        assert "2 functions of generation 1 still to migrate" in shown["text"]
        one = await bench.press(shown, "deploys.service", "raw", sees="ephemeral")
        assert "can be rolled back to revision 2" in one["text"]
        with state.transaction() as tx:
            tx.deploys.put(seen(deployed(traffic=pinned("raw-00002-abc"))))
        again = await bench.press(shown, "deploys.refresh", "all")
        assert "its traffic is pinned to revision 2: newer revisions get none" in again["text"]
        missing = await bench.ask("/deploys rawx", sees="ephemeral")
        assert "The registry has no service 'rawx'" in missing["text"]
        assert "/deploys" in (await bench.ask("/deploys help", sees="ephemeral"))["text"]

    play(scenario, transport, running)
