"""Ways to a person that are closed, one after the other: what was asked for is answered as long as one is open."""

from typing import Any

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import ALEX, GENERAL, MONITOR, Bench, Message, play, settled

UNREACHABLE = ["http://127.0.0.1:1/closed", "hooks/relative", "ftp://127.0.0.1/x"]


def refuse(bench: Bench, *methods: str, error: str = "unknown_method") -> None:
    """For good, as a Slack that does not know them."""
    for method in methods:
        bench.workspace.core.faults.add("error", method=method, error=error, count=None)


async def again(bench: Bench, kind: Any, **changed: Any) -> None:
    """The last delivery of a kind once more, with other fields."""
    payload = {**bench.delivered(kind)[-1]["payload"], **changed}
    await bench.workspace.core.delivery.ask(kind, {name: one for name, one in payload.items() if one is not None})


async def direct(bench: Bench, user: str = ALEX) -> Message:
    """The app's message in the direct conversation with a person."""
    channel = await bench.direct(user)
    found: Message = (await bench.until(lambda: bench.posts(channel)))[-1]
    return found


@pytest.mark.parametrize("url", UNREACHABLE)
def test_a_response_url_that_cannot_be_reached(transport: str, services: AppServices, url: str) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.ask("/health nonsense", sees="ephemeral")
        await again(bench, "slash_commands", response_url=url)
        first, second = await bench.until(lambda: bench.whispers() if len(bench.whispers()) == 2 else None)
        assert second["text"] == first["text"]
        assert len(bench.called("chat.postEphemeral")) == 1

    play(scenario, transport, services)


@pytest.mark.parametrize("url", [UNREACHABLE[0], None])
def test_outside_the_channel_without_a_response_url(transport: str, services: AppServices, url: str | None) -> None:
    """Neither a post nor an ephemeral message can be had where the app is no member."""

    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/health", GENERAL, sees="ephemeral")
        refuse(bench, "chat.postEphemeral", error="not_in_channel")
        await again(bench, "slash_commands", response_url=url)
        assert (await direct(bench))["text"] == shown["text"]
        assert bench.posts(GENERAL) == []

    play(scenario, transport, services)


def test_a_click_that_names_its_channel_in_the_container_alone(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        await bench.press(asked, "health.refresh")
        await again(bench, "interactive", channel=None, response_url=None)
        await bench.until(lambda: len(bench.called("chat.update")) == 2)
        assert len(bench.posts()) == 1

    play(scenario, transport, services)


def test_a_mention_by_someone_whom_slack_takes_for_a_stranger(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        refuse(bench, "chat.postEphemeral", error="user_not_in_channel")
        await bench.workspace.act(ALEX, "post", channel=MONITOR, text="@fireline hello")
        assert (await direct(bench))["text"].startswith("What I answer")

    play(scenario, transport, services)


def test_home_refreshed_where_it_cannot_be_published(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        view = await bench.home()
        refuse(bench, "views.publish")
        await bench.workspace.act(ALEX, "action", view_id=view["id"], action_id="home.refresh")
        told = (await direct(bench))["text"]
        assert told == "Slack refused views.publish (unknown_method). This Slack does not offer it."

    play(scenario, transport, services)


def test_home_opened_without_a_channel_where_it_cannot_be_published(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.home()
        refuse(bench, "views.publish")
        event = {"type": "app_home_opened", "user": ALEX, "tab": "home"}
        await again(bench, "events_api", event=event, event_id="Ev0WITHOUT")
        assert (await direct(bench))["text"].startswith("Slack refused views.publish")

    play(scenario, transport, services)


@pytest.mark.parametrize("error", ["not_in_channel", "unknown_method", "cant_update_message"])
def test_a_message_that_cannot_be_edited(transport: str, services: AppServices, error: str) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        refuse(bench, "chat.update", error=error)
        told = await bench.press(asked, "health.phase", "7:phase:2", sees="ephemeral")
        assert told["text"].startswith("🟡 Phase 2: YELLOW")

    play(scenario, transport, services)


FILES = ("files.getUploadURLExternal", "files.completeUploadExternal")


@pytest.mark.parametrize("method", FILES)
def test_a_trend_where_slack_takes_no_files(transport: str, services: AppServices, method: str) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health Box")
        refuse(bench, method)
        told = await bench.press(asked, "health.trend", sees="ephemeral")
        lead, comment, *words = told["text"].splitlines()
        assert (lead, comment) == ("This Slack takes no files from me (unknown_method). In words:", "Trends of Box.")
        assert [one.split()[0] for one in words] == ["Success", "Failed", "Duration"]
        assert len(told["blocks"]) == 4

    play(scenario, transport, services)


def test_a_csv_where_slack_takes_no_files(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/impact Box")
        refuse(bench, *FILES, "conversations.open", error="missing_scope")
        told = await bench.press(asked, "impact.csv", sees="ephemeral")
        assert told["text"].startswith("This Slack takes no files from me (missing_scope). In words:\nImpact of Box")
        assert "\nBox,0,2," in told["text"]

    play(scenario, transport, services)


def test_a_home_that_slack_does_not_take_is_a_small_one(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        view = await bench.home()
        bench.workspace.core.faults.add("error", method="views.publish", error="view_too_large", count=1)
        act = {"view_id": view["id"], "action_id": "home.refresh"}
        small = await bench._act(ALEX, "action", "home", **act)
        said = [block["text"]["text"] for block in small["blocks"] if "text" in block]
        assert said[0] == "Pipeline health"
        assert "YELLOW" in said[1]
        assert said[2:] == ["Slack did not take the whole view: `/health` in any channel shows it."]

    play(scenario, transport, services)


def test_the_home_of_somebody_who_has_left_is_no_trouble(transport: str, services: AppServices) -> None:
    """It is tried once, and nobody is written to."""

    async def scenario(bench: Bench) -> None:
        view = await bench.home()
        refuse(bench, "views.publish", error="user_not_found")
        await bench.workspace.act(ALEX, "action", view_id=view["id"], action_id="home.refresh")
        await bench.until(lambda: len(bench.called("views.publish")) == 2)
        await settled()
        assert bench.called("chat.postMessage") == bench.called("chat.postEphemeral") == []

    play(scenario, transport, services)
