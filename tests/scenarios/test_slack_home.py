"""App Home, and what the app answers when it is mentioned."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import app_services
from bot.config.settings import Settings
from bot.domain.errors import WarehouseUnavailable
from bot.domain.findings.severity import Severity
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.oncall import OncallService
from handlers import homes
from tests.support import home_cards, silence_cards
from tests.support.builders import NOW
from tests.support.loaded_worlds import shared
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALEX, MONITOR, SAM, WORLD, Bench, play, with_health

HOUR = timedelta(hours=1)


@pytest.fixture
def state() -> FakeState:
    """500 incidents are open."""
    made = FakeState()
    many = [home_cards.overview(n, Severity.P1) for n in range(1, 501)]
    made._incidents = {each.incident.id: each.incident for each in many}
    made.response_by_id = {each.incident.id: each.standing.response for each in many if each.standing is not None}
    return made


@pytest.fixture
def watching(state: FakeState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppServices:
    """Chris is on call; Alex is Ana, Sam is Ben."""
    monkeypatch.setattr(homes, "LOOK_S", 0.02)
    monkeypatch.setattr(homes, "PACE_S", 0.0)
    services = app_services(shared(WORLD), Settings(home=tmp_path), lambda: NOW, state)
    return replace(services, oncall=OncallService(PLAN, state))


def test_home_is_published_when_it_is_opened_and_refreshed(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        view = await bench.home()
        assert view["blocks"][0]["text"]["text"] == "🟡 Pipeline health: YELLOW"
        assert len(bench.called("views.publish")) == 1
        again = await bench.workspace.act(
            ALEX, "action", view_id=view["id"], action_id="home.refresh", wait_for=["home"]
        )
        assert again["ok"]
        assert again["waited"]
        assert [call["args"]["user_id"] for call in bench.called("views.publish")] == [ALEX, ALEX]
        assert bench.workspace.core.modals.home(SAM) is None

    play(scenario, transport, services)


def test_the_messages_tab_publishes_nothing(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.workspace.act(ALEX, "home/open", tab="messages")
        await bench.until(lambda: [one for one in bench.delivered("events_api") if one["outcome"] == "ok"])
        assert bench.called("views.publish") == []

    play(scenario, transport, services)


def test_home_when_the_warehouse_is_away(transport: str, services: AppServices) -> None:
    def away(*_: object) -> None:
        raise WarehouseUnavailable("The warehouse is held by <another> process.")

    async def scenario(bench: Bench) -> None:
        view = await bench.home()
        assert view["blocks"][0]["text"]["text"] == "⚪ Pipeline health: unavailable"
        said = view["blocks"][1]["text"]["text"].splitlines()
        assert said[0] == "⚪ Unavailable: health. The warehouse is held by &lt;another&gt; process."

    play(scenario, transport, with_health(services, away))


def texts(view: dict[str, Any]) -> str:
    return "\n".join(
        block["text"]["text"] for block in view.get("blocks", ()) if block["type"] in ("section", "header")
    )


def test_home_with_500_incidents_says_what_the_list_says(transport: str, watching: AppServices) -> None:
    """The count is of all; the workspace takes the view whole."""

    async def scenario(bench: Bench) -> None:
        said = texts(await bench.home())
        assert len(watching.responses.overviews(NOW)) == 500
        assert "*Open incidents: 500 (500 P1)*" in said
        assert "490 more: `/incident list`" in said
        assert "not in oncall.yaml" not in said
        assert len(bench.called("views.publish")) == 1

    play(scenario, transport, watching)


def test_home_follows_what_changes_and_many_changes_are_one_publication(
    transport: str, watching: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.home()
        await bench.home(SAM)
        for n in range(5):
            assert state.add_silence(replace(silence_cards.SILENCE, id=f"s{n}", since=NOW, until=NOW + 2 * HOUR))
        changed = "Silences and windows: 5"
        await bench.until(
            lambda: all(changed in texts(bench.workspace.core.modals.home(one) or {}) for one in (ALEX, SAM))
        )
        published = [call["args"]["user_id"] for call in bench.called("views.publish")]
        assert (published.count(ALEX) <= 3, published.count(SAM) <= 3) == (True, True)

    play(scenario, transport, watching)


def test_the_home_of_a_person_who_has_left_is_nobodys_trouble(
    transport: str, watching: AppServices, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("error", method="views.publish", error="user_not_found")
        await bench.workspace.act(SAM, "home/open")
        await bench.until(lambda: "nobody is there to see the Home of U02SAM" in caplog.text)
        assert bench.workspace.core.modals.home(SAM) is None
        assert not bench.whispers(user=SAM)

    play(scenario, transport, watching)


@pytest.mark.parametrize("words", ["status", "how is your Health", "status please", ": Health!", "status?", "(status)"])
def test_a_mention_that_asks_for_health_is_answered_in_its_thread(
    transport: str, services: AppServices, words: str
) -> None:
    async def scenario(bench: Bench) -> None:
        said = await bench.say(f"@fireline {words}", sees="message")
        [answer] = await bench.until(bench.posts)
        assert answer["thread_ts"] == said["ts"]
        assert "Pipeline health" in answer["text"]

    play(scenario, transport, services)


def test_any_other_mention_gets_help_where_the_asker_looks(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.say("@fireline unhealthy", sees="ephemeral")
        help_ = await bench.say("@fireline hello", sees="ephemeral")
        assert help_["text"].startswith("What I answer")
        assert "thread_ts" not in help_
        assert bench.posts() == bench.whispers(MONITOR, SAM) == []

    play(scenario, transport, services)


def test_a_mention_in_a_thread_gets_its_help_there(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        where = {"channel": MONITOR, "thread_ts": asked["ts"]}
        await bench.workspace.act(SAM, "post", **where, text="hm")
        seen = await bench.workspace.act(ALEX, "post", **where, text="@fireline what", wait_for=["ephemeral"])
        [help_] = [push["message"] for push in seen["saw"] if push["type"] == "ephemeral"]
        assert help_["thread_ts"] == asked["ts"]

    play(scenario, transport, services)
