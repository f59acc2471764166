"""App Home, and what the app answers when it is mentioned."""

import pytest

from bot.domain.errors import WarehouseUnavailable
from bot.services.app import AppServices
from tests.support.slack_bench import ALEX, MONITOR, SAM, Bench, play, with_health


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
        assert view["blocks"][1]["text"]["text"] == "The warehouse is held by &lt;another&gt; process."
        assert view["blocks"][2]["elements"][0]["text"]["text"] == "Try again"

    play(scenario, transport, with_health(services, away))


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
